"""Selection and the bits of a double: what every function here is made of besides arithmetic.

``np.int64(x).view(...)`` looks odd on an array, where it only costs a copy, but it is the one
spelling of a reinterpretation that NumPy arrays and compiled scalars share.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

select = np.where

# 1.5 * 2^52: adding it to a double below 2^51 rounds to the nearest integer (half to even) and
# leaves that integer in the low bits. No conversion instruction, whose result outside the
# integer range differs between machines.
ROUNDER = 6755399441055744.0
ROUNDER_BITS = 0x4338000000000000
HIGH_WORD = -0x100000000
LOWEST_NORMAL = 2.2250738585072014e-308
INF = float("inf")
NAN = float("nan")


def bits(x: Any) -> Any:
    """Bit pattern of a double as a signed 64-bit integer."""
    return np.float64(x).view(np.int64)


def double(pattern: Any) -> Any:
    """Double with the given bit pattern."""
    return np.int64(pattern).view(np.float64)


def head(x: Any) -> Any:
    """Return `x` with the low 32 bits of its significand cleared: 21 bits remain."""
    return double(bits(x) & HIGH_WORD)


def power_of_two(k: Any) -> Any:
    """Return 2**k for integer k in [-1022, 1023]."""
    return double((k + 1023) << 52)


def scale(x: Any, k: Any) -> Any:
    """Return x * 2**k, rounded once, for x near 1 and k in [-2044, 2046]."""
    half = k >> 1
    return x * power_of_two(half) * power_of_two(k - half)


def float_of(k: Any) -> Any:
    """Convert an integer below 2**51 in size to a double."""
    return double(k + ROUNDER_BITS) - ROUNDER


FUNCTIONS = (bits, double, head, power_of_two, scale, float_of)
