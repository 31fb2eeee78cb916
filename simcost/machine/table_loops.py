"""Compiled loops that look up tables over one block; the arithmetic of `simcost.machine.lookup`.

Two short loops instead of one: the compiler vectorises the first, which finds the rows, and the
second evaluates them 24 at a time (see `simcost.machine.transpose`), or one by one where that
cannot be had. Indices are unsigned, which spares a test for negative ones.
"""

from __future__ import annotations

import math
import os
from typing import Any

import numpy as np

from simcost.machine.cache import PLAIN_LOOKUP
from simcost.machine.grid import (
    BELL,
    FOLDED,
    HALF_LINE,
    ORIGIN,
    PART_BITS,
    REST_MASK,
    ROW_SHIFT,
    TWO_BITS,
)
from simcost.machine.loops import inline, jit, portable
from simcost.machine.packing import PAIRS, ROW_WIDTH

U = np.uint64
bits, double = portable.bits, portable.double
BEHIND_C2, BEHIND_C3 = (64 - size for _, _, size in PAIRS)
FOLDED_BASE = FOLDED.row_base
UPPER_ROWS = FOLDED.size
LOWEST = FOLDED.low
FEW_STEPS = 32
HALF_LINE_BASE = HALF_LINE.row_base
WIDEST, BELL_BITS, BELL_BASE = BELL.limit, BELL.bits, BELL.row_base
BELL_SHIFT, BELL_REST = BELL.shift, (1 << BELL.shift) - 1
SHORTEST, LONGEST = HALF_LINE.low, HALF_LINE.high


@inline
def horner(c0: Any, c1: Any, c2: Any, c3: Any, c4: Any, c5: Any, t: Any) -> Any:
    """Evaluate a quintic."""
    return ((((c5 * t + c4) * t + c3) * t + c2) * t + c1) * t + c0


@inline
def packed(rows: Any, row: Any, t: Any) -> Any:
    """Evaluate the quintic whose packed coefficients start at `row`."""
    c2, c3 = rows[row + U(2)], rows[row + U(3)]
    c4, c5 = double(bits(c3) << BEHIND_C3), double(bits(c2) << BEHIND_C2)
    return horner(rows[row], rows[row + U(1)], c2, c3, c4, c5, t)


@inline
def clamp(x: Any, low: Any, high: Any) -> Any:
    """Keep `x` inside [low, high]; NaN stays NaN."""
    x = low if x < low else x
    return high if x > high else x


@inline
def folded(u: Any) -> Any:
    """Nearer probability, kept inside the grid."""
    v = 1.0 - u if u > 0.5 else u
    return v if v > LOWEST else LOWEST


@jit
def plain(
    found: Any, places: Any, u: Any, rows: Any, low: Any, high: Any, out: Any, size: Any
) -> None:
    """Evaluate the rows that were found, one by one."""
    for i in range(size):
        x = clamp(packed(rows, U(found[i]), places[i]), low, high)
        out[i] = x if u[i] == u[i] else u[i]


@jit
def plain_curve(found: Any, places: Any, rows: Any, out: Any, size: Any) -> None:
    """Evaluate the rows that were found, one by one, without looking after the results."""
    for i in range(size):
        out[i] = packed(rows, U(found[i]), places[i])


