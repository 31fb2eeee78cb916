"""Mean, standard deviation and what their errors need, in two passes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result.sums import replicate_sizes, replicate_sums

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


def scale_of(*values: float) -> float:
    """Return a power of two that brings every value into [-1, 1], so that squares stay finite."""
    largest = max(abs(value) for value in values)
    return math.ldexp(1.0, -min(max(math.frexp(largest)[1], -1000), 1024)) if largest else 1.0


def moments(values: Vector, replicates: int) -> Moments:
    """Return the moments of `values`.

    The outcomes are scaled by a power of two (exact) and centred at a fixed point, their mean to
    working precision, before they are squared; what rounding left in the centre is corrected for
    (Chan, Golub & LeVeque 1983). So a mean of 1e15 with a standard deviation of 1 is no trouble,
    nor are outcomes of 1e300.
    """
    count, low, high = len(values), float(values.min()), float(values.max())
    scale = scale_of(low, high)
    sizes = replicate_sizes(count, replicates)
    centre = math.fsum(replicate_sums([values], replicates, lambda x: (x * scale,))[0]) / count

    def powers(x: Vector) -> tuple[Vector, ...]:
        distance = x * scale - centre
        square = np.square(distance)
        return distance, square, np.square(square)

    first, second, fourth = replicate_sums([values], replicates, powers)
    off = math.fsum(first) / count
    squares = max(math.fsum(second) - count * off * off, 0.0)
    variance = squares / count
    return Moments(
        count=count,
        low=low,
        high=high,
        mean=min(max((centre + off) / scale, low), high),
        sd=math.sqrt(squares / max(count - 1, 1)) / scale,
        kurtosis=math.fsum(fourth) / count / variance**2 if variance > 0 else 1.0,
        replicate_means=(centre + first / sizes) / scale,
        replicate_spreads=second / sizes / variance if variance > 0 else np.ones(replicates),
        concentration=_concentration(scale, low, high, squares + count * (centre + off) ** 2),
    )


def _concentration(scale: float, low: float, high: float, squares: float) -> float:
    largest = max(abs(low), abs(high)) * scale
    return largest * largest / squares if squares else 0.0
