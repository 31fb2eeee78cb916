"""Student's t: like a normal, with heavier tails."""

from __future__ import annotations

from math import inf, nan, pi, sqrt
from typing import Any

import numpy as np
from scipy import special

from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import either_tail


def _lower(u: Vector, df: float) -> Vector:
    return np.asarray(special.stdtrit(df, u))


def _upper(q: Vector, df: float) -> Vector:
    return -_lower(q, df)


def quantile(u: Vector, df: float, center: float, scale: float) -> Vector:
    """Return center + scale t."""
    return center + scale * either_tail(u, _lower, _upper, df)


def isf(q: Vector, df: float, center: float, scale: float) -> Vector:
    """Return center - scale t."""
    return center - scale * either_tail(q, _lower, _upper, df)


def cdf(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    return np.asarray(special.stdtr(df, (x - center) / scale))


def sf(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return P(X > x)."""
    return np.asarray(special.stdtr(df, (center - x) / scale))


def density(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return the density."""
    y = (x - center) / scale
    constant = special.gammaln(0.5 * (df + 1.0)) - special.gammaln(0.5 * df)
    shape = np.exp(constant - 0.5 * (df + 1.0) * np.log1p(y * (y / df)))
    return np.asarray(shape / (sqrt(pi * df) * scale))


def log_slope(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    y = (x - center) / scale
    return np.asarray(-(df + 1.0) / scale * y / (df + y * y))


def support(df: float, center: float, scale: float) -> tuple[float, float]:
    """Return (-inf, inf)."""
    return -inf, inf


def mean_sd(df: float, center: float, scale: float) -> tuple[float, float]:
    """Return the mean (for df > 1) and the standard deviation (finite for df > 2)."""
    if df <= 1:
        return nan, nan
    return center, scale * sqrt(df / (df - 2)) if df > 2 else inf


def tail_index(df: float, center: float, scale: float) -> float:
    """Return 1 / df."""
    return 1.0 / df


def oracle(df: float, center: float, scale: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.t(df, loc=center, scale=scale)


FAMILY = Family(
    name="student_t",
    summary="symmetric and unbounded with heavy tails, the heavier the smaller df",
    parameters=(
        Parameter("df", "the degrees of freedom, above 0", low=0.0),
        Parameter("center", "the median", default=0.0),
        Parameter("scale", "the unit of spread, above 0", low=0.0, default=1.0),
    ),
    elicitations=(Elicitation(("df",), ("center", "scale"), doc="tail weight, centre, spread"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    costly=True,
    support=support,
    mean_sd=mean_sd,
    tail_index=tail_index,
    oracle=oracle,
    examples=(
        {"df": 3.0},
        {"df": 7.5, "center": 10.0, "scale": 2.0},
        {"df": 1.0, "scale": 0.5},
    ),
    source="Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, ch. 28",
)
