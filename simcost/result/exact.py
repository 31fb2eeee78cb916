"""Sums of outcomes that are right to the last bit, however the outcomes were split.

Each outcome is cut into a multiple of a coarse grid, a multiple of a fine one, and a rest. On
a grid that suits the largest of 65,536 outcomes additions are exact, and the rest is below 2^-72 of
the largest, so that three numbers stand for the sum of a leaf; `math.fsum` rounds the sum of all of
these once. The cutting is that of Rump, Ogita & Oishi (2008), Accurate floating-point summation I.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simcost.result.leaf import Leaf

Table = npt.NDArray[np.float64]

LEAF_BITS = 16  # log2 of the number of outcomes in a leaf
_SAFE = 900  # beyond 2^900 and below 2^-900 the grids could overflow or vanish


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
            self._parts.append(part)

    def means(self, sizes: Table) -> tuple[float, Table] | None:
        """Return the mean of all outcomes, and of each replicate; None without an exact sum.

        Parameters
        ----------
        sizes : float64[R]
            Number of outcomes of each replicate.
        """
        if not self._whole:
            return None
        columns = np.concatenate(self._parts).T.tolist()
        pooled = math.fsum(number for column in columns for number in column)
        own = np.array([math.fsum(column) for column in columns])
        return pooled / float(sizes.sum()), own / sizes


def _grid(exponent: int) -> float:
    """Return a number whose last bit is 2^(exponent - 52)."""
    return math.ldexp(1.5, exponent)
