"""Mean, standard deviation and what their errors need, from sums of powers."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result.powers import Powers

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of one output.

    Parameters
    ----------
    count : int
        Number of outcomes.
    low, high : float
        Smallest and largest outcome.
    mean, sd : float
        Sample mean and standard deviation (divisor n - 1; 0 for one outcome).
    kurtosis : float
        Fourth central moment over the squared variance; 1 where the variance is 0.
    replicate_means : float64[R]
        Mean of each replicate.
    replicate_spreads : float64[R]
        Mean squared distance of each replicate's outcomes from the pooled mean, over the pooled
        variance (a plain number: the squares themselves may overflow); 1 where that is 0.
    concentration : float
        Largest square over the sum of squares: near 1 when one outcome decides everything.
    binary : bool
        Whether every outcome is 0 or 1.
    """

    count: int
    low: float
    high: float
    mean: float
    sd: float
    kurtosis: float
    replicate_means: Vector
    replicate_spreads: Vector
    concentration: float
    binary: bool


def moments(
    powers: Powers,
    low: float,
    high: float,
    binary: bool = False,
    means: tuple[float, Vector] | None = None,
) -> Moments:
    """Return the moments of outcomes between `low` and `high` with those sums of powers.

    `means`, of all outcomes and of each replicate, are those of exact sums where there are any.
    """
    all_in_one = powers.pooled()
    scale, sizes = powers.scale, powers.count
    count = int(all_in_one.count[0])
    centre, first, second, fourth = (
        float(part[0]) for part in (all_in_one.centre, *all_in_one.sums[[0, 1, 3]])
    )
    off = first / count
    squares = max(second - count * off * off, 0.0)
    variance = squares / count
    apart = powers.centre - centre
    spreads = (powers.second + 2 * apart * powers.first + sizes * apart * apart) / sizes
    mean, replicate_means = means or (
        (centre + off) / scale,
        (powers.centre + powers.first / sizes) / scale,
    )
    return Moments(
        count=count,
        low=low,
        high=high,
        mean=min(max(mean, low), high),
        sd=math.sqrt(squares / max(count - 1, 1)) / scale,
        kurtosis=fourth / count / variance**2 if variance > 0 else 1.0,
        # rounding must not move the mean of equal outcomes away from them
        replicate_means=np.clip(replicate_means, low, high),
        replicate_spreads=spreads / variance if variance > 0 else np.ones(len(sizes)),
        concentration=_concentration(scale, low, high, squares + count * (centre + off) ** 2),
        binary=binary,
    )


def _concentration(scale: float, low: float, high: float, squares: float) -> float:
    largest = max(abs(low), abs(high)) * scale
    return largest * largest / squares if squares else 0.0
