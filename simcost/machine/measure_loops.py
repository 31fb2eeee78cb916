"""The compiled loops behind `simcost.machine.measure`, over one leaf of one output.

Sixteen outcomes at a time, see `simcost.machine.lanes`; what is left over at the end goes to the
first lanes, one each, as in the last row of a table.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine import lanes
from simcost.machine.cache import numba_cache
from simcost.machine.loops import jit
from simcost.result.tools import ROWS

lanes.check()
SIZE = lanes.LANES
CHAIN = ROWS * SIZE
look_at, span_of, count_of = lanes.look, lanes.span, lanes.at_most
excess_of, products_of = lanes.excess, lanes.products


@jit
def add(part: Any, out: Any, first: Any) -> None:
    """Add the sums of one chain to those before."""
    for k in range(part.size):
        out[k] = part[k] if first else out[k] + part[k]


@jit
def look(x: Any, centre: Any, out: Any) -> None:
    """Sums of four powers, smallest and largest; `out` is float64[96]."""
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


@jit
def span(x: Any, low: Any, high: Any, out: Any, near: Any, places: Any) -> Any:
    """Counts and what lies between; `out` is int64[64]."""
    whole = x.size // SIZE * SIZE
    found = span_of(x, whole, low, high, out, near, places)
    for i in range(whole, x.size):
        lane, value = i - whole, x[i]
        out[lane] += value < low
        out[SIZE + lane] += value <= low
        out[2 * SIZE + lane] += value < high
        out[3 * SIZE + lane] += value <= high
        if low < value and value < high:
            near[found] = value
            places[found] = i
            found += 1
    return found


@jit
def at_most(x: Any, level: Any, out: Any) -> None:
    """Count what is at most a level; `out` is int64[16]."""
    whole = x.size // SIZE * SIZE
    count_of(x, whole, level, out)
    for i in range(whole, x.size):
        out[i - whole] += x[i] <= level


@jit
def excess(x: Any, level: Any, out: Any) -> None:
    """Sums above a level; `out` is float64[32]."""
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
def products(x: Any, y: Any, middle_x: Any, middle_y: Any, out: Any) -> None:
    """Sums of products; `out` is float64[16]."""
    part = np.empty(SIZE)
    for first in range(0, x.size, CHAIN):
        left, right = x[first : first + CHAIN], y[first : first + CHAIN]
        whole = left.size // SIZE * SIZE
        products_of(left, right, whole, middle_x, middle_y, part)
        for i in range(whole, left.size):
            part[i - whole] += (left[i] - middle_x) * (right[i] - middle_y)
        add(part, out, first == 0)


with numba_cache() as cached:
    if cached:
        for loop in (look, span, at_most, excess, products):
            loop.enable_caching()
