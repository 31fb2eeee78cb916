"""Polynomials through a function's values in many cells at once, and how far off they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from simcost.machine.lookup import horner
from simcost.machine.program import Floats

DEGREE = 5
# Chebyshev-Lobatto points contain both ends: neighbouring cells share a value, so the table is
# continuous without knowing a derivative.
NODES = np.array([-1.0, -0.8090169943749475, -0.3090169943749474,
                  0.3090169943749474, 0.8090169943749475, 1.0])  # fmt: skip
CHECKS = np.array([-0.93, 0.07, 0.93])
# From values at the nodes to coefficients.
SOLVE = np.linalg.inv(np.vander(NODES, increasing=True))


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

    @property
    def rise(self) -> Floats:
        """Change of the function over each cell."""
        rise: Floats = np.abs(self.values[:, 1] - self.values[:, 0])
        return rise

    @property
    def scale(self) -> Floats:
        """Larger of the two edge values, in size."""
        scale: Floats = np.abs(self.values).max(axis=1)
        return scale


def fit_cells(function: Callable[[Floats], Floats], left: Floats, right: Floats) -> Fit:
    """Fit every cell from one call of `function`.

    The coefficients are sums in a fixed order, not a matrix product, whose bits depend on the
    linear algebra library.
    """
    half = 0.5 * (right - left)
    middle = left + half
    inner = np.concatenate([NODES[1:-1], CHECKS])
    points = np.clip(middle[:, None] + half[:, None] * inner, left[:, None], right[:, None])
    arguments = np.concatenate([left, right, points.ravel()])
    answers = np.asarray(function(arguments), dtype=np.float64)
    n = len(left)
    ends = answers[: 2 * n].reshape(2, n).T
    inside = answers[2 * n :].reshape(n, -1)
    with np.errstate(invalid="ignore", over="ignore"):
        values = np.column_stack([ends[:, 0], inside[:, : DEGREE - 1], ends[:, 1]])
        coefficients = _solve(values)
        checks = inside[:, DEGREE - 1 :]
        error = np.abs(horner(coefficients[:, None, :], CHECKS) - checks).max(axis=1)
        flat = (values == values[:, :1]).all(axis=1) & (checks == values[:, :1]).all(axis=1)
    coefficients[flat] = 0.0
    coefficients[flat, 0] = values[flat, 0]
    error[flat] = 0.0
    error[~np.isfinite(error)] = np.inf
    return Fit(left, right, coefficients, ends, error)


def _solve(values: Floats) -> Floats:
    """Coefficients from the values at the nodes; the first value is split off for accuracy."""
    base = values[:, 0]
    coefficients = np.zeros_like(values)
    for power in range(DEGREE + 1):
        for node in range(1, DEGREE + 1):
            coefficients[:, power] += SOLVE[power, node] * (values[:, node] - base)
    coefficients[:, 0] += base
    return coefficients
