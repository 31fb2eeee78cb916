"""Gamma: waiting for several things, one after another."""

from __future__ import annotations

from math import inf, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import shapes
from simcost.families._tails import either_tail


def _lower(u: Vector, shape: float, scale: float) -> Vector:
    return scale * elementary.gamma_point(shape, u, upper=False)


def _upper(q: Vector, shape: float, scale: float) -> Vector:
    return scale * elementary.gamma_point(shape, q, upper=True)


def quantile(u: Vector, shape: float, scale: float) -> Vector:
    """Return min{x : F(x) >= u}."""
    return either_tail(u, _lower, _upper, shape, scale)


def isf(q: Vector, shape: float, scale: float) -> Vector:
    """Return min{x : 1 - F(x) <= q}."""
    return either_tail(q, _upper, _lower, shape, scale)


def cdf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    y = np.maximum(x, 0.0) / scale
    return elementary.gamma_parts(shape, y, _front(y, shape))[0]


def sf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X > x)."""
    y = np.maximum(x, 0.0) / scale
    return elementary.gamma_parts(shape, y, _front(y, shape))[1]


@elementary.Remembered
def _front(y: Vector, shape: float) -> Vector:
    # A table asks for the density and for the probability at the same points.
    return elementary.gamma_front(shape, y)


def density(x: Vector, shape: float, scale: float) -> Vector:
    """Return the density."""
    y = np.maximum(x, 0.0) / scale
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        f = _front(y, shape) / y / scale
    start = 1.0 / scale if shape == 1.0 else 0.0 if shape > 1.0 else inf
    return np.where(x > 0.0, f, np.where(x == 0.0, start, 0.0))


def log_slope(x: Vector, shape: float, scale: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((shape - 1.0) / x - 1.0 / scale)


def support(shape: float, scale: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def check(shape: float, scale: float) -> None:
    """Check that the shape is of this world."""
    shapes({"shape": shape})


def mean_sd(shape: float, scale: float) -> tuple[float, float]:
    """Return shape scale, and sqrt(shape) scale."""
    return shape * scale, sqrt(shape) * scale


def oracle(shape: float, scale: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.gamma(shape, scale=scale)


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    mean, sd = values["mean"], values["sd"]
    return {"shape": mean / sd * (mean / sd), "scale": sd * (sd / mean)}


FAMILY = Family(
    name="gamma",
    summary="positive, skewed, lighter in the tail than a lognormal: waiting times, amounts",
    parameters=(
        Parameter("shape", "how many waits are added up, above 0", low=0.0),
        Parameter("scale", "the mean of one wait, above 0", low=0.0),
    ),
    words=(
        Parameter("mean", "the mean, above 0", low=0.0),
        Parameter("sd", "the standard deviation, above 0", low=0.0),
    ),
    elicitations=(
        Elicitation(("shape", "scale"), doc="number and mean of the waits"),
        Elicitation(("mean", "sd"), solve=_from_mean_sd, doc="centre and spread"),
    ),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    costly=True,
    prompt=True,
    support=support,
    mean_sd=mean_sd,
    check=check,
    oracle=oracle,
    examples=(
        {"shape": 2.0, "scale": 3.0},
        {"shape": 0.5, "scale": 1.0},
        {"mean": 20.0, "sd": 5.0},
    ),
    source="Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, ch. 17",
)
