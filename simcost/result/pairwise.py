"""Sums in pairs of halves, of each replicate: the order of addition of weighted outcomes.

A sum of more than 128 terms is that of its halves; up to 128 are added in eight chains, 0, 8, 16 …
in the first, and the chains in pairs. Rounding grows with the logarithm of the number of terms
(Higham 1993, The accuracy of floating point summation). It is the order in which `numpy.sum` adds
the numbers of a row. The outcomes of a replicate stand `replicates` apart, so that one such sum for
each of them runs down the columns of a table, and nothing has to be copied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]
Terms = Callable[[int, int], Table]

CHAINS = 8
LONGEST = 128  # terms that are added without being halved
_TOGETHER = 32  # such blocks in one call of NumPy


class Blocks(NamedTuple):
    """How a sum is cut up.

    Parameters
    ----------
    lengths : int64[b]
        Terms of each block, in their order.
    merges : int64[b]
        How often, after that block, the sum of what came last is added to the one before it.
    """

    lengths: npt.NDArray[np.int64]
    merges: npt.NDArray[np.int64]


@lru_cache(maxsize=64)
def blocks_of(size: int) -> Blocks:
    """Return how a sum of so many terms is cut up."""
    lengths, merges = _halved(size)
    found = Blocks(np.array(lengths, dtype=np.int64), np.array(merges, dtype=np.int64))
    for array in found:
        array.setflags(write=False)
    return found


def pairwise(size: int, replicates: int, terms: Terms) -> Vector:
    """Return the sum of each replicate's terms, float64[R].

    Parameters
    ----------
    size : int
        Number of terms of each.
    replicates : int
        Number R.
    terms : callable
        Takes two numbers of terms and returns what lies between, float64[m, R].
    """
    blocks, first = blocks_of(size), 0
    stack: list[Vector] = []
    for length, merges in _runs(blocks):
        last = first + length * len(merges)
        part = terms(first, last).reshape(len(merges), length, replicates)
        for total, times in zip(_block(part), merges, strict=True):
            stack.append(total)
            for _ in range(times):
                later = stack.pop()
                stack[-1] = stack[-1] + later
        first = last
    return stack[0]


def _halved(size: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    @cache
    def halved(size: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if size <= LONGEST:
            return (size,), (0,)
        half = size // 2 // CHAINS * CHAINS
        (left, before), (right, after) = halved(half), halved(size - half)
        return left + right, (*before, *after[:-1], after[-1] + 1)

    return halved(size)


def _runs(blocks: Blocks) -> Iterator[tuple[int, list[int]]]:
    """Yield the length of a few blocks of the same, and the merges after each."""
    pairs = zip(blocks.lengths.tolist(), blocks.merges.tolist(), strict=True)
    for length, run in groupby(pairs, key=lambda pair: pair[0]):
        merges = [times for _, times in run]
        for start in range(0, len(merges), _TOGETHER):
            yield length, merges[start : start + _TOGETHER]


def _block(part: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the sums of blocks, float64[b, R], from their terms, float64[b, length, R]."""
    count, length, replicates = part.shape
    whole = length // CHAINS * CHAINS
    if whole:
        rows = part[:, :whole].reshape(count, -1, CHAINS, replicates)
        chains: npt.NDArray[np.float64] = np.add.reduce(rows, axis=1)
        while chains.shape[1] > 1:
            chains = chains[:, 0::2] + chains[:, 1::2]
        total = chains[:, 0]
    else:
        total, whole = part[:, 0], 1
    for place in range(whole, length):
        total = total + part[:, place]
    return total
