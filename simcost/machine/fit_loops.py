"""Compiled loops that make and judge the cells of tables: `fit`, `osculate` and `rows` in one pass.

Each does what NumPy does there, in the same order: it is the number of calls to NumPy that
building a table takes its time with. Short loops have no fixed length, and whole numbers are
signed, for the compiler's sake: it takes a third of the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine import osculate
from simcost.machine.fit import CHECKS, SOLVE, Fit
from simcost.machine.grid import PARTS
from simcost.machine.loops import jit, paste, portable
from simcost.machine.osculate import INSIDE
from simcost.machine.packing import PAIRS
from simcost.machine.table_loops import horner
from simcost.machine.tolerance import RELATIVE_X

bits, double = portable.bits, portable.double
quintic = paste(osculate.quintic)
INFINITY, NAN = float("inf"), float("nan")
UNSIGNED, SMALLEST = 2**63 - 1, 2**52  # all bits but the sign; those of the smallest normal number
BEHIND_2, BEHIND_3 = (size for _, _, size in PAIRS)


@paste
def larger(a: Any, b: Any) -> Any:
    """Return the larger number, NaN where one of them is."""
    return a if (a > b) | (a != a) else b


@jit
def fit(solve: Any, checks: Any, answers: Any, c: Any, values: Any, error: Any) -> None:
    """Do what `simcost.machine.fit.fit_answers` does."""
    nodes = solve.shape[1] - 1
    functions, size = answers.shape
    n = error.size // functions
    start = size - (nodes - 1 + checks.size) * n
    for cell in range(error.size):
        answer, i = answers[cell // n], cell % n
        first, last = answer[i], answer[start - n + i]
        c0 = c1 = c2 = c3 = c4 = c5 = 0.0
        flat = True
        for node in range(nodes):
            value = answer[start + node * n + i] if node < nodes - 1 else last
            flat &= value == first
            rise = value - first
            c0 += solve[0, node + 1] * rise
            c1 += solve[1, node + 1] * rise
            c2 += solve[2, node + 1] * rise
            c3 += solve[3, node + 1] * rise
            c4 += solve[4, node + 1] * rise
            c5 += solve[5, node + 1] * rise
        c0 += first
        worst = 0.0
        for k in range(checks.size):
            value = answer[start + (nodes - 1 + k) * n + i]
            flat &= value == first
            worst = larger(worst, abs(horner(c0, c1, c2, c3, c4, c5, checks[k]) - value))
        if flat:
            c0, worst = first, 0.0
            c1 = c2 = c3 = c4 = c5 = 0.0
        c[cell, 0], c[cell, 1], c[cell, 2] = c0, c1, c2
        c[cell, 3], c[cell, 4], c[cell, 5] = c3, c4, c5
        values[cell, 0], values[cell, 1] = first, last
        error[cell] = worst if worst < INFINITY else INFINITY


@paste
def stands(x: Any, octave: Any) -> Any:
    """Return whether the value hardly changes over an octave."""
    return abs(x[octave + 1] - x[octave]) <= RELATIVE_X * abs(x[octave + 1])


@jit
def hermite(
    v: Any, x: Any, first: Any, second: Any, coarse: Any, c: Any, values: Any, inside: Any
) -> None:
    """Do what `simcost.machine.osculate._curves` does."""
    n = v.size - 1
    for cell in range(n):
        half, rise = 0.5 * (v[cell + 1] - v[cell]), 0.5 * (x[cell + 1] - x[cell])
        before, after = half * first[cell], half * first[cell + 1]
        left, right = half * half * second[cell], half * half * second[cell + 1]
        c0, c1, c2, c3, c4, c5 = quintic(x[cell], rise, before, after, left, right)
        if stands(coarse, cell // PARTS):
            c0, c1 = 0.5 * (x[cell] + x[cell + 1]), 0.5 * (x[cell + 1] - x[cell])
            c2 = c3 = c4 = c5 = 0.0
        c[cell, 0], c[cell, 1], c[cell, 2] = c0, c1, c2
        c[cell, 3], c[cell, 4], c[cell, 5] = c3, c4, c5
        values[cell, 0], values[cell, 1] = x[cell], x[cell + 1]
        for k in range(INSIDE.size):
            inside[k * n + cell] = horner(c0, c1, c2, c3, c4, c5, INSIDE[k])


@jit
def misses(v: Any, x: Any, few: Any, coarse: Any, found: Any, error: Any) -> None:
    """Do what `simcost.machine.osculate._errors` does."""
    n = error.size
    for cell in range(n):
        octave = cell // PARTS
        gap = larger(abs(found[octave] - few[octave]), abs(found[octave + 1] - few[octave + 1]))
        half = 0.5 * (v[cell + 1] - v[cell])
        for k in range(INSIDE.size):
            asked = (v[cell] + half) + half * INSIDE[k]
            gap = larger(gap, abs(found[few.size + k * n + cell] - asked))
        change = abs(x[cell + 1] - x[cell])
        mean = abs(coarse[octave + 1] - coarse[octave]) / (few[octave + 1] - few[octave])
        miss = larger(change / (v[cell + 1] - v[cell]), mean) * gap
        if stands(coarse, octave):
            miss = change
        error[cell] = miss if miss < INFINITY else INFINITY


@paste
def pair(c: Any, cell: Any, leading: Any, trailing: Any, size: Any) -> None:
    """Do what `simcost.machine.packing` does to a pair of coefficients."""
    half = 1 << (size - 1)
    high = bits(c[cell, leading])
    low = ((bits(c[cell, trailing]) + (1 << (63 - size))) >> (64 - size)) & (2 * half - 1)
    low = 0 if high & UNSIGNED <= SMALLEST else low
    c[cell, trailing] = double(low << (64 - size))
    c[cell, leading] = double(((high - low + half) & -(2 * half)) | low)


@jit
def finish(
    c: Any, values: Any, error: Any, left: Any, right: Any, tolerance: Any, first: Any, last: Any,
    rows: Any, good: Any,
) -> Any:  # fmt: skip
    """Do what `simcost.machine.rows.finished` does; cells first … last - 1 become lines."""
    largest = 0.0
    ends = rows.shape[0] // 2
    for cell in range(error.size):
        low, high, miss = values[cell, 0], values[cell, 1], error[cell]
        if first <= cell < last:
            c0 = low if low == high else 0.5 * (low + high)
            c1 = 0.0 if low == high else 0.5 * (high - low)
            c[cell, 0], c[cell, 1] = c0, c1
            c[cell, 2] = c[cell, 3] = c[cell, 4] = c[cell, 5] = 0.0
            miss = 0.0 if abs(c0) < INFINITY and abs(c1) < INFINITY else miss
        c2, c3, c4, c5 = c[cell, 2], c[cell, 3], c[cell, 4], c[cell, 5]
        pair(c, cell, 2, 5, BEHIND_2)
        pair(c, cell, 3, 4, BEHIND_3)
        c2, c3, c4, c5 = c2 - c[cell, 2], c3 - c[cell, 3], c4 - c[cell, 4], c5 - c[cell, 5]
        c[cell, 0] += c2 + c4
        c[cell, 1] += c3 + c5
        miss += abs(c2) + abs(c3) + abs(c4) + abs(c5)
        miss = miss if miss < INFINITY else INFINITY
        rise, scale = abs(high - low), larger(abs(low), abs(high))
        width = right[cell] - left[cell]
        share = tolerance[cell] / width
        limit = larger((share if share < 1.0 else 1.0) * rise, RELATIVE_X * scale)
        accepted = (miss <= limit and limit < INFINITY) or miss == 0.0
        beyond = miss - RELATIVE_X * scale
        if accepted and beyond > 0.0:
            largest = larger(largest, beyond / rise * width)
        row = cell if cell < ends - 1 else cell + 1
        for power in range(c.shape[1]):
            rows[row, power] = c[cell, power] if accepted else NAN
        error[cell], good[cell] = miss, accepted
    for side in range(2):
        row = (side + 1) * ends - 1
        for power in range(1, c.shape[1]):
            rows[row, power] = 0.0
        rows[row, 0] = values[row - side - 1, 1]
    return largest


LOOPS = (fit, hermite, misses, finish)


def _own(x: Any) -> Any:
    """Return the array, or a copy of one that must not be written to: another type to numba."""
    return np.array(x) if not (x.flags.writeable and x.flags.c_contiguous) else x


def fitted(answers: Any, cells: int) -> tuple[Any, Any, Any]:
    """Return the coefficients, edge values and errors of `simcost.machine.fit.fit_answers`."""
    n = len(answers) * cells
    coefficients, values, error = np.empty((n, len(SOLVE))), np.empty((n, 2)), np.empty(n)
    fit(SOLVE, CHECKS, _own(answers), coefficients, values, error)
    return coefficients, values, error


def curves(points: Any, coarse: Any) -> tuple[Any, Any, Any]:
    """Return what `simcost.machine.osculate._curves` does."""
    n = len(points.v) - 1
    coefficients, values = np.empty((n, len(SOLVE))), np.empty((n, 2))
    inside = np.empty(INSIDE.size * n)
    curve = map(_own, (points.v, points.x, points.first, points.second, coarse.x))
    hermite(*curve, coefficients, values, inside)
    return coefficients, values, inside


def errors(points: Any, coarse: Any, found: Any) -> Any:
    """Return what `simcost.machine.osculate._errors` does."""
    error = np.empty(len(points.v) - 1)
    misses(*map(_own, (points.v, points.x, coarse.v, coarse.x, found)), error)
    return error


def finished(cells: Fit, tolerance: Any, lines: slice) -> tuple[Any, Any, float]:
    """Return what `simcost.machine.rows.finished` does."""
    n = len(cells.left)
    rows, good = np.empty((n + 2, len(SOLVE))), np.empty(n, dtype=np.bool_)
    error = finish(
        cells.coefficients, cells.values, cells.error, cells.left, cells.right, tolerance,
        lines.start, lines.stop, rows, good,
    )  # fmt: skip
    return rows, good, error
