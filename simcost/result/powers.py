"""Sums of powers of the distances from a centre, leaf by leaf, merged without loss.

Distances are taken from an outcome, so a mean of 1e15 with a standard deviation of 1 is no trouble,
and one pass is enough: Chan, Golub & LeVeque (1983), Updating formulae and a pairwise
algorithm for computing sample variances; Pébay (2008), Formulas for robust, one-pass parallel
computation of covariances and arbitrary-order statistical moments.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simcost.result.leaf import Leaf
from simcost.result.sums import columns, replicate_sizes

Vector = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """Centred sums of each replicate.

    Parameters
    ----------
    scale : float
        Power of two by which the outcomes were multiplied.
    count : float64[R]
        Number of outcomes.
    centre : float64[R]
        What distances are taken from, scaled.
    sums : float64[4, R]
        Sums of the first four powers of the scaled outcomes less their centre.
    """

    scale: float
    count: Vector
    centre: Vector
    sums: Table

    @property
    def first(self) -> Vector:
        """Sums of the distances, float64[R]."""
        found: Vector = self.sums[0]
        return found

    @property
    def second(self) -> Vector:
        """Sums of their squares, float64[R]."""
        found: Vector = self.sums[1]
        return found

    def pooled(self) -> Powers:
        """Return the sums of all replicates together, float64[1] each."""
        return _combine(
            self.scale, self.count[:, None], self.centre[:, None], self.sums.T[:, :, None]
        )


def leaf_powers(leaf: Leaf) -> Powers:
    """Return the sums of a leaf."""
    count = _sizes(len(leaf.values), leaf.replicates)
    centre = _everywhere(leaf.scaled_centre, leaf.replicates)
    return Powers(leaf.scale, count, centre, leaf.sums)


@lru_cache(16)  # nearly all leaves are of one size
def _sizes(count: int, replicates: int) -> Vector:
    return _fixed(replicate_sizes(count, replicates).astype(np.float64))


@lru_cache(64)  # an output has one centre
def _everywhere(value: float, replicates: int) -> Vector:
    return _fixed(np.full(replicates, value))


def _fixed(array: Vector) -> Vector:
    array.setflags(write=False)
    return array


def merge_powers(cells: Sequence[Powers]) -> Powers:
    """Return the sums of the outcomes of several cells."""
    scale = min(cell.scale for cell in cells)
    n, centre = np.array([cell.count for cell in cells]), np.array([cell.centre for cell in cells])
    sums = np.array([cell.sums for cell in cells])
    if any(cell.scale != scale for cell in cells):
        ratio = np.array([[scale / cell.scale] for cell in cells])
        centre = centre * ratio
        sums = sums * np.stack([ratio, ratio**2, ratio**3, ratio**4], axis=1)
    return _combine(scale, n, centre, sums)


def _combine(scale: float, n: Table, centre: Table, sums: Table) -> Powers:
    """Merge the rows of arrays, float64[k, R] and float64[k, 4, R]."""
    total = np.add.reduce(n, axis=0)
    s1, s2, s3, s4 = sums.transpose(1, 0, 2)
    # relative to one of the centres, so that equal outcomes keep theirs
    middle = centre[0] + columns(n * (centre - centre[0]), s1) / total
    d = centre - middle
    d2 = d * d
    added = (
        columns(n * d, s1),
        columns(s2, 2 * d * s1, n * d2),
        columns(s3, 3 * d * s2, 3 * d2 * s1, n * d * d2),
        columns(s4, 4 * d * s3, 6 * d2 * s2, 4 * d * d2 * s1, n * d2 * d2),
    )
    return Powers(scale, total, middle, np.array(added))
