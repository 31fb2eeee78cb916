"""Loops that fill a block of outcomes, shaped for a compiler; slow if run as plain Python.

They give the bits of the array functions. Two loops, one for the random words and one that uses
them, because a compiler vectorises the first and the second but not the two together. The 16
replicates of one point are the inner loop: they share the point and their seeds are adjacent.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from simcost.designs import _owen, _threefry
from simcost.designs._owen import lhs_digits, nested, refined_u, reverse, sobol_digits
from simcost.designs._threefry import BUNDLE, LANES, U64, coarse_unit, threefry_words
from simcost.elementary import Jit, rebind


def stored(word: Any) -> Any:
    """Double with the bits of a word.

    One word at a time: for the view of a whole array numba compiles seconds' worth of checks.
    """
    return U64(word).view(np.float64)


def loaded(x: Any) -> Any:
    """Word with the bits of a double."""
    return np.float64(x).view(np.uint64)


def fill_bundles(key0: Any, key1: Any, bundle: Any, words: Any) -> None:
    """Write the words of the bundles bundle, bundle + 1, …, 24 of each, into float64[24 n]."""
    for j in range(words.size // BUNDLE):
        block, start = (bundle + j) * LANES, j * BUNDLE
        for lane in range(LANES):
            word0, word1, word2 = threefry_words(key0, key1, U64(block + lane))
            words[start + lane] = stored(word0)
            words[start + LANES + lane] = stored(word1)
            words[start + 2 * LANES + lane] = stored(word2)


def fill_part(key0: Any, key1: Any, bundle: Any, skipped: Any, words: Any) -> None:
    """Write some words of one bundle, after those that are skipped."""
    whole = np.empty(BUNDLE)
    fill_bundles(key0, key1, bundle, whole)
    for i in range(words.size):
        words[i] = whole[skipped + i]


def fill_words(key0: Any, key1: Any, first: Any, words: Any) -> None:
    """Write the random words of the outcomes first, first + 1, … into float64[n], bit for bit."""
    bundle, done = first // BUNDLE, 0
    skipped = first - bundle * BUNDLE
    if skipped > 0:
        done = min(BUNDLE - skipped, words.size)
        fill_part(key0, key1, bundle, skipped, words[:done])
        bundle += 1
    whole = (words.size - done) // BUNDLE
    fill_bundles(key0, key1, bundle, words[done : done + whole * BUNDLE])
    done += whole * BUNDLE
    if done < words.size:
        fill_part(key0, key1, bundle + whole, 0, words[done:])


def fill_random(key0: Any, key1: Any, first: Any, out: Any) -> None:
    """Write random uniform numbers into float64[n]."""
    fill_words(key0, key1, first, out)
    for i in range(out.size):
        out[i] = coarse_unit(loaded(out[i]))


def fill_sobol(directions: Any, seeds: Any, key0: Any, key1: Any, first: Any, out: Any) -> None:
    """Write scrambled Sobol coordinates into float64[n]."""
    fill_words(key0, key1, first, out)
    start = 0
    while start < out.size:
        replicate = (first + start) & 15
        count = min(16 - replicate, out.size - start)
        digits = sobol_digits(directions, U64((first + start) >> 4))
        scramble = seeds[0, replicate:]
        target = out[start:]
        for i in range(count):
            target[i] = refined_u(nested(digits, scramble[i]), loaded(target[i]))
        start += count


def fill_lhs(seeds: Any, key0: Any, key1: Any, first: Any, out: Any) -> None:
    """Write Latin hypercube coordinates into float64[n]."""
    fill_words(key0, key1, first, out)
    start = 0
    while start < out.size:
        replicate = (first + start) & 15
        count = min(16 - replicate, out.size - start)
        number = reverse(U64((first + start) >> 4)) >> U64(32)
        scramble = seeds[0, replicate:]
        shuffle = seeds[1, replicate:]
        target = out[start:]
        for i in range(count):
            target[i] = refined_u(lhs_digits(number, scramble[i], shuffle[i]), loaded(target[i]))
        start += count


def fill(
    kind: Any, directions: Any, seeds: Any, key0: Any, key1: Any, first: Any, out: Any
) -> None:
    """Write the points of the outcomes first, first + 1, … of one name into float64[n].

    Parameters
    ----------
    kind, directions, seeds, key0, key1
        The fields of `simcost.designs.Tables`.
    first : int64
        Number of the first outcome.
    out : float64[n]
        Filled with uniform numbers.
    """
    if kind == 1:
        fill_sobol(directions, seeds, key0, key1, first, out)
    elif kind == 2:
        fill_lhs(seeds, key0, key1, first, out)
    else:
        fill_random(key0, key1, first, out)


FUNCTIONS = (
    stored, loaded, fill_bundles, fill_part, fill_words, fill_random, fill_sobol, fill_lhs, fill,
)  # fmt: skip


def bind(jit: Jit, provided: Mapping[str, Any] | None = None) -> SimpleNamespace:
    """Compile the kernels of all designs for scalars; see `simcost.elementary.bind`.

    Parameters
    ----------
    jit : callable
        As there.
    provided : mapping of str to object
        Compiled functions that take the place of those of the same name.

    Returns
    -------
    namespace
        ``fill`` for blocks; ``threefry_u``, ``sobol_u``, ``lhs_u`` for single
        outcomes; and their parts.
    """
    provided = provided or {}
    functions = (*_threefry.FUNCTIONS, *_owen.FUNCTIONS, *FUNCTIONS)
    return rebind(jit, [each for each in functions if each.__name__ not in provided], provided)
