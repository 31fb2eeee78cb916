"""The compiled loops behind `simcost.machine.measure`, over one leaf of one output.

Sixteen outcomes at a time, see `simcost.machine.lanes`; what is left over at the end goes to the
first lanes, one each, as in the last row of a table.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import carray

from simcost.machine import calling, lanes, span_loops
from simcost.machine.cache import numba_cache
from simcost.machine.loops import jit, portable
from simcost.result.exact import LEAF_BITS
from simcost.result.tools import GOLDEN, MIX_1, MIX_2

lanes.check()
SIZE, CHAIN = span_loops.SIZE, span_loops.CHAIN
U, bits, power_of_two = np.uint64, portable.bits, portable.power_of_two
numbers_at = calling.numbers_at
LOOK = 6 * SIZE
SUMS = LOOK + 3 * SIZE
SMALL, LARGE = 2.0**-190, 2.0**190  # between them nothing need be scaled
look_at, total_of = lanes.look, lanes.total
count_of, products_of = lanes.at_most, lanes.products
add, fold, spans = span_loops.add, span_loops.fold, span_loops.spans


@jit
def look(x: Any, centre: Any, replicates: Any, out: Any) -> None:
    """Sum four powers, find smallest and largest; `out` is float64[96]."""
    sums, part = out[: 4 * SIZE], np.empty(6 * SIZE)
    for k in range(SIZE):
        out[4 * SIZE + k], out[5 * SIZE + k] = np.inf, -np.inf
    for first in range(0, x.size, CHAIN):
        piece = x[first : first + CHAIN]
        whole = piece.size // SIZE * SIZE
        look_at(piece, whole, centre, part)
        for i in range(whole, piece.size):
            lane, value = i - whole, piece[i]
            d = value - centre
            square = d * d
            part[lane] += d
            part[SIZE + lane] += square
            part[2 * SIZE + lane] += d * square
            part[3 * SIZE + lane] += square * square
            part[4 * SIZE + lane] = min(part[4 * SIZE + lane], value)
            part[5 * SIZE + lane] = max(part[5 * SIZE + lane], value)
        add(part[: 4 * SIZE], sums, first == 0)
        for k in range(4 * SIZE, 5 * SIZE):
            out[k] = min(out[k], part[k])
            out[SIZE + k] = max(out[SIZE + k], part[SIZE + k])
    fold(out, 4, replicates)
    for row in (4, 5):
        for k in range(row * SIZE + 1, row * SIZE + SIZE):
            least, most = min(out[row * SIZE], out[k]), max(out[row * SIZE], out[k])
            out[row * SIZE] = least if row == 4 else most
        out[row * SIZE] += 0.0  # there is one zero


@jit
def total(x: Any, coarse: Any, fine: Any, replicates: Any, out: Any) -> None:
    """Sum on two grids, and what is left; `out` is float64[48]."""
    part = np.empty(3 * SIZE)
    for first in range(0, x.size, CHAIN):
        piece = x[first : first + CHAIN]
        whole = piece.size // SIZE * SIZE
        total_of(piece, whole, coarse, fine, part)
        for i in range(whole, piece.size):
            lane, value = i - whole, piece[i]
            high = (value + coarse) - coarse
            low = ((value - high) + fine) - fine
            part[lane] += high
            part[SIZE + lane] += low
            part[2 * SIZE + lane] += (value - high) - low
        add(part, out, first == 0)
    fold(out, 3, replicates)


@jit
def at_most(x: Any, level: Any, out: Any) -> None:
    """Count what is at most a level; `out` is int64[16]."""
    whole = x.size // SIZE * SIZE
    count_of(x, whole, level, out)
    for i in range(whole, x.size):
        out[i - whole] += x[i] <= level


@jit
def products(x: Any, y: Any, middle_x: Any, middle_y: Any, out: Any) -> None:
    """Sum products; `out` is float64[16]."""
    part = np.empty(SIZE)
    for first in range(0, x.size, CHAIN):
        left, right = x[first : first + CHAIN], y[first : first + CHAIN]
        whole = left.size // SIZE * SIZE
        products_of(left, right, whole, middle_x, middle_y, part)
        for i in range(whole, left.size):
            part[i - whole] += (left[i] - middle_x) * (right[i] - middle_y)
        add(part, out, first == 0)


@jit
def fingerprint(x: Any, out: Any) -> None:
    """Sum and parity of the mixed bits; `out` is uint64[2]."""
    total, parity = U(0), U(0)
    for i in range(x.size):
        z = U(bits(x[i])) + U(i + 1) * GOLDEN
        z = (z ^ (z >> U(30))) * MIX_1
        z = (z ^ (z >> U(27))) * MIX_2
        z = z ^ (z >> U(31))
        total += z
        parity ^= z
    out[0] = total
    out[1] = parity


@jit
def glance(
    x: Any, centre: Any, replicates: Any, lows: Any, highs: Any, tails: Any, summed: Any,
    hashed: Any, numbers: Any, counts: Any, ends: Any, near: Any, places: Any, words: Any,
) -> Any:  # fmt: skip
    """Do all of the above at once; False, and nothing but the first, for unusual sizes.

    A thread that comes back from compiled code waits for the interpreter, so it should come back
    seldom. `numbers` is float64[96 + 48 + 32 pairs], for `look`, `total` and the sums of `spans`.
    """
    looked, summed_up, above = numbers[:LOOK], numbers[LOOK:SUMS], numbers[SUMS:]
    look(x, centre, replicates, looked)
    finite = 0.0
    for k in range(replicates):  # NaN does not show in a smallest and a largest, but in every sum
        finite += looked[k] * 0.0
    least, most = looked[4 * SIZE], looked[5 * SIZE]
    size = max(abs(least), abs(most))
    if finite != 0.0 or not (SMALL < size < LARGE and abs(centre) < LARGE):
        return False
    if summed:
        exponent = ((bits(size) >> 52) & 0x7FF) - 1022 + LEAF_BITS
        coarse = 1.5 * power_of_two(exponent)
        fine = 1.5 * power_of_two(exponent - 52 + LEAF_BITS)
        total(x, coarse, fine, replicates, summed_up)
    spans(x, lows, highs, tails, replicates, counts, above, near, places, ends)
    if hashed:
        fingerprint(x, words)
    return True


@jit
def glances(
    addresses: Any, size: Any, centres: Any, replicates: Any, firsts: Any, lows: Any, highs: Any,
    tails: Any, summed: Any, hashed: Any, numbers: Any, counts: Any, ends: Any, near: Any,
    places: Any, words: Any, done: Any,
) -> Any:  # fmt: skip
    """Glance at several outputs; return how many outcomes lie between the ends of all pairs.

    Output j is compared with the pairs from `firsts[j]` on. What is found of it follows on what was
    found of the outputs before it.
    """
    used = 0
    for j in range(addresses.size):
        first, last = firsts[j], firsts[j + 1]
        found = numbers[j * SUMS + first * 2 * SIZE : (j + 1) * SUMS + last * 2 * SIZE]
        ends_of = ends[first + j : last + j + 1]
        done[j] = glance(
            carray(numbers_at(addresses[j]), size), centres[j], replicates, lows[first:last],
            highs[first:last], tails[first:last], summed, hashed, found,
            counts[first * 4 * SIZE : last * 4 * SIZE], ends_of, near[used:], places[used:],
            words[2 * j : 2 * j + 2],
        )  # fmt: skip
        if not done[j]:
            ends_of[:] = 0
        used += ends_of[last - first]
    return used


with numba_cache() as cached:
    if cached:
        for loop in (look, total, spans, at_most, products, fingerprint, glances):
            loop.enable_caching()
