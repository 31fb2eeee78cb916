"""Lognormal: many things multiplied together."""

from __future__ import annotations

from math import exp, inf, pi, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._percentile_pair import line_through
from simcost.families._tails import normal_score
from simcost.families._text import brief


def quantile(u: Vector, mu: float, sigma: float) -> Vector:
    """Return exp(mu + sigma z)."""
    return elementary.exp(mu + sigma * normal_score(u))


def isf(q: Vector, mu: float, sigma: float) -> Vector:
    """Return exp(mu - sigma z)."""
    return elementary.exp(mu - sigma * normal_score(q))


def _score(x: Vector, mu: float, sigma: float) -> Vector:
    with np.errstate(divide="ignore"):
        return np.asarray((elementary.log(np.maximum(x, 0.0)) - mu) / sigma)


def cdf(x: Vector, mu: float, sigma: float) -> Vector:
    """Return P(X <= x)."""
    return np.asarray(elementary.ndtr(_score(x, mu, sigma)))


def sf(x: Vector, mu: float, sigma: float) -> Vector:
    """Return P(X > x)."""
    return np.asarray(elementary.ndtr(-_score(x, mu, sigma)))


def density(x: Vector, mu: float, sigma: float) -> Vector:
    """Return the density."""
    z = _score(x, mu, sigma)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = elementary.exp(-0.5 * z * z) / (sqrt(2.0 * pi) * sigma * x)
    return np.where(x > 0.0, inside, 0.0)


def log_slope(x: Vector, mu: float, sigma: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(-(1.0 + _score(x, mu, sigma) / sigma) / x)


def support(mu: float, sigma: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def mean_sd(mu: float, sigma: float) -> tuple[float, float]:
    """Return exp(mu + sigma²/2), and that times sqrt(exp(sigma²) - 1)."""
    with np.errstate(over="ignore"):
        mean = float(elementary.exp(mu + sigma * sigma / 2))
        return mean, mean * float(np.sqrt(elementary.expm1(sigma * sigma)))


def oracle(mu: float, sigma: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.lognorm(s=sigma, scale=exp(mu))


def describe(mu: float, sigma: float) -> str:
    """Return the median and the geometric standard deviation."""
    with np.errstate(over="ignore"):
        median, gsd = (brief(float(elementary.exp(number))) for number in (mu, sigma))
        return f"lognormal with median {median}, gsd {gsd}"


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    ratio = values["sd"] / values["mean"]
    sigma2 = float(elementary.log1p(ratio * ratio))
    return {"mu": float(elementary.log(values["mean"])) - sigma2 / 2, "sigma": sqrt(sigma2)}


def _from_median_gsd(values: dict[str, float]) -> dict[str, float]:
    return {
        "mu": float(elementary.log(values["median"])),
        "sigma": float(elementary.log(values["gsd"])),
    }


def _from_percentiles(values: dict[str, float]) -> dict[str, float]:
    mu, sigma = line_through(values, logarithmic=True)
    return {"mu": mu, "sigma": sigma}


FAMILY = Family(
    name="lognormal",
    summary="positive and skewed to the right: products of many factors, prices, durations",
    parameters=(
        Parameter("mu", "the mean of the logarithm"),
        Parameter("sigma", "the standard deviation of the logarithm, above 0", low=0.0),
    ),
    words=(
        Parameter("mean", "the mean, above 0", low=0.0),
        Parameter("sd", "the standard deviation, above 0", low=0.0),
        Parameter("median", "the median, above 0", low=0.0),
        Parameter("gsd", "the geometric standard deviation (P84 over P50), above 1", low=1.0),
    ),
    elicitations=(
        Elicitation(("mu", "sigma"), doc="mean and standard deviation of the logarithm"),
        Elicitation(("mean", "sd"), solve=_from_mean_sd, doc="of the quantity itself"),
        Elicitation(("median", "gsd"), solve=_from_median_gsd, doc="centre and factor of spread"),
        Elicitation((), percentiles=2, solve=_from_percentiles, doc="any two percentiles"),
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
    describe=describe,
    examples=(
        {"p10": 10.0, "p90": 40.0},
        {"median": 2.9, "gsd": 1.46},
        {"mean": 20.0, "sd": 35.0},
        {"mu": 1.0, "sigma": 0.5},
    ),
    source="Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, ch. 14",
)
