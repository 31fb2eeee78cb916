"""Weibull: the time until the first failure."""

from __future__ import annotations

from math import inf, lgamma, log1p
from typing import Any

import numpy as np
from scipy import special

from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._solve import root
from simcost.families._tails import either_tail


def _lower(u: Vector, shape: float, scale: float) -> Vector:
    return scale * (-np.log1p(-u)) ** (1.0 / shape)


def _upper(q: Vector, shape: float, scale: float) -> Vector:
    return scale * (-np.log(q)) ** (1.0 / shape)


def quantile(u: Vector, shape: float, scale: float) -> Vector:
    """Return scale (-log(1 - u))**(1 / shape)."""
    return either_tail(u, _lower, _upper, shape, scale)


def isf(q: Vector, shape: float, scale: float) -> Vector:
    """Return scale (-log q)**(1 / shape)."""
    return either_tail(q, _upper, _lower, shape, scale)


def _hazard(x: Vector, shape: float, scale: float) -> Vector:
    with np.errstate(over="ignore"):
        return np.asarray((np.maximum(x, 0.0) / scale) ** shape)


def cdf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    return -np.expm1(-_hazard(x, shape, scale))


def sf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X > x)."""
    return np.exp(-_hazard(x, shape, scale))


def density(x: Vector, shape: float, scale: float) -> Vector:
    """Return the density."""
    hazard = _hazard(x, shape, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = shape * (hazard / x) * np.exp(-hazard)
    return np.where(x > 0.0, inside, 0.0)


def log_slope(x: Vector, shape: float, scale: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((shape - 1.0 - shape * _hazard(x, shape, scale)) / x)


def support(shape: float, scale: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def _log_square_ratio(w: float) -> float:
    """Return the log of E[X²] / E[X]², for w = 1 / shape: log Γ(1 + 2w) - 2 log Γ(1 + w).

    For small w the two terms cancel, so the series of log Γ about 1 takes over.
    """
    if w > 0.1:
        return lgamma(1 + 2 * w) - 2 * lgamma(1 + w)
    n = np.arange(2, 30)
    return float(np.sum(special.zeta(n) * (-1.0) ** n / n * (2.0**n - 2) * w**n))


def mean_sd(shape: float, scale: float) -> tuple[float, float]:
    """Return scale Γ(1 + 1 / shape), and the standard deviation."""
    with np.errstate(over="ignore"):
        mean = scale * float(special.gamma(1 + 1 / shape))
        return mean, mean * float(np.sqrt(np.expm1(_log_square_ratio(1 / shape))))


def oracle(shape: float, scale: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.weibull_min(shape, scale=scale)


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    mean, sd = values["mean"], values["sd"]
    wanted = log1p((sd / mean) ** 2)
    w = root(lambda w: _log_square_ratio(w) - wanted, 0.0, 2 * sd / mean + 1.0)
    return {"shape": 1 / w, "scale": mean / float(special.gamma(1 + w))}


FAMILY = Family(
    name="weibull",
    summary="time until something breaks; shape above 1 wears out, below 1 fails early",
    parameters=(
        Parameter("shape", "how fast the failure rate grows, above 0", low=0.0),
        Parameter("scale", "the 63rd percentile, above 0", low=0.0),
    ),
    words=(
        Parameter("mean", "the mean, above 0", low=0.0),
        Parameter("sd", "the standard deviation, above 0", low=0.0),
    ),
    elicitations=(
        Elicitation(("shape", "scale"), doc="wear and the 63rd percentile"),
        Elicitation(("mean", "sd"), solve=_from_mean_sd, doc="centre and spread"),
    ),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    oracle=oracle,
    examples=(
        {"shape": 1.5, "scale": 10.0},
        {"shape": 0.7, "scale": 1.0},
        {"mean": 20.0, "sd": 5.0},
    ),
    source="Weibull (1951), Journal of Applied Mechanics 18, 293-297",
)
