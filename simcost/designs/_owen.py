"""Sobol and Latin hypercube points by outcome number, with nested uniform scrambling.

Points are kept with their bits reversed (the first binary digit lowest), where a nested uniform
permutation is any bijection in which a bit depends on lower bits only: additions, odd
multiplications and xors with even multiples. All arithmetic is on uint64; only the low 32 bits
count and they never depend on the high ones, so nothing needs masking before a right shift.

Sources: Owen (1995), "Randomly permuted (t,m,s)-nets and (t,s)-sequences"; Burley (2020),
"Practical hash-based Owen scrambling", JCGT 9(4); hash function of Vegdahl (2021), whose flips
show none of the correlation between tree nodes that the original one's do.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.designs._threefry import threefry_word, unit

U64 = np.uint64
LOW_32 = np.uint64(0xFFFFFFFF)
HIGH_32 = np.uint64(0xFFFFFFFF00000000)


def reverse(x: Any) -> Any:
    """Reverse the 64 bits of a word."""
    x = ((x >> U64(1)) & U64(0x5555555555555555)) | ((x & U64(0x5555555555555555)) << U64(1))
    x = ((x >> U64(2)) & U64(0x3333333333333333)) | ((x & U64(0x3333333333333333)) << U64(2))
    x = ((x >> U64(4)) & U64(0x0F0F0F0F0F0F0F0F)) | ((x & U64(0x0F0F0F0F0F0F0F0F)) << U64(4))
    x = ((x >> U64(8)) & U64(0x00FF00FF00FF00FF)) | ((x & U64(0x00FF00FF00FF00FF)) << U64(8))
    x = ((x >> U64(16)) & U64(0x0000FFFF0000FFFF)) | ((x & U64(0x0000FFFF0000FFFF)) << U64(16))
    return (x >> U64(32)) | (x << U64(32))


def nested(x: Any, seed: Any) -> Any:
    """Nested uniform permutation of 32 reversed digits; the high half of the result is rubbish.

    The low half of `seed` drives the hash, the high half a digital shift before it, so that two
    streams share a scrambling only if all 64 bits agree.
    """
    x = x ^ (seed >> U64(32))
    x = x ^ (x * U64(0x3D20ADEA))
    x = x + seed
    x = x * (((seed & LOW_32) >> U64(16)) | U64(1))
    x = x ^ (x * U64(0x05526C56))
    return x ^ (x * U64(0x53A22864))


def refined_u(digits: Any, word: Any) -> Any:
    """Uniform number of 32 reversed digits, followed by the 20 high bits of a random word."""
    return unit((reverse(digits) & HIGH_32) | ((word >> U64(44)) << U64(12)))


def sobol_digits(directions: Any, point: Any) -> Any:
    """Reversed digits of a Sobol point in natural (not Gray code) order.

    Parameters
    ----------
    directions : uint64[32]
        Reversed direction numbers of one dimension.
    point : uint64
        Number of the point, below 2**32.
    """
    digits = directions[0] & (U64(0) - (point & U64(1)))
    for j in range(1, 32):
        digits = digits ^ (directions[j] & (U64(0) - ((point >> U64(j)) & U64(1))))
    return digits


def sobol_u(directions: Any, seeds: Any, key0: Any, key1: Any, outcome: Any) -> Any:
    """Scrambled Sobol coordinate of one outcome; see `simcost.designs.Tables`."""
    outcome = U64(outcome)
    digits = nested(sobol_digits(directions, outcome >> U64(4)), seeds[0, outcome & U64(15)])
    return refined_u(digits, threefry_word(key0, key1, outcome))


def lhs_digits(number: Any, scramble: Any, shuffle: Any) -> Any:
    """Reversed digits of a Latin hypercube point.

    The number of the point is shuffled so that every aligned block of 2**m points becomes an
    aligned block, and its van der Corput point, one to a cell in such a block, is scrambled.

    Parameters
    ----------
    number : uint64
        Number of the point, its 32 bits reversed.
    scramble, shuffle : uint64
        Seeds of the replicate.
    """
    return nested(reverse(nested(number, shuffle)) >> U64(32), scramble)


def lhs_u(seeds: Any, key0: Any, key1: Any, outcome: Any) -> Any:
    """Latin hypercube coordinate of one outcome; see `simcost.designs.Tables`."""
    outcome = U64(outcome)
    replicate = outcome & U64(15)
    number = reverse(outcome >> U64(4)) >> U64(32)
    digits = lhs_digits(number, seeds[0, replicate], seeds[1, replicate])
    return refined_u(digits, threefry_word(key0, key1, outcome))


FUNCTIONS = (reverse, nested, refined_u, sobol_digits, sobol_u, lhs_digits, lhs_u)
