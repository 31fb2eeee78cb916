"""Threefry2x64-20: the counter-based generator behind every uniform number.

A uniform number is a pure function of (seed, name, outcome number): the seed and the name make the
key, the outcome number the counter. Nothing is stored, so any outcome can be asked for again.

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

U64 = np.uint64
PARITY = np.uint64(0x1BD11BDAA9FC1A22)
ONE_BITS = np.uint64(0x3FF0000000000000)

select = np.where

# 1 - 2^-53: taken from 1 + j 2^-52 it leaves (j + 1/2) 2^-52, exactly.
ALMOST_ONE = 0.99999999999999988898


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


def threefry_pair_u(key0: Any, key1: Any, block: Any) -> Any:
    """Uniform numbers of the outcomes 2*block and 2*block + 1."""
    word0, word1 = threefry(key0, key1, U64(block), U64(0))
    return unit(word0), unit(word1)


def threefry_word(key0: Any, key1: Any, outcome: Any) -> Any:
    """64 random bits of one outcome."""
    word0, word1 = threefry(key0, key1, U64(outcome) >> U64(1), U64(0))
    return select((U64(outcome) & U64(1)) == U64(0), word0, word1)


def threefry_u(key0: Any, key1: Any, outcome: Any) -> Any:
    """Uniform number of one outcome."""
    return unit(threefry_word(key0, key1, outcome))


FUNCTIONS = (quarter, threefry, unit, threefry_pair_u, threefry_word, threefry_u)


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
