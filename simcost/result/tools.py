"""What gauges need to know of a leaf's outcomes, in NumPy.

Sums run down the columns of a table: outcome i belongs to lane ``i % lanes``, and each lane adds
its outcomes one after the other, 64 at a time, and then these sums: rounding grows with the
length of a chain. That order is part of the result. The compiled machine has tools
of its own that keep it (`simcost.machine.measure`); the tests compare the two to the bit.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LANES = 16
ROWS = 64  # additions in one chain


def lanes_of(replicates: int) -> int:
    """Return the number of lanes in which so many replicates are summed."""
    return replicates if LANES % replicates else LANES


def folded(lanes: npt.NDArray[Any], replicates: int) -> npt.NDArray[Any]:
    """Return the sums of the replicates from those of the lanes, ``[..., lanes]``.

    Lane k belongs to replicate ``k % replicates``; halves are added until as many are left.
    """
    while lanes.shape[-1] > replicates:
        half = lanes.shape[-1] // 2
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes


class Tools(Protocol):
    """Measurements of up to 65,536 outcomes, by replicate: outcome i belongs to ``i % R``."""

    def look(self, values: Vector, centre: float, replicates: int) -> tuple[Table, float, float]:
        """Return the sums of d, d², d³ and d⁴ with d the distance from `centre`, and the range.

        Returns
        -------
        float64[4, R], float, float
            The range is NaN, or infinite, if an outcome is.
        """

    def span(
        self, values: Vector, low: float, high: float, replicates: int
    ) -> tuple[Counts, Vector, Counts]:
        """Return how outcomes lie to two values, and those strictly between them.

        Returns
        -------
        int64[4, R], float64[m], int64[m]
            Numbers of outcomes below `low`, at most `low`, below `high`, at most `high`; the
            outcomes between in their order, and the place of each among `values`.
        """

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Return how many outcomes are at most a level, int64[R]."""

    def excess(self, values: Vector, level: float, replicates: int) -> Table:
        """Return the sums of the distances above a level and of their squares, [2, R]."""

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return the sums of the products of two outputs' distances, float64[R]."""


class NumPyTools:
    """The tools in NumPy."""

    def look(self, values: Vector, centre: float, replicates: int) -> tuple[Table, float, float]:
        """Return sums of powers and the range."""
        low, high = float(values.min()) + 0.0, float(values.max()) + 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            d = values - centre
            square = d * d
            terms = (d, square, d * square, square * square)
            return np.stack([_sum(term, replicates) for term in terms]), low, high

    def span(
        self, values: Vector, low: float, high: float, replicates: int
    ) -> tuple[Counts, Vector, Counts]:
        """Return counts and what lies between."""
        upto_low, below_high = values <= low, values < high
        masks = (values < low, upto_low, below_high, values <= high)
        places = np.flatnonzero(below_high & ~upto_low)
        return np.stack([_count(mask, replicates) for mask in masks]), values[places], places

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Count what is at most a level."""
        return _count(values <= level, replicates)

    def excess(self, values: Vector, level: float, replicates: int) -> Table:
        """Return sums above a level."""
        above = np.maximum(values - level, 0.0)
        return np.stack([_sum(above, replicates), _sum(above * above, replicates)])

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return sums of products."""
        return _sum((first - centres[0]) * (second - centres[1]), replicates)


def _sum(values: Vector, replicates: int) -> Vector:
    """Sum by replicate, float64[R]; which of two zeros comes out does not show."""
    lanes = lanes_of(replicates)
    block = ROWS * lanes
    whole = len(values) // block * block
    total = np.zeros(lanes)
    if whole:
        blocks = np.add.reduce(values[:whole].reshape(-1, ROWS, lanes), axis=1)
        total += np.add.reduce(blocks, axis=0)
    rest = values[whole:]
    if len(rest):
        rows = len(rest) // lanes
        last = np.add.reduce(rest[: rows * lanes].reshape(rows, lanes), axis=0)
        last[: len(rest) - rows * lanes] += rest[rows * lanes :]
        total += last
    return folded(total + 0.0, replicates)


def _count(mask: Mask, replicates: int) -> Counts:
    """Count by replicate, int64[R]."""
    counts = [np.count_nonzero(mask[first::replicates]) for first in range(replicates)]
    return np.array(counts, dtype=np.int64)


NUMPY = NumPyTools()
