"""Log-uniform: the order of magnitude is uniform."""

from __future__ import annotations

from functools import lru_cache
from math import factorial, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import rising
from simcost.families._tails import either_tail


@lru_cache(maxsize=256)
def _octaves(low: float, high: float) -> float:
    """Return log(high / low), accurate for a narrow range too."""
    if high < 2 * low:
        return float(elementary.log1p((high - low) / low))
    return float(elementary.log(high) - elementary.log(low))


def _lower(u: Vector, low: float, high: float) -> Vector:
    return low * elementary.exp(u * _octaves(low, high))


def _upper(q: Vector, low: float, high: float) -> Vector:
    return high * elementary.exp(-q * _octaves(low, high))


def quantile(u: Vector, low: float, high: float) -> Vector:
    """Return low (high / low)**u."""
    return either_tail(u, _lower, _upper, low, high)


def isf(q: Vector, low: float, high: float) -> Vector:
    """Return high (low / high)**q."""
    return either_tail(q, _upper, _lower, low, high)


def cdf(x: Vector, low: float, high: float) -> Vector:
    """Return P(X <= x)."""
    x = np.clip(x, low, high)
    inside = elementary.log1p((x - low) / low) / _octaves(low, high)
    return np.where(x >= high, 1.0, np.minimum(inside, 1.0))


def sf(x: Vector, low: float, high: float) -> Vector:
    """Return P(X > x)."""
    x = np.clip(x, low, high)
    octaves = np.where(x < high / 2, elementary.log(high / x), -elementary.log1p((x - high) / high))
    inside = octaves / _octaves(low, high)
    return np.where(x <= low, 1.0, np.minimum(inside, 1.0))


def density(x: Vector, low: float, high: float) -> Vector:
    """Return the density."""
    inside = (x >= low) & (x <= high)
    return np.where(inside, 1.0 / (np.clip(x, low, high) * _octaves(low, high)), 0.0)


def log_slope(x: Vector, low: float, high: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.asarray(-1.0 / np.clip(x, low, high))


def support(low: float, high: float) -> tuple[float, float]:
    """Return (low, high)."""
    return low, high


def mean_sd(low: float, high: float) -> tuple[float, float]:
    """Return mean and standard deviation; the latter by series where terms would cancel."""
    half = _octaves(low, high) / 2
    mean = low * float(elementary.expm1(2 * half)) / (2 * half)
    # var / (geometric mean)² = sinh(h) (h cosh(h) - sinh(h)) / h²
    if half < 0.5:
        powers = half * np.cumprod(np.full(9, half * half))
        shares = np.array([2 * n / factorial(2 * n + 1) for n in range(1, 10)])
        gap = elementary.dot(powers, shares)
    else:
        gap = half * float(elementary.cosh(half)) - float(elementary.sinh(half))
    return mean, sqrt(low) * sqrt(high) * sqrt(elementary.sinh(half) * gap) / half


def check(low: float, high: float) -> None:
    """Check that low < high."""
    rising({"low": low, "high": high}, "low", "high")


def oracle(low: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.loguniform(low, high)


FAMILY = Family(
    name="loguniform",
    summary="any order of magnitude between two positive ends is as likely",
    parameters=(
        Parameter("low", "the least possible value, above 0", low=0.0),
        Parameter("high", "the greatest possible value, above 0", low=0.0),
    ),
    elicitations=(Elicitation(("low", "high"), doc="both ends"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    check=check,
    oracle=oracle,
    examples=({"low": 1e3, "high": 1e6}, {"low": 2.0, "high": 3.0}),
    source="Hamming (1970), On the distribution of numbers (the reciprocal law)",
)
