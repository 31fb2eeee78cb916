"""Values of an output in some patterns of the gates, one replicate a row, with their weights."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Values and weights.

    Parameters
    ----------
    values : float64[R, m]
        m is 1 where all values are the same.
    weights : float64[R, m] or None
        Their weights; None where they are all `weight`.
    weight : float
        The one weight of every value.
    """

    values: Matrix
    weights: Matrix | None
    weight: float = 0.0

    @property
    def constant(self) -> bool:
        """Whether the value was the same in all outcomes."""
        return bool(self.values.shape[1] == 1)

    def mass(self, value: float) -> Vector:
        """Return the weight at or below a value, of each replicate, float64[R]."""
        mask = self.values <= value
        if self.weights is None:
            counts = [np.count_nonzero(line) for line in mask]  # quicker than along an axis
            return np.array(counts, dtype=np.float64) * self.weight
        return np.asarray(np.where(mask, self.weights, 0.0).sum(axis=1))

    def sum(self, terms: Matrix) -> Vector:
        """Return the weighted sum of a function of the values, of each replicate, float64[R]."""
        if self.weights is None:
            return np.asarray(terms.sum(axis=1) * self.weight)
        return np.asarray((terms * self.weights).sum(axis=1))

    def where(self, mask: Mask) -> tuple[Vector, Vector]:
        """Return some of the values and their weights."""
        values = self.values[mask]
        if self.weights is None:
            return values, np.broadcast_to(self.weight, values.shape)
        return values, self.weights[mask]

    def first(self, count: int) -> tuple[Vector, Vector]:
        """Return the values of the first outcomes of every replicate, scaled up to all weight."""
        part = self.values[:, :count]
        scale = self.values.shape[1] / part.shape[1]
        if self.weights is None:
            return part.ravel(), np.broadcast_to(self.weight * scale, (part.size,))
        return part.ravel(), self.weights[:, :count].ravel() * scale

    def largest_square(self) -> float:
        """Return the largest weighted square of a single outcome."""
        if self.constant:
            return 0.0  # the weight is that of all outcomes
        if self.weights is not None:
            return float((np.square(self.values) * self.weights).max())
        return max(float(self.values.max()) ** 2, float(self.values.min()) ** 2) * self.weight


def make_row(values: Vector, weights: Vector, replicates: int) -> Row:
    """Arrange float64[n] by replicate; an array without strides holds one number n times."""
    if not values.strides[0] or values.min() == values.max():
        size = len(values) // replicates
        total = np.full(replicates, float(weights[0]) * size)
        if weights.strides[0]:
            total = by_replicate(weights, replicates).sum(axis=1)
        return Row(np.full((replicates, 1), values[0]), total[:, None])
    if not weights.strides[0]:
        return Row(by_replicate(values, replicates), None, float(weights[0]))
    return Row(by_replicate(values, replicates), by_replicate(weights, replicates))


def by_replicate(values: Vector, replicates: int) -> Matrix:
    """Return one replicate a row; outcome k belongs to replicate ``k % replicates``."""
    return np.ascontiguousarray(values.reshape(-1, replicates).T)
