"""Evaluation of tables on arrays: what the kernel does, operation by operation."""

from __future__ import annotations

import numpy as np

from simcost.machine.grid import BELL, FOLDED, HALF_LINE
from simcost.machine.program import Floats, Integers, Tables
from simcost.machine.triangle import evaluate


def horner(c: Floats, t: Floats) -> Floats:
    """Evaluate the quintics with coefficients ``c[..., 0] … c[..., 5]`` at `t`."""
    x: Floats = c[..., 5] * t + c[..., 4]
    for power in (3, 2, 1, 0):
        x = x * t + c[..., power]
    return x


def fold(u: Floats) -> tuple[Floats, np.ndarray]:
    """Return the nearer probability, kept inside the grid, and whether it counts from above."""
    upper = u > 0.5
    v = np.where(upper, 1.0 - u, u)
    return np.where(v > FOLDED.low, v, FOLDED.low), upper


def clamp(x: Floats, low: float, high: float) -> Floats:
    """Keep `x` inside [low, high]; NaN stays NaN."""
    x = np.where(x < low, low, x)
    return np.where(x > high, high, x)


def table(tables: Tables, number: int, u: Floats) -> Floats:
    """Quantile function number `number` at `u`.

    A row of NaN marks a cell whose fine cells have to be searched.
    """
    _, low_start, high_start, high_end, fine = tables.meta[number]
    x = curve(tables, number, u)
    if fine:
        v, upper = fold(u)
        for side, first, last in ((False, low_start, high_start), (True, high_start, high_end)):
            chosen = np.isnan(x) & (upper == side)
            if chosen.any():
                x[chosen] = fine_cells(tables, first, last, v[chosen])
    x = clamp(x, *tables.bounds[number])
    return np.where(np.isnan(u), u, x)


def curve(tables: Tables, number: int, u: Floats) -> Floats:
    """Quantile function number `number` at draws, from a table that needs no bounds."""
    v, upper = fold(u)
    row, t = FOLDED.locate(v)
    return horner(tables.rows[row + np.where(upper, FOLDED.size, 0) + tables.meta[number, 0]], t)


def fine_cells(tables: Tables, first: int, last: int, v: Floats) -> Floats:
    """Evaluate the fine cells `first` … `last` - 1 at `v`."""
    found = np.searchsorted(tables.fine_left[first:last], v, side="right") - 1
    cell = first + np.maximum(found, 0)
    t = (v - tables.fine_left[cell]) * tables.fine_scale[cell] - 1.0
    return horner(tables.fine_rows[cell], t)


def student_cdf(tables: Tables, number: int, x: Floats) -> Floats:
    """Student's t distribution function number `number` at `x`."""
    size = np.abs(x)
    size = np.where(size > HALF_LINE.low, size, HALF_LINE.low)
    size = np.where(size < HALF_LINE.high, size, HALF_LINE.high)
    row, t = HALF_LINE.locate(size)
    p = horner(tables.rows[row + tables.meta[number, 0]], t)
    p = clamp(p, *tables.bounds[number])
    return np.where(np.isnan(x), x, np.where(x > 0.0, 1.0 - p, p))


def normal_cdf(tables: Tables, number: int, x: Floats) -> Floats:
    """Return the normal distribution function at `x`; see `simcost.machine.bell`."""
    size = np.abs(x)
    row, t = BELL.locate(np.where(size < BELL.limit, size, BELL.limit))
    p = horner(tables.rows[row + tables.meta[number, 0]], t)
    p = clamp(p, *tables.bounds[number])
    return np.where(np.isnan(x), x, np.where(x > 0.0, 1.0 - p, p))


def steps(tables: Tables, number: int, u: Floats) -> Floats:
    """Discrete quantile function number `number`: the first value whose edge is not below u."""
    first, count = tables.step_meta[number, :2]
    edges = tables.step_edges[first : first + count - 1]
    found: Integers = np.searchsorted(edges, u, side="left")
    return np.where(np.isnan(u), u, tables.step_values[first + found])


def triangular(tables: Tables, number: int, u: Floats) -> Floats:
    """Triangular quantile function number `number` at `u`."""
    return evaluate(tables.triangles[number], u)
