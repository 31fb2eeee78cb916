"""Triangular: two ends and a peak, joined by straight lines."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import mode_between_percentiles, mode_inside


def quantile(u: Vector, low: float, mode: float, high: float) -> Vector:
    """Return min{x : F(x) >= u}."""
    u = np.asarray(u, dtype=np.float64)
    return _between(u, 1.0 - u, low, mode, high)


def isf(q: Vector, low: float, mode: float, high: float) -> Vector:
    """Return min{x : 1 - F(x) <= q}."""
    q = np.asarray(q, dtype=np.float64)
    return _between(1.0 - q, q, low, mode, high)


def _between(u: Vector, q: Vector, low: float, mode: float, high: float) -> Vector:
    """Return the value with `u` below and `q` above it."""
    below, above = (mode - low) / (high - low), (high - mode) / (high - low)
    past = np.where(u <= 0.5, u - below, above - q)
    left, right = past < 0.0, past >= 0.0
    x = np.full_like(past, mode)
    x[left] = mode - _from_mode(-past[left], u[left] / (below or 1.0), mode - low, high - low)
    x[right] = mode + _from_mode(past[right], q[right] / (above or 1.0), high - mode, high - low)
    return x


def _from_mode(past: Vector, share: Vector, side: float, width: float) -> Vector:
    """Return the distance to the mode, `share` of this side's probability being further out.

    It is side (1 - sqrt(share)), which loses digits next to the mode, or the same without the
    subtraction, from the probability `past` the mode.
    """
    root = np.sqrt(np.minimum(share, 1.0))
    return np.where(root < 0.5, side - side * root, width * past / (1.0 + root))


def cdf(x: Vector, low: float, mode: float, high: float) -> Vector:
    """Return P(X <= x)."""
    x = np.clip(np.asarray(x, dtype=np.float64), low, high)
    width = high - low
    # A side of no length is never used; any divisor will do.
    left = (x - low) / width * ((x - low) / ((mode - low) or width))
    right = (mode - low) + (x - mode) * (1.0 + (high - x) / ((high - mode) or width))
    return np.where(x < mode, left, np.where(x >= high, 1.0, right / width))


def sf(x: Vector, low: float, mode: float, high: float) -> Vector:
    """Return P(X > x)."""
    return cdf(-np.asarray(x, dtype=np.float64), -high, -mode, -low)


def density(x: Vector, low: float, mode: float, high: float) -> Vector:
    """Return the density."""
    width = high - low
    # A side of no length is never used; any divisor will do.
    left = (x - low) / ((mode - low) or width)
    right = (high - x) / ((high - mode) or width)
    return 2.0 / width * np.maximum(np.where(x < mode, left, right), 0.0)


def log_slope(x: Vector, low: float, mode: float, high: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore"):
        return np.where(x < mode, 1.0 / (x - low), -1.0 / (high - x))


def _root_of_squares(*sides: float) -> float:
    largest = max(sides)
    return largest * sqrt(sum((side / largest) * (side / largest) for side in sides))


def support(low: float, mode: float, high: float) -> tuple[float, float]:
    """Return (low, high)."""
    return low, high


def mean_sd(low: float, mode: float, high: float) -> tuple[float, float]:
    """Return mean and standard deviation, from differences so that nothing cancels."""
    mean = mode + ((low - mode) + (high - mode)) / 3
    return mean, _root_of_squares(mode - low, high - mode, high - low) / 6


def kinks(low: float, mode: float, high: float) -> tuple[float, ...]:
    """Return F(mode), unless it is an end."""
    return ((mode - low) / (high - low),) if low < mode < high else ()


def oracle(low: float, mode: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.triang((mode - low) / (high - low), loc=low, scale=high - low)


def _from_percentiles(values: dict[str, float]) -> dict[str, float]:
    """Solve for F(mode): both sides then follow from the distance of a percentile to the mode."""
    mode_between_percentiles(values)
    mode = values["mode"]
    below, above = mode - values["p10"], values["p90"] - mode

    def sides(at_mode: float) -> tuple[float, float]:
        return below / (1 - sqrt(0.1 / at_mode)), above / (1 - sqrt(0.1 / (1 - at_mode)))

    def excess(at_mode: float) -> float:
        left, right = sides(at_mode)
        return right * at_mode - left * (1 - at_mode)

    # Next to 0.1 and 0.9 one of the sides grows without bound; the root lies inside.
    left, right = sides(elementary.root(excess, 0.1 + 1e-15, 0.9 - 1e-15))
    return {"low": mode - left, "mode": mode, "high": mode + right}


FAMILY = Family(
    name="triangular",
    summary="two ends and a most likely value; heavier towards the ends than a PERT",
    parameters=(
        Parameter("low", "the least possible value"),
        Parameter("mode", "the most likely value"),
        Parameter("high", "the greatest possible value"),
    ),
    elicitations=(
        Elicitation(("low", "mode", "high"), doc="both ends and the peak"),
        Elicitation(
            ("p10", "mode", "p90"), solve=_from_percentiles, doc="soft ends: 1 in 10 beyond each"
        ),
    ),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    density=density,
    log_slope=log_slope,
    support=support,
    mean_sd=mean_sd,
    kinks=kinks,
    check=mode_inside,
    oracle=oracle,
    examples=(
        {"low": 1.0, "mode": 2.0, "high": 6.0},
        {"low": 0.0, "mode": 0.0, "high": 5.0},
        {"low": -5.0, "mode": 1.0, "high": 1.0},
        {"p10": 10.0, "mode": 20.0, "p90": 50.0},
    ),
    source="Kotz & van Dorp (2004), Beyond Beta, ch. 1",
)
