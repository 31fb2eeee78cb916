"""Standard errors of estimates from what every outcome adds to them, a leaf at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._freedom import critical, freedom
from simcost.result import Meta

Vector = npt.NDArray[np.float64]

MUCH = 0.1  # of the largest variance


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of what some outcomes add to estimates.

    Parameters
    ----------
    first : float64[estimates, replicates]
        By replicate of a balanced design; one column of independent outcomes.
    cross : float64[estimates, estimates]
        Of the products; zeros where there are replicates.
    fourth : float64[estimates]
        Of the fourth powers; zeros where there are replicates.
    """

    first: Vector
    cross: Vector
    fourth: Vector

    def __add__(self, other: Sums) -> Sums:
        return Sums(self.first + other.first, self.cross + other.cross, self.fourth + other.fourth)


def sums_of(pulls: Vector, places: npt.NDArray[np.int64] | int, replicates: int) -> Sums:
    """Return the sums of what some outcomes add.

    Parameters
    ----------
    pulls : float64[estimates, k]
        What each outcome adds to each estimate, to first order, about a mean of 0.
    places : int64[k] or int
        Numbers of the outcomes, or of the first of them where they follow each other.
    replicates : int
        Of a balanced design, outcome k belonging to replicate k modulo this; 1 of independent
        outcomes.
    """
    count = len(pulls)
    if replicates == 1:
        square = pulls * pulls
        fourth = np.einsum("ij,ij->i", square, square)
        return Sums(pulls.sum(axis=1)[:, None], pulls @ pulls.T, fourth)
    nothing = np.zeros((count, count)), np.zeros(count)
    if isinstance(places, int) and places % replicates == 0 and pulls.shape[1] % replicates == 0:
        return Sums(pulls.reshape(count, -1, replicates).sum(axis=1), *nothing)
    own = (np.arange(pulls.shape[1]) + places if isinstance(places, int) else places) % replicates
    first = [np.bincount(own, pull, minlength=replicates) for pull in pulls]
    return Sums(np.array(first, dtype=np.float64).reshape(count, replicates), *nothing)


def total_of(parts: Iterable[Sums]) -> Sums:
    """Return the sums over all parts."""
    every = iter(parts)
    total = next(every)
    for part in every:
        total = total + part
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Errors:
    """Errors of estimates, and of sums of them.

    Parameters
    ----------
    covariance : float64[estimates, estimates]
        Of the estimates.
    freedom : float64[estimates]
        Degrees of freedom of the errors: of a balanced design one less than its replicates.
    """

    covariance: Vector
    freedom: Vector

    def halves(self, confidence: float) -> Vector:
        """Return the half-widths of the estimates' intervals, float64[estimates]."""
        each = [self.half([k], confidence) for k in range(len(self.freedom))]
        return np.array(each, dtype=np.float64)

    def half(self, members: Sequence[int], confidence: float) -> float:
        """Return the half-width of the interval of the sum of some estimates."""
        chosen = np.asarray(members, dtype=np.int64)
        variance = max(float(self.covariance[np.ix_(chosen, chosen)].sum()), 0.0)
        if np.isnan(variance):
            return float("nan")
        reach = critical(confidence, self._freedom(chosen))
        return reach * float(np.sqrt(variance))

    def of(self, sums: Vector) -> Errors:
        """Return the errors of sums of estimates.

        Parameters
        ----------
        sums : float64[sums, estimates]
            Weights of the estimates.
        """
        freedoms = [self._freedom(np.flatnonzero(row)) for row in sums]
        return Errors(sums @ self.covariance @ sums.T, np.array(freedoms))

    def _freedom(self, members: npt.NDArray[np.int64]) -> float:
        """Return that of a sum: the least of those members that make up much of its error."""
        variances = np.diag(self.covariance)[members]
        return float(self.freedom[members][variances >= MUCH * variances.max()].min())


def errors_of(parts: Iterable[Sums], meta: Meta, looked_at: int) -> Errors:
    """Return the errors of estimates from what outcomes add.

    Parameters
    ----------
    parts : iterable of Sums
        Of all outcomes, or, of independent ones, of the first of them.
    meta : Meta
        Of the run.
    looked_at : int
        How many outcomes these are.
    """
    total = total_of(parts)
    n, r = meta.draws, meta.replicates
    if r > 1:
        means = total.first * (r / n)
        off = means - means.mean(axis=1, keepdims=True)
        return Errors(off @ off.T / ((r - 1) * r), np.full(len(means), float(r - 1)))
    middle = total.first[:, 0] / looked_at
    covariance = (total.cross / looked_at - np.outer(middle, middle)) / n
    np.fill_diagonal(covariance, np.maximum(np.diag(covariance), 0.0))
    freedoms = [
        freedom(looked_at, float(variance), float(fourth))
        for variance, fourth in zip(np.diag(covariance) * n, total.fourth / looked_at, strict=True)
    ]
    return Errors(covariance, np.array(freedoms))
