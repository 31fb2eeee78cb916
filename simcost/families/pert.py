"""PERT: two ends and a most likely value, smoothly joined."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost import elementary
from simcost.families import _unit_beta
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import mode_between_percentiles, mode_inside, shapes


def _beta(low: float, mode: float, high: float, shape: float) -> tuple[float, float, float, float]:
    """Return alpha, beta, low, high of the beta distribution that this is."""
    width = high - low
    alpha, beta = 1 + shape * (mode - low) / width, 1 + shape * (high - mode) / width
    return alpha, beta, low, high


def quantile(u: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return min{x : F(x) >= u}."""
    return _unit_beta.quantile(u, *_beta(low, mode, high, shape))


def isf(q: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return min{x : 1 - F(x) <= q}."""
    return _unit_beta.isf(q, *_beta(low, mode, high, shape))


def cdf(x: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return P(X <= x)."""
    return _unit_beta.cdf(x, *_beta(low, mode, high, shape))


def sf(x: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return P(X > x)."""
    return _unit_beta.sf(x, *_beta(low, mode, high, shape))


def density(x: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return the density."""
    return _unit_beta.density(x, *_beta(low, mode, high, shape))


def log_slope(x: Vector, low: float, mode: float, high: float, shape: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    return _unit_beta.log_slope(x, *_beta(low, mode, high, shape))


def support(low: float, mode: float, high: float, shape: float) -> tuple[float, float]:
    """Return (low, high)."""
    return low, high


def mean_sd(low: float, mode: float, high: float, shape: float) -> tuple[float, float]:
    """Return (low + shape mode + high) / (shape + 2), and the beta's standard deviation."""
    return _unit_beta.mean_sd(*_beta(low, mode, high, shape))


def check(low: float, mode: float, high: float, shape: float) -> None:
    """Check that low < high, that the mode is not outside, and that the shape is of this world."""
    mode_inside(low, mode, high)
    alpha, beta, *_ = _beta(low, mode, high, shape)
    shapes({"alpha": alpha, "beta": beta}, ("shape",))


def oracle(low: float, mode: float, high: float, shape: float) -> Any:
    """Return the same law from scipy.stats."""
    return _unit_beta.oracle(*_beta(low, mode, high, shape))


def _from_percentiles(values: dict[str, float]) -> dict[str, float]:
    """Solve for where the mode stands between the ends; the width then follows."""
    mode_between_percentiles(values)
    p10, mode, p90, shape = (values[key] for key in ("p10", "mode", "p90", "shape"))

    def standard(place: float) -> tuple[float, float]:
        alpha, beta = 1 + shape * place, 1 + shape * (1 - place)
        tenth = np.array([0.1])
        low, high = (
            elementary.beta_point(alpha, beta, tenth),
            elementary.beta_point(beta, alpha, tenth),
        )
        return float(low[0][0]), float(high[1][0])

    def excess(place: float) -> float:
        low, high = standard(place)
        return (place - low) * (p90 - mode) - (high - place) * (mode - p10)

    low, high = standard(elementary.root(excess, 0.0, 1.0))
    width = (p90 - p10) / (high - low)
    least = p10 - width * low
    return {"low": least, "mode": mode, "high": least + width, "shape": shape}


FAMILY = Family(
    name="pert",
    summary="two ends and a most likely value, joined smoothly: the usual expert estimate",
    parameters=(
        Parameter("low", "the least possible value"),
        Parameter("mode", "the most likely value"),
        Parameter("high", "the greatest possible value"),
        Parameter("shape", "the weight of the mode, above 0, usually 4", low=0.0, default=4.0),
    ),
    elicitations=(
        Elicitation(("low", "mode", "high"), ("shape",), doc="both ends and the peak"),
        Elicitation(
            ("p10", "mode", "p90"),
            ("shape",),
            solve=_from_percentiles,
            doc="soft ends: 1 in 10 beyond each",
        ),
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
        {"low": 8.0, "mode": 12.0, "high": 20.0},
        {"low": 10.0, "mode": 20.0, "high": 50.0, "shape": 2.0},
        {"low": 0.0, "mode": 0.0, "high": 1.0},
        {"p10": 10.0, "mode": 20.0, "p90": 50.0},
    ),
    source="Malcolm, Roseboom, Clark & Fazar (1959), Operations Research 7(5); Vose (2008), "
    "Risk Analysis, ch. 14, for the shape",
)
