"""Errors of estimates that are functions of sums, by leaving portions of the outcomes out."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.result import Interval
from simcost.result._student import student

Vector = npt.NDArray[np.float64]

PORTIONS = 32  # of independent outcomes; a balanced design has its 16 replicates


@dataclass(frozen=True, slots=True)
class Jackknifed:
    """Estimates with their standard errors.

    Parameters
    ----------
    values, errors : float64[n]
        Estimates, and their standard errors.
    portions : int
        How many portions the errors come from.
    """

    values: Vector
    errors: Vector
    portions: int

    def interval(self, k: int, confidence: float) -> Interval:
        """Return the k-th estimate with Student's t-interval."""
        value = float(self.values[k])
        half = student(confidence, self.portions - 1) * float(self.errors[k])
        return Interval(value, value - half, value + half)

    def p_value(self, k: int) -> float:
        """Return the chance of an estimate as far from zero where the truth is zero."""
        value, error = float(self.values[k]), float(self.errors[k])
        if error == 0.0:
            return 0.0 if value else 1.0
        return float(2 * special.stdtr(self.portions - 1, -abs(value) / error))


def jackknife(cells: Vector, estimate: Callable[[Vector], Vector]) -> Jackknifed:
    """Return estimates and their errors (Tukey's jackknife over portions).

    Parameters
    ----------
    cells : float64[portions, …]
        Sums over each portion of the outcomes; portions are independent of each other.
    estimate : callable
        Takes the sums over all of them; returns float64[n].

    References
    ----------
    Efron & Stein (1981), The jackknife estimate of variance. Annals of Statistics 9.
    """
    total = cells.sum(axis=0)
    without = np.array([estimate(total - cell) for cell in cells])
    portions = len(cells)
    spread = np.sum((without - without.mean(axis=0)) ** 2, axis=0)
    return Jackknifed(
        estimate(total), np.sqrt(spread) * math.sqrt((portions - 1) / portions), portions
    )
