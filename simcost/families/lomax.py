"""Lomax: a Pareto that starts at 0."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import either_tail, exponential_isf, exponential_score


def _lower(u: Vector, scale: float, alpha: float) -> Vector:
    return scale * elementary.expm1(exponential_score(u) / alpha)


def _upper(q: Vector, scale: float, alpha: float) -> Vector:
    return scale * elementary.expm1(exponential_isf(q) / alpha)


def quantile(u: Vector, scale: float, alpha: float) -> Vector:
    """Return scale ((1 - u)**(-1 / alpha) - 1)."""
    return either_tail(u, _lower, _upper, scale, alpha)


def isf(q: Vector, scale: float, alpha: float) -> Vector:
    """Return scale (q**(-1 / alpha) - 1)."""
    return either_tail(q, _upper, _lower, scale, alpha)


def _growth(x: Vector, scale: float, alpha: float) -> Vector:
    return np.asarray(alpha * elementary.log1p(np.maximum(x, 0.0) / scale))


def cdf(x: Vector, scale: float, alpha: float) -> Vector:
    """Return P(X <= x)."""
    return -elementary.expm1(-_growth(x, scale, alpha))


def sf(x: Vector, scale: float, alpha: float) -> Vector:
    """Return P(X > x)."""
    return elementary.exp(-_growth(x, scale, alpha))


def density(x: Vector, scale: float, alpha: float) -> Vector:
    """Return the density."""
    inside = alpha / (np.maximum(x, 0.0) + scale) * sf(x, scale, alpha)
    return np.where(x >= 0.0, inside, 0.0)


def log_slope(x: Vector, scale: float, alpha: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.asarray(-(alpha + 1.0) / (np.maximum(x, 0.0) + scale))


def support(scale: float, alpha: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def mean_sd(scale: float, alpha: float) -> tuple[float, float]:
    """Return the mean (finite for alpha > 1) and the standard deviation (for alpha > 2)."""
    if alpha <= 1:
        return inf, inf
    mean = scale / (alpha - 1)
    return mean, mean * sqrt(alpha / (alpha - 2)) if alpha > 2 else inf


def tail_index(scale: float, alpha: float) -> float:
    """Return 1 / alpha."""
    return 1.0 / alpha


def oracle(scale: float, alpha: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.lomax(alpha, scale=scale)


FAMILY = Family(
    name="lomax",
    summary="power law from 0 up: mostly small, sometimes huge",
    parameters=(
        Parameter("scale", "the unit of size, above 0", low=0.0),
        Parameter("alpha", "the tail exponent, above 0; smaller is heavier", low=0.0),
    ),
    elicitations=(Elicitation(("scale", "alpha"), doc="size and tail exponent"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    tail_index=tail_index,
    oracle=oracle,
    examples=({"scale": 2.0, "alpha": 3.0}, {"scale": 1.0, "alpha": 1.5}),
    source="Lomax (1954), Journal of the American Statistical Association 49, 847-852",
)
