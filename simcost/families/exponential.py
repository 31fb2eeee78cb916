"""Exponential: waiting without memory."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import either_tail, exponential_isf, exponential_score


def _lower(u: Vector, mean: float) -> Vector:
    return mean * exponential_score(u)


def _upper(q: Vector, mean: float) -> Vector:
    return mean * exponential_isf(q)


def quantile(u: Vector, mean: float) -> Vector:
    """Return -mean log(1 - u)."""
    return either_tail(u, _lower, _upper, mean)


def isf(q: Vector, mean: float) -> Vector:
    """Return -mean log(q)."""
    return either_tail(q, _upper, _lower, mean)


def cdf(x: Vector, mean: float) -> Vector:
    """Return P(X <= x)."""
    return -elementary.expm1(-np.maximum(x, 0.0) / mean)


def sf(x: Vector, mean: float) -> Vector:
    """Return P(X > x)."""
    return elementary.exp(-np.maximum(x, 0.0) / mean)


def density(x: Vector, mean: float) -> Vector:
    """Return the density."""
    return np.where(x >= 0.0, elementary.exp(-np.maximum(x, 0.0) / mean) / mean, 0.0)


def log_slope(x: Vector, mean: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.full(np.shape(x), -1.0 / mean)


def support(mean: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def mean_sd(mean: float) -> tuple[float, float]:
    """Return the mean twice."""
    return mean, mean


def oracle(mean: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.expon(scale=mean)


FAMILY = Family(
    name="exponential",
    summary="time until the next of events that come at a steady rate",
    parameters=(Parameter("mean", "the mean, above 0", low=0.0),),
    elicitations=(Elicitation(("mean",), doc="the mean"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    oracle=oracle,
    examples=({"mean": 3.0},),
    source="Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, ch. 19",
)
