"""The compiled loops that compare a leaf of one output with pairs of values.

See `simcost.machine.measure_loops`, which has the others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine import lanes
from simcost.machine.loops import jit
from simcost.result.tools import ROWS

SIZE = lanes.LANES
CHAIN = ROWS * SIZE
STRETCH = 4 * CHAIN  # outcomes after which the way of comparing is chosen anew
CROWD = STRETCH // 8
span_of, level_of, excess_of = lanes.span, lanes.level, lanes.excess
between_of, between_together = lanes.between, lanes.between_together


@jit
def add(part: Any, out: Any, first: Any) -> None:
    """Add the sums of one chain to those before."""
    for k in range(part.size):
        out[k] = part[k] if first else out[k] + part[k]


@jit
def fold(table: Any, rows: Any, replicates: Any) -> None:
    """Add the lanes of each replicate up, by halves, into the first of them."""
    for row in range(rows):
        half = SIZE // 2
        while half >= replicates:
            for k in range(row * SIZE, row * SIZE + half):
                table[k] = table[k] + table[k + half]
            half //= 2
        for k in range(row * SIZE, row * SIZE + replicates):
            table[k] = table[k] + 0  # there is one zero


@jit
def span(x: Any, low: Any, high: Any, part: Any, near: Any, places: Any) -> Any:
    """Count in a stretch, and collect what lies between; `part` is int64[64]."""
    whole = x.size // SIZE * SIZE
    found = span_of(x, whole, low, high, part, near, places)
    for i in range(whole, x.size):
        lane, value = i - whole, x[i]
        part[lane] += value < low
        part[SIZE + lane] += value <= low
        part[2 * SIZE + lane] += value < high
        part[3 * SIZE + lane] += value <= high
        if low < value and value < high:
            near[found] = value
            places[found] = i
            found += 1
    return found


@jit
def between(x: Any, low: Any, high: Any, alone: Any, part: Any, near: Any, places: Any) -> Any:
    """Do the same for a whole number of lanes and ends that few outcomes share.

    Where all lanes are `alone` in counting for one replicate, one of them counts for all.
    """
    if alone:
        inside = between_together(x, x.size, low, high, part, near, places)
    else:
        inside = between_of(x, x.size, low, high, part, near, places)
    for k in range(SIZE):
        part[3 * SIZE + k] = part[2 * SIZE + k] = part[SIZE + k]
        part[SIZE + k] = part[k]
    found = 0
    for k in range(inside):
        value, place = near[k], places[k]
        lane = 0 if alone else place % SIZE
        if value == low:
            part[SIZE + lane] += 1
        if value == high:
            part[2 * SIZE + lane] -= 1
        if low < value and value < high:
            near[found] = value
            places[found] = place
            found += 1
    return found, inside


@jit
def same(x: Any, value: Any, out: Any) -> None:
    """Count where both ends are one value; `out` is int64[64]."""
    whole = x.size // SIZE * SIZE
    level_of(x, whole, value, out)
    for i in range(whole, x.size):
        out[i - whole] += x[i] < value
        out[SIZE + i - whole] += x[i] <= value
    for k in range(2 * SIZE):
        out[2 * SIZE + k] = out[k]


@jit
def spans_of(
    x: Any, low: Any, high: Any, alone: Any, out: Any, part: Any, near: Any, places: Any
) -> Any:
    """Count, and collect what lies between; `out` is int64[64]."""
    if low == high:
        same(x, low, out)
        return 0
    for k in range(4 * SIZE):
        out[k] = 0
    total, crowded = 0, False
    for first in range(0, x.size, STRETCH):
        piece = x[first : first + STRETCH]
        if crowded or piece.size < STRETCH:
            found = span(piece, low, high, part, near[total:], places[total:])
        else:
            found, inside = between(piece, low, high, alone, part, near[total:], places[total:])
            crowded = inside > CROWD
        for k in range(total, total + found):
            places[k] += first
        total += found
        for k in range(4 * SIZE):
            out[k] += part[k]
    return total


@jit
def excess(x: Any, level: Any, out: Any) -> None:
    """Sum distances above a level; `out` is float64[32]."""
    part = np.empty(2 * SIZE)
    for first in range(0, x.size, CHAIN):
        piece = x[first : first + CHAIN]
        whole = piece.size // SIZE * SIZE
        excess_of(piece, whole, level, part)
        for i in range(whole, piece.size):
            d = piece[i] - level
            above = d if d > 0.0 else 0.0
            part[i - whole] += above
            part[SIZE + i - whole] += above * above
        add(part, out, first == 0)


@jit
def spans(
    x: Any, lows: Any, highs: Any, tails: Any, replicates: Any, counts: Any, sums: Any,
    near: Any, places: Any, ends: Any,
) -> None:  # fmt: skip
    """Compare with several pairs of values; see `simcost.result.tools.Spans`."""
    part = np.empty(4 * SIZE, dtype=np.int64)
    ends[0] = 0
    for k in range(lows.size):
        start = ends[k]
        mine, sum_of = counts[k * 4 * SIZE :], sums[k * 2 * SIZE :]
        ends[k + 1] = start + spans_of(
            x, lows[k], highs[k], replicates == 1, mine, part, near[start:], places[start:]
        )
        fold(mine, 4, replicates)
        if tails[k] != 0 and highs[k] < np.inf:
            excess(x, highs[k], sum_of[: 2 * SIZE])
            fold(sum_of, 2, replicates)
        else:
            for i in range(2 * SIZE):
                sum_of[i] = 0.0
