"""Weibull: the time until the first failure."""

from __future__ import annotations

from math import inf
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import either_tail, log_exponential_isf, log_exponential_score


def _lower(u: Vector, shape: float, scale: float) -> Vector:
    return scale * elementary.exp(log_exponential_score(u) / shape)


def _upper(q: Vector, shape: float, scale: float) -> Vector:
    return scale * elementary.exp(log_exponential_isf(q) / shape)


def quantile(u: Vector, shape: float, scale: float) -> Vector:
    """Return scale (-log(1 - u))**(1 / shape)."""
    return either_tail(u, _lower, _upper, shape, scale)


def isf(q: Vector, shape: float, scale: float) -> Vector:
    """Return scale (-log q)**(1 / shape)."""
    return either_tail(q, _upper, _lower, shape, scale)


def _hazard(x: Vector, shape: float, scale: float) -> Vector:
    with np.errstate(over="ignore"):
        return np.asarray(elementary.power(np.maximum(x, 0.0) / scale, shape))


def cdf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    return -elementary.expm1(-_hazard(x, shape, scale))


def sf(x: Vector, shape: float, scale: float) -> Vector:
    """Return P(X > x)."""
    return elementary.exp(-_hazard(x, shape, scale))


def density(x: Vector, shape: float, scale: float) -> Vector:
    """Return the density."""
    hazard = _hazard(x, shape, scale)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = shape * (hazard / x) * elementary.exp(-hazard)
    return np.where(x > 0.0, inside, 0.0)


def log_slope(x: Vector, shape: float, scale: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((shape - 1.0 - shape * _hazard(x, shape, scale)) / x)


def support(shape: float, scale: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


# Riemann's zeta function at 2, 3, …, 29.
_ZETA = np.array(
    [
        1.6449340668482264, 1.2020569031595942, 1.0823232337111381, 1.03692775514337,
        1.0173430619844492, 1.008349277381923, 1.0040773561979444, 1.0020083928260821,
        1.000994575127818, 1.0004941886041194, 1.000246086553308, 1.0001227133475785,
        1.0000612481350588, 1.000030588236307, 1.0000152822594086, 1.0000076371976379,
        1.000003817293265, 1.0000019082127165, 1.0000009539620338, 1.0000004769329869,
        1.0000002384505027, 1.000000119219926, 1.000000059608189, 1.0000000298035034,
        1.0000000149015549, 1.0000000074507118, 1.000000003725334, 1.0000000018626598,
    ]
)  # fmt: skip


def _log_square_ratio(w: float) -> float:
    """Return the log of E[X²] / E[X]², for w = 1 / shape: log Γ(1 + 2w) - 2 log Γ(1 + w).

    For small w the two terms cancel, so the series of log Γ about 1 takes over.
    """
    if w > 0.1:
        ends = elementary.gammaln(np.array([1 + 2 * w, 1 + w]))
        return float(ends[0] - 2 * ends[1])
    # log Γ(1 + w) = -0.577 w + ζ(2) w²/2 - ζ(3) w³/3 + …
    n = np.arange(2, 2 + len(_ZETA))
    powers = w * np.cumprod(np.full(len(_ZETA), -w))
    return -elementary.dot(powers * _ZETA, (np.ldexp(1.0, n) - 2.0) / n)


def mean_sd(shape: float, scale: float) -> tuple[float, float]:
    """Return scale Γ(1 + 1 / shape), and the standard deviation."""
    with np.errstate(over="ignore"):
        mean = scale * float(elementary.exp(elementary.gammaln(1 + 1 / shape)))
        return mean, mean * float(np.sqrt(elementary.expm1(_log_square_ratio(1 / shape))))


def oracle(shape: float, scale: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.weibull_min(shape, scale=scale)


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    mean, sd = values["mean"], values["sd"]
    wanted = float(elementary.log1p(sd / mean * (sd / mean)))
    w = elementary.root(lambda w: _log_square_ratio(w) - wanted, 0.0, 2 * sd / mean + 1.0)
    return {"shape": 1 / w, "scale": mean / float(elementary.exp(elementary.gammaln(1 + w)))}


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