def _evaluation() -> tuple[Any, Any]:
    """Return the loops of many at once, or the plain ones where the former cannot be had."""
    if os.environ.get(PLAIN_LOOKUP):
        return plain, plain_curve
    try:
        from simcost.machine.transpose import AT_ONCE, check, look_up, look_up_curve

        check()
    except Exception:  # a compiler that knows no such instructions says so in its own ways
        return plain, plain_curve

    @inline
    def padded(found: Any, places: Any, size: Any) -> None:
        for i in range(size, min(-(-size // AT_ONCE) * AT_ONCE, found.size)):
            found[i] = 0
            places[i] = 0.0

    @jit
    def many(
        found: Any, places: Any, u: Any, rows: Any, low: Any, high: Any, out: Any, size: Any
    ) -> None:
        """Evaluate the rows that were found, up to the next multiple of 24."""
        padded(found, places, size)
        for i in range(0, size, AT_ONCE):
            look_up(found, places, u, rows, low, high, out, i)

    @jit
    def many_curve(found: Any, places: Any, rows: Any, out: Any, size: Any) -> None:
        """Evaluate the rows that were found, without looking after the results."""
        padded(found, places, size)
        for i in range(0, size, AT_ONCE):
            look_up_curve(found, places, rows, out, i)

    return many, many_curve


evaluate, evaluate_curve = _evaluation()


@jit
def table(
    u: Any, out: Any, rows: Any, bounds: Any, meta: Any, fine_left: Any, fine_scale: Any,
    fine_rows: Any, places: Any, found: Any, size: Any,
) -> None:  # fmt: skip
    """Quantile function from a table."""
    start = meta[0]
    for i in range(size):
        pattern = bits(folded(u[i]))
        row = (pattern >> ROW_SHIFT) - FOLDED_BASE + start
        found[i] = (row + UPPER_ROWS if u[i] > 0.5 else row) * ROW_WIDTH
        places[i] = double(((pattern & REST_MASK) << PART_BITS) | TWO_BITS) - 3.0
    low, high = bounds[0], bounds[1]
    evaluate(found, places, u, rows, low, high, out, size)
    if meta[4] != 0:
        fine(u, out, low, high, meta, fine_left, fine_scale, fine_rows, size)


@jit
def curve(u: Any, out: Any, rows: Any, meta: Any, places: Any, found: Any, size: Any) -> None:
    """Quantile function from a table without fine cells, at draws: no NaN, and none beyond."""
    start = meta[0]
    for i in range(size):
        pattern = bits(1.0 - u[i] if u[i] > 0.5 else u[i])
        row = (pattern >> ROW_SHIFT) - FOLDED_BASE + start
        found[i] = (row + UPPER_ROWS if u[i] > 0.5 else row) * ROW_WIDTH
        places[i] = double(((pattern & REST_MASK) << PART_BITS) | TWO_BITS) - 3.0
    evaluate_curve(found, places, rows, out, size)


@jit
def fine(
    u: Any, out: Any, lowest: Any, highest: Any, meta: Any, fine_left: Any, fine_scale: Any,
    fine_rows: Any, size: Any,
) -> None:  # fmt: skip
    """Second pass: the few outcomes in cells that were cut, which are NaN so far."""
    for i in range(size):
        if out[i] != out[i]:
            v = folded(u[i])
            low, high = (meta[2], meta[3]) if u[i] > 0.5 else (meta[1], meta[2])
            while high - low > 1:
                middle = (low + high) >> 1
                if fine_left[middle] <= v:
                    low = middle
                else:
                    high = middle
            if low < high and u[i] == u[i]:
                t = (v - fine_left[low]) * fine_scale[low] - 1.0
                c = fine_rows[low]
                x = horner(c[0], c[1], c[2], c[3], c[4], c[5], t)
                out[i] = clamp(x, lowest, highest)


@jit
def student_cdf(
    x: Any, out: Any, rows: Any, bounds: Any, meta: Any, places: Any, found: Any, size: Any
) -> None:
    """Student's t distribution function from a table."""
    start = meta[0]
    for i in range(size):
        far = abs(x[i])
        far = far if far > SHORTEST else SHORTEST
        pattern = bits(far if far < LONGEST else LONGEST)
        found[i] = ((pattern >> ROW_SHIFT) - HALF_LINE_BASE + start) * ROW_WIDTH
        places[i] = double(((pattern & REST_MASK) << PART_BITS) | TWO_BITS) - 3.0
    evaluate(found, places, x, rows, bounds[0], bounds[1], out, size)
    for i in range(size):
        out[i] = 1.0 - out[i] if x[i] > 0.0 else out[i]


@jit
def normal_cdf(
    x: Any, out: Any, rows: Any, bounds: Any, meta: Any, places: Any, found: Any, size: Any
) -> None:
    """Look the normal distribution function up."""
    start = meta[0]
    for i in range(size):
        far = abs(x[i])
        pattern = bits((far if far < WIDEST else WIDEST) + ORIGIN)
        found[i] = ((pattern >> BELL_SHIFT) - BELL_BASE + start) * ROW_WIDTH
        places[i] = double(((pattern & BELL_REST) << BELL_BITS) | TWO_BITS) - 3.0
    evaluate(found, places, x, rows, bounds[0], bounds[1], out, size)
    for i in range(size):
        out[i] = 1.0 - out[i] if x[i] > 0.0 else out[i]


@jit
def steps(u: Any, out: Any, meta: Any, edges: Any, values: Any, guide: Any, size: Any) -> None:
    """Discrete quantile function: a comparison for each of few values; guide table, then forward.

    The forward search branches on every draw, which the processor cannot foresee.
    """
    mine, taken = edges[meta[0] :], values[meta[0] :]
    if meta[1] <= FEW_STEPS:
        lowest = taken[0]
        for i in range(size):
            out[i] = lowest if u[i] == u[i] else u[i]
        for k in range(meta[1] - 1):
            edge, value = mine[k], taken[k + 1]
            for i in range(size):
                out[i] = value if u[i] > edge else out[i]
        return
    start = guide[meta[2] :]
    slices = np.float64(meta[3])
    last = meta[3] - 1
    for i in range(size):
        p = folded_guide(u[i])
        at = min(np.int64(p * slices), last)
        k = start[U(at)]
        while u[i] > mine[U(k)]:
            k += 1
        out[i] = taken[U(k)] if u[i] == u[i] else u[i]


@jit
def triangular(u: Any, out: Any, row: Any, size: Any) -> None:
    """Triangular quantile function."""
    low, mode, high = row[0], row[1], row[2]
    below, left, right = row[3], row[4], row[5]
    for i in range(size):
        under = u[i] <= below
        share = u[i] if under else 1.0 - u[i]
        root = math.sqrt(0.0 if share < 0.0 else share)
        down, up = low + left * root, high - right * root
        down = mode if down > mode else down
        up = mode if up < mode else up
        x = down if under else up
        out[i] = x if u[i] == u[i] else u[i]


@inline
def folded_guide(u: Any) -> Any:
    """`u` where it is a probability, else something harmless."""
    p = u if u > 0.0 else 0.0
    return p if p < 1.0 else 0.0
