"""One output whose outcomes carry weights, sorted once so that every question is a look-up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Function = Callable[[Matrix], Matrix]

SAME = 1e-12  # of all weight; sums of weights are no closer to what they should be
_COARSE = 16  # values of each sorted row that go into the grid of first looks


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """Values of an output in some patterns, each replicate ascending.

    Parameters
    ----------
    values : float64[R, m]
        m is 1 where the value is always the same.
    weights : float64[R, m] or None
        Their weights; None where they are all `weight`.
    below : float64[R, m + 1] or None
        Sums of the first 0 … m weights; None where they are all `weight`.
    weight : float
        The one weight of every value.
    """

    values: Matrix
    weights: Matrix | None
    below: Matrix | None
    weight: float

    def mass(self, replicate: int, count: npt.NDArray[np.intp] | int) -> Vector:
        """Return the weight of the first `count` values of a replicate."""
        if self.below is None:
            return np.asarray(np.multiply(count, self.weight), dtype=np.float64)
        return np.asarray(self.below[replicate, count])

    def weights_of(self, replicate: int, first: int, last: int) -> Vector:
        """Return the weights of the values first … last - 1 of a replicate."""
        if self.weights is None:
            return np.full(last - first, self.weight)
        return self.weights[replicate, first:last]


def sort_row(values: Vector, weights: Vector, replicates: int) -> Row:
    """Sort the values of one row, float64[n], by replicate; arrays without strides are constant."""
    size = len(values) // replicates
    one_weight = not weights.strides[0]
    if not values.strides[0]:
        total = np.full(replicates, float(weights[0]) * size)
        if not one_weight:
            total = _by_replicate(weights, replicates).sum(axis=1)
        return _weighted(np.full((replicates, 1), values[0]), total[:, None])
    by_replicate = _by_replicate(values, replicates)
    if one_weight:
        return Row(np.sort(by_replicate, axis=1), None, None, float(weights[0]))
    order = np.argsort(by_replicate, axis=1, kind="stable")
    return _weighted(
        np.take_along_axis(by_replicate, order, axis=1),
        np.take_along_axis(_by_replicate(weights, replicates), order, axis=1),
    )


def _by_replicate(values: Vector, replicates: int) -> Matrix:
    """Return one replicate a row; outcome k belongs to replicate ``k % replicates``."""
    return np.ascontiguousarray(values.reshape(-1, replicates).T)


def _weighted(values: Matrix, weights: Matrix) -> Row:
    below = np.zeros((len(values), values.shape[1] + 1))
    np.cumsum(weights, axis=1, out=below[:, 1:])
    return Row(values, weights, below, 0.0)


class Column:
    """One output.

    Parameters
    ----------
    name, unit : str
        The output and its unit.
    rows : sequence of pairs of float64[n]
        Its values in the patterns that share them, and the weight of these patterns together.
        Over the rows the weights of an outcome add up to 1.
    replicates : int
        Number R of replicates, which divides n.
    confidence : float
        Level of the intervals.
    tail_index : float
        Upper tail index known from the model.
    """

    def __init__(
        self,
        name: str,
        unit: str,
        rows: Sequence[tuple[Vector, Vector]],
        replicates: int,
        confidence: float,
        tail_index: float,
    ) -> None:
        self.name, self.unit, self.replicates = name, unit, replicates
        self.confidence, self.tail_index = confidence, tail_index
        self.count = len(rows[0][0])
        self.rows = [sort_row(values, weights, replicates) for values, weights in rows]
        self.constant = all(row.values.shape[1] == 1 for row in self.rows)

    @property
    def size(self) -> int:
        """Number of outcomes of a replicate."""
        return self.count // self.replicates

    @cached_property
    def low(self) -> float:
        """Smallest value that has weight."""
        return self.at(0.0, above=True)

    @cached_property
    def high(self) -> float:
        """Largest value that has weight."""
        return self.at(float(self.count))

    @cached_property
    def replicate_means(self) -> Vector:
        """Mean of each replicate, float64[R]."""
        return self.total(lambda values: values) / self.size

    @cached_property
    def mean(self) -> float:
        """Mean of all."""
        return float(np.mean(self.replicate_means))

    @cached_property
    def replicate_spreads(self) -> Vector:
        """Mean square deviation from the mean of all, of each replicate, float64[R]."""
        return self.total(lambda values: np.square(values - self.mean)) / self.size

    @property
    def indicator(self) -> bool:
        """Whether it says yes (1) or no (0)."""
        if self.unit or not all(np.isin(row.values, (0.0, 1.0)).all() for row in self.rows):
            return False
        return self.low < self.high or self.name == "succeeded"

    def total(self, of: Function) -> Vector:
        """Return the weighted sum of a function of the values, of each replicate, float64[R]."""
        found = np.zeros(self.replicates)
        for row in self.rows:
            terms = of(row.values)
            found += (
                terms.sum(axis=1) * row.weight
                if row.weights is None
                else (terms * row.weights).sum(axis=1)
            )
        return found

    def masses(self, values: Vector) -> Matrix:
        """Return the weight at or below each of some ascending values, float64[R, values]."""
        found = np.zeros((self.replicates, len(values)))
        for row in self.rows:
            for r, sorted_values in enumerate(row.values):
                found[r] += row.mass(r, np.searchsorted(sorted_values, values, side="right"))
        return found

    def at_most(self, value: float) -> Vector:
        """Return the share of each replicate at or below a value, float64[R]."""
        return np.minimum(self.masses(np.array([value]))[:, 0] / self.size, 1.0)

    def mass_at(self, value: float) -> float:
        """Return the share of all that equals a value."""
        ends = np.array([np.nextafter(value, -np.inf), value])
        below, at_most = self.masses(ends).sum(axis=0)
        return float(at_most - below) / self.count

    def at(self, mass: float, *, above: bool = False) -> float:
        """Return the smallest value with so much weight at or below it (or more than that)."""
        slack = self.count * SAME
        wanted = mass + slack if above else mass - slack
        side: Literal["left", "right"] = "right" if above else "left"
        values, masses = self._grid
        place = min(int(np.searchsorted(masses, wanted, side=side)), len(values) - 1)
        low = values[place - 1] if place else -np.inf
        near, weights = self._between(low, values[place])
        start = masses[place - 1] if place else 0.0
        sums = start + np.cumsum(weights)
        found = min(int(np.searchsorted(sums, wanted, side=side)), len(near) - 1)
        return float(near[found]) + 0.0

    @cached_property
    def _grid(self) -> tuple[Vector, Vector]:
        """Some of the values, ascending, and the weight at or below each."""
        some = []
        for row in self.rows:
            step = max(row.values.shape[1] // _COARSE, 1)
            some += [row.values[:, ::step].ravel(), row.values[:, -1]]
        values = np.unique(np.concatenate(some))
        return values, self.masses(values).sum(axis=0)

    def _between(self, low: float, high: float) -> tuple[Vector, Vector]:
        """Return the values above `low` and up to `high`, ascending, and their weights."""
        values, weights = [], []
        for row in self.rows:
            for r, line in enumerate(row.values):
                first, last = np.searchsorted(line, [low, high], side="right").tolist()
                values.append(line[first:last])
                weights.append(row.weights_of(r, first, last))
        together, heavy = np.concatenate(values), np.concatenate(weights)
        order = np.argsort(together, kind="stable")
        return together[order], heavy[order]
