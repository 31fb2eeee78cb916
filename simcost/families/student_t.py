"""Student's t: like a normal, with heavier tails."""

from __future__ import annotations

from functools import lru_cache
from math import inf, nan, pi, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._tails import either_tail


def _lower(u: Vector, df: float) -> Vector:
    # The share df / (df + t²) is a beta; 2 u of it lies below, the rest on the other side.
    outer, inner = u <= 0.25, (u > 0.25) & (u < 0.5)
    out = np.zeros_like(u)
    with np.errstate(divide="ignore", over="ignore"):
        share, rest = elementary.beta_point(0.5 * df, 0.5, 2.0 * u[outer])
        out[outer] = -sqrt(df) * np.sqrt(rest / share)
        if inner.any():
            rest, share = elementary.beta_point(0.5, 0.5 * df, 1.0 - 2.0 * u[inner])
            out[inner] = -sqrt(df) * np.sqrt(rest / share)
    return out


def _upper(q: Vector, df: float) -> Vector:
    return -_lower(q, df)


def tail(size: Vector, df: float) -> Vector:
    """Return P(T > size) for size >= 0."""
    with np.errstate(over="ignore", invalid="ignore"):
        square = size * (size / df)
        share, rest = 1.0 / (1.0 + square), square / (1.0 + square)
        rest = np.where(square < 1e300, rest, 1.0)
        p = 0.5 * elementary.beta_parts(0.5 * df, 0.5, share, rest)[0]
    return p


def quantile(u: Vector, df: float, center: float, scale: float) -> Vector:
    """Return center + scale t."""
    return center + scale * either_tail(u, _lower, _upper, df)


def isf(q: Vector, df: float, center: float, scale: float) -> Vector:
    """Return center - scale t."""
    return center - scale * either_tail(q, _lower, _upper, df)


def cdf(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return P(X <= x)."""
    return _signed((x - center) / scale, df)


def sf(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return P(X > x)."""
    return _signed((center - x) / scale, df)


def _signed(y: Vector, df: float) -> Vector:
    p = tail(np.abs(y), df)
    return np.where(y > 0.0, 1.0 - p, p)


def density(x: Vector, df: float, center: float, scale: float) -> Vector:
    """Return the density."""
    y = (x - center) / scale
    constant = float(elementary.exp(_log_constant(df)))
    shape = elementary.exp(-0.5 * (df + 1.0) * elementary.log1p(y * (y / df)))
    return np.asarray(constant * shape / scale)


@lru_cache(maxsize=256)
def _log_constant(df: float) -> float:
    ends = elementary.gammaln(np.array([0.5 * (df + 1.0), 0.5 * df]))
    return float(ends[0] - ends[1] - 0.5 * elementary.log(pi * df))


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
    prompt=True,
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
