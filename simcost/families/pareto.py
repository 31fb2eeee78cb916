"""Pareto: few are huge; every tenfold is as rare as the last."""

from __future__ import annotations

from functools import lru_cache
from math import inf, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import rising
from simcost.families._tails import either_tail, exponential_isf, exponential_score


@lru_cache(maxsize=256)
def _kept(minimum: float, alpha: float, cap: float) -> float:
    """Return the share of the uncapped law that lies below the cap."""
    return -float(elementary.expm1(-alpha * elementary.log(cap / minimum)))


def _from_share(share: Vector, minimum: float, alpha: float) -> Vector:
    """Return where the uncapped law has this much below."""
    return minimum * elementary.exp(exponential_score(share) / alpha)


def _lower(u: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    return _from_share(u * _kept(minimum, alpha, cap), minimum, alpha)


def _upper(q: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    if cap == inf:
        return minimum * elementary.exp(exponential_isf(q) / alpha)
    kept = _kept(minimum, alpha, cap)
    left = elementary.power(minimum / cap, alpha) + q * kept
    # What is left beyond is small and exact when little is cut off; else its complement is.
    far = minimum * elementary.exp(exponential_isf(left) / alpha)
    near = _from_share(np.minimum(kept * (1.0 - q), 0.5), minimum, alpha)
    return np.minimum(np.where(left < 0.5, far, near), cap)


def quantile(u: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return minimum (1 - u)**(-1 / alpha), or likewise below the cap."""
    return either_tail(u, _lower, _upper, minimum, alpha, cap)


def isf(q: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return minimum q**(-1 / alpha), or likewise below the cap."""
    return either_tail(q, _upper, _lower, minimum, alpha, cap)


def cdf(x: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return P(X <= x)."""
    below = -elementary.expm1(-alpha * elementary.log(np.clip(x, minimum, cap) / minimum))
    return np.minimum(below / _kept(minimum, alpha, cap), 1.0)


def sf(x: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return P(X > x)."""
    x = np.clip(x, minimum, cap)
    beyond = elementary.power(minimum / x, alpha)
    if cap == inf:
        return np.asarray(beyond)
    # minimum**alpha (x**-alpha - cap**-alpha), without the subtraction
    beyond = beyond * -elementary.expm1(-alpha * elementary.log(cap / x))
    return np.minimum(beyond / _kept(minimum, alpha, cap), 1.0)


def density(x: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return the density."""
    inside = (x >= minimum) & (x <= cap)
    x = np.clip(x, minimum, cap)
    return np.where(
        inside, alpha / _kept(minimum, alpha, cap) * elementary.power(minimum / x, alpha) / x, 0.0
    )


def log_slope(x: Vector, minimum: float, alpha: float, cap: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.asarray(-(alpha + 1.0) / np.clip(x, minimum, cap))


def support(minimum: float, alpha: float, cap: float) -> tuple[float, float]:
    """Return (minimum, cap)."""
    return minimum, cap


def mean_sd(minimum: float, alpha: float, cap: float) -> tuple[float, float]:
    """Return the mean (finite for alpha > 1 or a cap) and the sd (for alpha > 2 or a cap)."""
    if cap < inf:
        return _capped_mean_sd(minimum, alpha, cap)
    if alpha <= 1:
        return inf, inf
    mean = minimum * alpha / (alpha - 1)
    return mean, minimum / (alpha - 1) * sqrt(alpha / (alpha - 2)) if alpha > 2 else inf


def _capped_mean_sd(minimum: float, alpha: float, cap: float) -> tuple[float, float]:
    span, share = float(elementary.log(cap / minimum)), alpha / _kept(minimum, alpha, cap)

    def moment(power: int) -> float:
        # The integral of x**(power - alpha - 1) from 1 to cap / minimum
        excess = power - alpha
        return share * (float(elementary.expm1(excess * span)) / excess if excess else span)

    first, second = moment(1), moment(2)
    return minimum * first, minimum * sqrt(max(0.0, second - first * first))


def tail_index(minimum: float, alpha: float, cap: float) -> float:
    """Return 1 / alpha, or 0 with a cap."""
    return 1.0 / alpha if cap == inf else 0.0


def check(minimum: float, alpha: float, cap: float) -> None:
    """Check that minimum < cap."""
    rising({"minimum": minimum, "cap": cap}, "minimum", "cap")


def oracle(minimum: float, alpha: float, cap: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    if cap == inf:
        return stats.pareto(alpha, scale=minimum)
    return stats.truncpareto(alpha, cap / minimum, scale=minimum)


FAMILY = Family(
    name="pareto",
    summary="power law above a minimum, cut off at a cap if given: rare, huge losses",
    parameters=(
        Parameter("minimum", "the least possible value, above 0", low=0.0),
        Parameter("alpha", "the tail exponent, above 0; smaller is heavier", low=0.0),
        Parameter("cap", "the greatest possible value, above 0", low=0.0, default=inf),
    ),
    elicitations=(Elicitation(("minimum", "alpha"), ("cap",), doc="start and tail exponent"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    tail_index=tail_index,
    check=check,
    oracle=oracle,
    examples=(
        {"minimum": 1.0, "alpha": 2.5},
        {"minimum": 10.0, "alpha": 1.1, "cap": 1e4},
        {"minimum": 1.0, "alpha": 0.8},
    ),
    source="Arnold (2015), Pareto Distributions, 2nd ed., ch. 3",
)
