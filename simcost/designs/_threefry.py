"""Threefry2x64-20: the counter-based generator behind every uniform number.

A uniform number is a pure function of (seed, name, outcome number): the seed and the name make the
key, the outcome number the counter. Nothing is stored, so any outcome can be asked for again.

A block of 128 bits serves three outcomes with 42 bits each. Eight blocks after another serve 24
outcomes after another, a bundle: the first words of all of them, the second words, and what is left
of both, so that vectors of eight are stored as they come.

Source: Salmon, Moraes, Dror & Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC '11.

The functions below work on arrays of uint64 and, bound again by `bind`, on compiled scalars.
"""

from __future__ import annotations

import hashlib
import operator
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

U64 = np.uint64
PARITY = np.uint64(0x1BD11BDAA9FC1A22)
ONE_BITS = np.uint64(0x3FF0000000000000)

select = np.where

# 1 - 2^-53: taken from 1 + j 2^-52 it leaves (j + 1/2) 2^-52, exactly.
ALMOST_ONE = 0.99999999999999988898
LANES = 8  # blocks of a bundle
BUNDLE = 3 * LANES  # outcomes
TOP_BITS = np.uint64(0x000FFFFFFFFFFC00)  # of a significand, 42
ONE_AND_HALF_STEP = np.uint64(0x3FF0000000000200)  # 1 + 2^-43
LOW_22 = np.uint64(0x3FFFFF)


def quarter(x0: Any, x1: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """Four mixing rounds with the given rotations."""
    x0 = x0 + x1
    x1 = ((x1 << U64(a)) | (x1 >> U64(64 - a))) ^ x0
    x0 = x0 + x1
    x1 = ((x1 << U64(b)) | (x1 >> U64(64 - b))) ^ x0
    x0 = x0 + x1
    x1 = ((x1 << U64(c)) | (x1 >> U64(64 - c))) ^ x0
    x0 = x0 + x1
    x1 = ((x1 << U64(d)) | (x1 >> U64(64 - d))) ^ x0
    return x0, x1


def threefry(key0: Any, key1: Any, counter0: Any, counter1: Any) -> Any:
    """Both 64-bit words of one block.

    Parameters
    ----------
    key0, key1, counter0, counter1 : uint64
        Arrays that broadcast (at least one-dimensional: NumPy warns when a scalar wraps around),
        or compiled scalars.

    Returns
    -------
    word0, word1 : uint64
    """
    key2 = PARITY ^ key0 ^ key1
    x0, x1 = quarter(counter0 + key0, counter1 + key1, 16, 42, 12, 31)
    x0, x1 = quarter(x0 + key1, x1 + key2 + U64(1), 16, 32, 24, 21)
    x0, x1 = quarter(x0 + key2, x1 + key0 + U64(2), 16, 42, 12, 31)
    x0, x1 = quarter(x0 + key0, x1 + key1 + U64(3), 16, 32, 24, 21)
    x0, x1 = quarter(x0 + key1, x1 + key2 + U64(4), 16, 42, 12, 31)
    return x0 + key2, x1 + key0 + U64(5)


def unit(word: Any) -> Any:
    """Uniform number ((word >> 12) + 1/2) 2**-52 in [2**-53, 1 - 2**-53], exactly."""
    return U64((word >> U64(12)) | ONE_BITS).view(np.float64) - ALMOST_ONE


def coarse_unit(word: Any) -> Any:
    """Uniform number ((word >> 22) + 1/2) 2**-42 in [2**-43, 1 - 2**-43], exactly."""
    return U64(((word >> U64(12)) & TOP_BITS) | ONE_AND_HALF_STEP).view(np.float64) - 1.0


def threefry_words(key0: Any, key1: Any, block: Any) -> Any:
    """Three words of one block; the 42 high bits of each are random, and share none."""
    word0, word1 = threefry(key0, key1, U64(block), U64(0))
    return word0, word1, (word0 << U64(42)) | ((word1 & LOW_22) << U64(20))


def threefry_word(key0: Any, key1: Any, outcome: Any) -> Any:
    """Word of one outcome, of which the 42 high bits count."""
    bundle = U64(outcome) // U64(BUNDLE)
    place = U64(outcome) - bundle * U64(BUNDLE)
    word0, word1, word2 = threefry_words(key0, key1, bundle * U64(LANES) + place % U64(LANES))
    return select(place < U64(LANES), word0, select(place < U64(2 * LANES), word1, word2))


def threefry_u(key0: Any, key1: Any, outcome: Any) -> Any:
    """Uniform number of one outcome."""
    return coarse_unit(threefry_word(key0, key1, outcome))


def threefry_range(key0: Any, key1: Any, first: int, last: int) -> npt.NDArray[np.uint64]:
    """Words of the outcomes first to last - 1, by whole bundles; keys are arrays of one."""
    start, end = first // BUNDLE, -(-last // BUNDLE)
    blocks = np.arange((end - start) * LANES, dtype=np.uint64) + np.uint64(start * LANES)
    words = [each.reshape(-1, LANES) for each in threefry_words(key0, key1, blocks)]
    return np.stack(words, axis=1).ravel()[first - start * BUNDLE : last - start * BUNDLE]


FUNCTIONS = (
    quarter, threefry, unit, coarse_unit, threefry_words, threefry_word, threefry_u,
)  # fmt: skip


def _digest(data: bytes, purpose: bytes) -> int:
    return int.from_bytes(hashlib.blake2b(data, digest_size=8, person=purpose).digest(), "little")


def stream_key(seed: int, name: str) -> tuple[np.uint64, np.uint64]:
    """Key of the stream of one name.

    Parameters
    ----------
    seed : int
        Any integer, 0 and negative ones included.
    name : str
        Name of the input; names that Unicode calls equivalent (NFC) are one name.

    Returns
    -------
    key0, key1 : uint64
        Of the seed and of the name.
    """
    seed = operator.index(seed)
    encoded = seed.to_bytes(seed.bit_length() // 8 + 1, "little", signed=True)
    text = unicodedata.normalize("NFC", name).encode()
    return (
        np.uint64(_digest(encoded, b"simcost.seed.v1")),
        np.uint64(_digest(text, b"simcost.u.v1")),
    )


def distinct_keys(names: Iterable[str]) -> None:
    """Check that no two different names share a stream.

    Raises
    ------
    ValueError
        When two names have the same 64-bit key: one in 10**15 for 100 names.
    """
    seen: dict[int, str] = {}
    for name in {unicodedata.normalize("NFC", name) for name in names}:
        key = int(stream_key(0, name)[1])
        if key in seen:
            raise ValueError(f"{seen[key]!r} and {name!r} have the same stream; rename one")
        seen[key] = name
