"""Uniform: anything between two ends is as likely."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import rising
from simcost.families._tails import either_tail


def _lower(u: Vector, low: float, high: float) -> Vector:
    return low + (high - low) * u


def _upper(q: Vector, low: float, high: float) -> Vector:
    return high - (high - low) * q


def quantile(u: Vector, low: float, high: float) -> Vector:
    """Return low + (high - low) u."""
    return either_tail(u, _lower, _upper, low, high)


def isf(q: Vector, low: float, high: float) -> Vector:
    """Return high - (high - low) q."""
    return either_tail(q, _upper, _lower, low, high)


def cdf(x: Vector, low: float, high: float) -> Vector:
    """Return P(X <= x)."""
    return (np.clip(x, low, high) - low) / (high - low)


def sf(x: Vector, low: float, high: float) -> Vector:
    """Return P(X > x)."""
    return (high - np.clip(x, low, high)) / (high - low)


def density(x: Vector, low: float, high: float) -> Vector:
    """Return the density."""
    return np.where((x >= low) & (x <= high), 1.0 / (high - low), 0.0)


def log_slope(x: Vector, low: float, high: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.zeros(np.shape(x))


def support(low: float, high: float) -> tuple[float, float]:
    """Return (low, high)."""
    return low, high


def mean_sd(low: float, high: float) -> tuple[float, float]:
    """Return the middle, and the width over sqrt(12)."""
    return low + (high - low) / 2, (high - low) / 12**0.5


def check(low: float, high: float) -> None:
    """Check that low < high."""
    rising({"low": low, "high": high}, "low", "high")


def oracle(low: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.uniform(low, high - low)


FAMILY = Family(
    name="uniform",
    summary="anything between two ends is as likely: a range and nothing else is known",
    parameters=(
        Parameter("low", "the least possible value"),
        Parameter("high", "the greatest possible value"),
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
    examples=({"low": 5.0, "high": 10.0}, {"low": -2.0, "high": 3.0}),
    source="Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, ch. 26",
)
