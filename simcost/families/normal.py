"""Normal: many small things added together."""

from __future__ import annotations

from math import inf, pi, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._percentile_pair import line_through
from simcost.families._tails import normal_score


def quantile(u: Vector, mean: float, sd: float) -> Vector:
    """Return mean + sd z."""
    return mean + sd * normal_score(u)


def isf(q: Vector, mean: float, sd: float) -> Vector:
    """Return mean - sd z."""
    return mean - sd * normal_score(q)


def cdf(x: Vector, mean: float, sd: float) -> Vector:
    """Return P(X <= x)."""
    return np.asarray(elementary.ndtr((x - mean) / sd))


def sf(x: Vector, mean: float, sd: float) -> Vector:
    """Return P(X > x)."""
    return np.asarray(elementary.ndtr((mean - x) / sd))


def density(x: Vector, mean: float, sd: float) -> Vector:
    """Return the density."""
    z = (x - mean) / sd
    return np.asarray(elementary.exp(-0.5 * z * z) / (sqrt(2.0 * pi) * sd))


def log_slope(x: Vector, mean: float, sd: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return np.asarray((mean - x) / sd / sd)


def support(mean: float, sd: float) -> tuple[float, float]:
    """Return (-inf, inf)."""
    return -inf, inf


def mean_sd(mean: float, sd: float) -> tuple[float, float]:
    """Return the parameters."""
    return mean, sd


def oracle(mean: float, sd: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.norm(mean, sd)


def _from_percentiles(values: dict[str, float]) -> dict[str, float]:
    mean, sd = line_through(values, logarithmic=False)
    return {"mean": mean, "sd": sd}


FAMILY = Family(
    name="normal",
    summary="symmetric, unbounded: sums of many small things, measurement errors",
    parameters=(
        Parameter("mean", "the mean"),
        Parameter("sd", "the standard deviation, above 0", low=0.0),
    ),
    elicitations=(
        Elicitation(("mean", "sd"), doc="centre and spread"),
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
    examples=({"mean": 5.0, "sd": 2.0}, {"p5": -1.0, "p95": 4.0}),
    source="Johnson, Kotz & Balakrishnan (1994), Continuous Univariate Distributions 1, ch. 13",
)
