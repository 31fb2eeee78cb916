"""Intervals of shares of a variance: of a ratio, whose denominator is uncertain too.

S = A / V, with A the variance of the means and V that of the output. Of heavy tails V is known
badly, and the error of S by itself (its influence at the estimate) is too small where S is close to
1: there A and V miss the same outcomes. So the interval holds the shares that the outcomes do not
contradict, those with (A - S V)² ≤ t² Var(A - S V), the variance at that S (Fieller 1954, Some
problems in interval estimation. Journal of the Royal Statistical Society B 16).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Spread:
    """How much the influences of A and of V vary from outcome to outcome, V being 1.

    Parameters
    ----------
    aa, av, vv : float
        Variance of that of A, covariance, and variance of that of V.
    """

    aa: float
    av: float
    vv: float

    def at(self, s: float) -> float:
        """Return the variance of the influence of A - s V."""
        return max(self.aa - 2.0 * s * self.av + s**2 * self.vv, 0.0)


def spread_of(sums: Vector) -> Spread:
    """Return the spread of independent outcomes of mean 0 and variance 1.

    The influence of A is 2 y m - m², with m the mean of the bin, and that of V is y² (Da Veiga &
    Gamboa 2013, Efficient estimation of sensitivity indices. Journal of Nonparametric Statistics
    25).

    Parameters
    ----------
    sums : float64[bins, 5]
        Counts and power sums of the output over the bins of an input.
    """
    count, one, two, three, four = sums[sums[:, 0] > 0].T
    n = float(count.sum())
    m = one / count
    a, v = float((2.0 * m * one - count * m**2).sum()) / n, float(two.sum()) / n
    aa = float((4.0 * m**2 * two - 4.0 * m**3 * one + count * m**4).sum()) / n
    av = float((2.0 * m * three - m**2 * two).sum()) / n
    return Spread(aa - a * a, av - a * v, float(four.sum()) / n - v * v)


def ends_of(s: float, spread: Spread, n: int, reach: float) -> tuple[float, float]:
    """Return the ends of the interval of a share.

    Parameters
    ----------
    s : float
        The share.
    spread : Spread
        Of A and V.
    n : int
        Independent outcomes.
    reach : float
        How many standard errors the interval is to reach.

    Returns
    -------
    tuple of float
        0 and 1 where the outcomes contradict no share.
    """
    z = reach**2 / n
    square = 1.0 - z * spread.vv
    if square <= 0.0:
        return min(0.0, s), max(1.0, s)
    middle = s - z * spread.av
    root = math.sqrt(max(middle**2 - square * (s**2 - z * spread.aa), 0.0))
    low, high = (middle - root) / square, (middle + root) / square
    return min(low, s), max(high, s)
