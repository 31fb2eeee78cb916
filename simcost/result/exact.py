"""Sums of outcomes that are right to the last bit, however the outcomes were split.

Each outcome is cut into a multiple of a coarse grid, a multiple of a fine one, and a rest. On
a grid that suits the largest of 65,536 outcomes additions are exact, and the rest is below 2^-72 of
the largest, so that three numbers stand for the sum of a leaf; `math.fsum` rounds the sum of all of
these once. The cutting is that of Rump, Ogita & Oishi (2008), Accurate floating-point summation I.

Where outcomes cancel each other nearly to nothing, what the additions of rests lost may count. That
shows, and then the outcomes are summed once more, without a rest.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from simcost.result.gauge import Gauge, Leaves
from simcost.result.leaf import Leaf

Table = npt.NDArray[np.float64]
Means = tuple[float, Table]  # of all outcomes, and of each replicate

LEAF_BITS = 16  # log2 of the number of outcomes in a leaf
_SAFE = 900  # beyond 2^900 and below 2^-900 the grids could overflow or vanish
# A leaf's rests are 2^16 numbers below 2^-73 of the largest outcome; their sum is off by 2^-53 of
# itself for each.
_LOST = 2 * LEAF_BITS - 73 - 53


def leaf_total(leaf: Leaf) -> Table | None:
    """Return numbers whose sum is that of a leaf's outcomes, by replicate; float64[3, R].

    None where the outcomes are too large, or too small, to be cut.
    """
    if leaf.found is not None and leaf.found.total is not None:
        return leaf.found.total
    exponent = math.frexp(max(abs(leaf.low), abs(leaf.high)))[1]
    if abs(exponent) > _SAFE:
        return None
    coarse = exponent + LEAF_BITS
    fine = coarse - 52 + LEAF_BITS
    return leaf.tools.total(leaf.values, (_grid(coarse), _grid(fine)), leaf.replicates)


class Total:
    """The sum of all leaves, as far as each has one."""

    def __init__(self) -> None:
        self._parts: list[Table] = []
        self._whole = True

    def add(self, part: Table | None) -> None:
        """Add the next leaf."""
        self._whole = self._whole and part is not None
        if part is not None and self._whole:
            # A copy, since a part of a larger array would keep all of it for as long as the run.
            self._parts.append(part.copy())

    def means(self, sizes: Table, largest: float) -> Means | None:
        """Return the means; None where it is not certain that the sum is rounded once.

        Parameters
        ----------
        sizes : float64[R]
            Number of outcomes of each replicate.
        largest : float
            Size of the largest outcome.
        """
        if not self._whole:
            return None
        columns = np.concatenate(self._parts).T.tolist()
        lost = len(self._parts) * math.ldexp(largest, _LOST + 1)
        numbers = [number for column in columns for number in column]
        apart = columns if len(columns) > 1 else ()
        certain = all(
            math.fsum([*each, lost]) == math.fsum([*each, -lost]) for each in (numbers, *apart)
        )
        return _means(columns, sizes) if certain else None


class ExactGauge(Gauge):
    """Sum of outcomes without a rest, which takes a hundred times as long."""

    def __init__(self, name: str) -> None:
        self.names = (name,)
        self._columns: list[list[float]] = []

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("exact", *self.names)

    def take(self, leaves: Leaves) -> list[list[float]]:
        """Return for each replicate numbers whose sum is that of a leaf's outcomes."""
        leaf = leaves[self.names[0]]
        return [_summed(leaf.values[first :: leaf.replicates]) for first in range(leaf.replicates)]

    def add(self, part: list[list[float]]) -> None:
        """Add the sums of the next leaf."""
        self._columns = self._columns or [[] for _ in part]
        for column, numbers in zip(self._columns, part, strict=True):
            column += numbers

    def means(self, sizes: Table) -> Means:
        """Return the means."""
        return _means(self._columns, sizes)


def can_be_summed(largest: float) -> bool:
    """Return whether outcomes up to that size have a sum without a rest."""
    return largest < math.ldexp(1.0, _SAFE)


def _means(columns: Sequence[Sequence[float]], sizes: Table) -> Means:
    """Return the mean of all outcomes and of each replicate, from the numbers of each."""
    pooled = math.fsum(number for column in columns for number in column)
    own = np.array([math.fsum(column) for column in columns])
    return pooled / float(sizes.sum()), own / sizes


def _summed(values: npt.NDArray[np.float64]) -> list[float]:
    """Return the rounded sum of values, that of what it leaves, and so on until nothing is left."""
    left, sums = values.tolist(), []
    while total := math.fsum(left):
        sums.append(total)
        left.append(-total)
    return sums


def _grid(exponent: int) -> float:
    """Return a number whose last bit is 2^(exponent - 52)."""
    return math.ldexp(1.5, exponent)
