"""Polynomials through a function's values in many cells at once, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np

from simcost import elementary
from simcost.machine.lookup import horner
from simcost.machine.packing import rounded
from simcost.machine.program import Floats

DEGREE = 5
# Chebyshev-Lobatto points contain both ends: neighbouring cells share a value, so the table is
# continuous without knowing a derivative.
NODES = np.array([-1.0, -0.8090169943749475, -0.3090169943749474,
                  0.3090169943749474, 0.8090169943749475, 1.0])  # fmt: skip
CHECKS = np.array([-0.93, 0.07, 0.93])
INNER = np.concatenate([NODES[1:-1], CHECKS])


def _inverse(nodes: Sequence[float]) -> list[list[Fraction]]:
    """Return the exact inverse of a Vandermonde matrix: in column j, Lagrange's polynomial j."""
    columns = []
    for node in map(Fraction, nodes):
        polynomial = [Fraction(1)]
        for other in map(Fraction, nodes):
            if other != node:
                scaled = [entry / (node - other) for entry in polynomial]
                polynomial = [
                    before - other * here
                    for before, here in zip(
                        [Fraction(0), *scaled], [*scaled, Fraction(0)], strict=True
                    )
                ]
        columns.append(polynomial)
    return [list(row) for row in zip(*columns, strict=True)]


# From values at the nodes to coefficients.
SOLVE = np.array([[float(entry) for entry in row] for row in _inverse(NODES.tolist())])


@dataclass(frozen=True, slots=True)
class Fit:
    """Cells with their polynomials.

    Parameters
    ----------
    left, right : float64[n]
        Cell edges.
    coefficients : float64[n, 6]
        In the variable that runs from -1 to 1 over the cell.
    values : float64[n, 2]
        The function at the edges.
    error : float64[n]
        Largest error at the check points, in the function's own unit.
    """

    left: Floats
    right: Floats
    coefficients: Floats
    values: Floats
    error: Floats

    def take(self, chosen: np.ndarray) -> Fit:
        """Return the chosen cells."""
        return Fit(self.left[chosen], self.right[chosen], self.coefficients[chosen],
                   self.values[chosen], self.error[chosen])  # fmt: skip

    def put(self, chosen: np.ndarray, cells: Fit) -> None:
        """Write `cells` over the chosen ones."""
        self.coefficients[chosen] = cells.coefficients
        self.values[chosen] = cells.values
        self.error[chosen] = cells.error

    def round(self) -> None:
        """Round the coefficients to what a packed row can hold, which the errors count in."""
        self.coefficients[:], cost = rounded(self.coefficients)
        with np.errstate(invalid="ignore", over="ignore"):
            self.error[:] += cost
        self.error[~np.isfinite(self.error)] = np.inf

    @property
    def rise(self) -> Floats:
        """Change of the function over each cell."""
        rise: Floats = np.abs(self.values[:, 1] - self.values[:, 0])
        return rise

    @property
    def scale(self) -> Floats:
        """Larger of the two edge values, in size."""
        scale: Floats = np.maximum(np.abs(self.values[:, 0]), np.abs(self.values[:, 1]))
        return scale


def joined(fits: Sequence[Fit]) -> Fit:
    """Return the cells of all fits, one after the other."""
    names = [field.name for field in fields(Fit)]
    return Fit(*(np.concatenate([getattr(fit, name) for fit in fits]) for name in names))


def fit_cells(function: Callable[[Floats], Floats], left: Floats, right: Floats) -> Fit:
    """Fit every cell from one call of `function`."""
    answers = np.asarray(function(arguments(left, right)), dtype=np.float64)
    return fit_answers(left, right, answers)


def arguments(left: Floats, right: Floats) -> Floats:
    """Return where a function has to be known to fit cells: the edges, then points inside."""
    middle = left + 0.5 * (right - left)
    points = np.clip(middle + 0.5 * (right - left) * INNER[:, None], left, right)
    edges = np.append(left, right[-1]) if _shared(left, right) else np.concatenate([left, right])
    return np.concatenate([edges, points.ravel()])


def fit_answers(left: Floats, right: Floats, answers: Floats) -> Fit:
    """Fit every cell from the values at its `arguments`.

    The coefficients are sums in a fixed order, not a matrix product, whose bits depend on the
    linear algebra library. Arrays have a row for each node and are long in cells: NumPy adds
    up or compares a few long rows many times faster than many short ones.

    Parameters
    ----------
    left, right : float64[n]
        Edges of the cells.
    answers : float64[m] or float64[s, m]
        Values of one function, or of several, whose cells come one after the other.
    """
    n, answers = len(left), np.atleast_2d(answers)
    left, right = (np.concatenate([edges] * len(answers)) for edges in (left, right))
    known = elementary.provided("fitted")
    if known is not None:
        return Fit(left, right, *known(answers, n))
    start = answers.shape[1] - len(INNER) * n
    first, last = answers[:, :n].ravel(), answers[:, start - n : start].ravel()
    sides = answers[:, start:].reshape(len(answers), len(INNER), n)
    inside = sides.swapaxes(0, 1).reshape(len(INNER), len(answers) * n)
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.concatenate([[first], inside[: DEGREE - 1], [last]])
        columns = _solve(values)
        checks = inside[DEGREE - 1 :]
        error = np.abs(horner(columns.T, CHECKS[:, None]) - checks).max(axis=0)
        flat = (values == first).all(axis=0) & (checks == first).all(axis=0)
    coefficients = np.ascontiguousarray(columns.T)
    coefficients[flat] = 0.0
    coefficients[flat, 0] = first[flat]
    error[flat] = 0.0
    error[~np.isfinite(error)] = np.inf
    return Fit(left, right, coefficients, np.column_stack([first, last]), error)


def _shared(left: Floats, right: Floats) -> bool:
    return len(left) > 0 and np.array_equal(left[1:], right[:-1])


def _solve(values: Floats) -> Floats:
    """Coefficients from the values at the nodes; the first value is split off for accuracy."""
    rises = values[1:] - values[0]
    coefficients = np.zeros_like(values)
    for power in range(DEGREE + 1):
        for node in range(DEGREE):
            coefficients[power] += SOLVE[power, node + 1] * rises[node]
    coefficients[0] += values[0]
    return coefficients
