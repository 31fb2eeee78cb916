"""Gumbel: the largest of many."""

from __future__ import annotations

from math import inf, pi, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import (
    either_tail,
    log_exponential_isf,
    log_exponential_score,
)


def _lower(u: Vector, mode: float, scale: float) -> Vector:
    return mode - scale * log_exponential_isf(u)


def _upper(q: Vector, mode: float, scale: float) -> Vector:
    return mode - scale * log_exponential_score(q)


def quantile(u: Vector, mode: float, scale: float) -> Vector:
    """Return mode - scale log(-log u)."""
    return either_tail(u, _lower, _upper, mode, scale)


def isf(q: Vector, mode: float, scale: float) -> Vector:
    """Return mode - scale log(-log(1 - q))."""
    return either_tail(q, _upper, _lower, mode, scale)


def _rarity(x: Vector, mode: float, scale: float) -> Vector:
    with np.errstate(over="ignore"):
        return elementary.exp((mode - x) / scale)


def cdf(x: Vector, mode: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    return elementary.exp(-_rarity(x, mode, scale))


def sf(x: Vector, mode: float, scale: float) -> Vector:
    """Return P(X > x)."""
    return -elementary.expm1(-_rarity(x, mode, scale))


def density(x: Vector, mode: float, scale: float) -> Vector:
    """Return the density."""
    rarity = _rarity(x, mode, scale)
    with np.errstate(invalid="ignore"):
        return np.asarray(rarity * elementary.exp(-rarity) / scale)


def log_slope(x: Vector, mode: float, scale: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.asarray((_rarity(x, mode, scale) - 1.0) / scale)


def support(mode: float, scale: float) -> tuple[float, float]:
    """Return (-inf, inf)."""
    return -inf, inf


def mean_sd(mode: float, scale: float) -> tuple[float, float]:
    """Return mode + 0.5772 scale, and scale pi / sqrt(6)."""
    return mode + float(np.euler_gamma) * scale, scale * pi / sqrt(6)


def oracle(mode: float, scale: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.gumbel_r(mode, scale)


FAMILY = Family(
    name="gumbel",
    summary="the largest of many: peak load, worst delay of a year; skewed to the right",
    parameters=(
        Parameter("mode", "the most likely value"),
        Parameter("scale", "the unit of spread, above 0", low=0.0),
    ),
    elicitations=(Elicitation(("mode", "scale"), doc="peak and spread"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    oracle=oracle,
    examples=({"mode": 10.0, "scale": 2.0},),
    source="Gumbel (1958), Statistics of Extremes, ch. 5",
)
