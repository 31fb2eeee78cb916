"""Figures that targets speak of: percentiles, chances, means, of weighted outcomes."""

from __future__ import annotations

import math

import numpy as np
from scipy import special

from simcost.analyses._moves import Sorted
from simcost.analyses._targets import Target
from simcost.analyses._weights import Vector


def figure(target: Target, values: Vector, weights: Vector) -> float:
    """Return the figure that a target speaks of, under weights of mean 1."""
    if target.figure in ("chance", "mean"):
        return float(np.mean(weights * values))
    if target.figure == "sd":
        mean = float(np.mean(weights * values))
        return math.sqrt(float(np.mean(weights * (values - mean) ** 2)))
    law = Sorted.of(values, weights)
    at = law.quantile(target.percent / 100)
    if target.figure == "quantile":
        return at
    excess = np.maximum(law.values - at, 0.0)
    return at + float(excess @ law.weights) / (1 - target.percent / 100)


def spread(target: Target, values: Vector, z: float) -> tuple[float, float]:
    """Return the ends of the interval of a figure of equally likely outcomes.

    Parameters
    ----------
    target : Target
        The figure.
    values : float64[n]
        Outcomes.
    z : float
        Critical value.
    """
    n, ones = len(values), np.ones(len(values))
    p = target.percent / 100
    value = figure(target, values, ones)
    if target.figure == "quantile":
        half = z * math.sqrt(p * (1 - p) / n)
        law = Sorted.of(values, ones)
        return law.quantile(max(p - half, 0.0)), law.quantile(min(p + half, 1.0))
    influence = values - np.mean(values)
    if target.figure == "sd":
        influence = (influence**2 - value**2) / (2 * value) if value > 0.0 else 0.0 * values
    if target.figure == "cvar":
        at = Sorted.of(values, ones).quantile(p)
        influence = np.maximum(values - at, 0.0) / (1 - p)
    half = z * float(np.std(influence)) / math.sqrt(n)
    return value - half, value + half


def scores(values: Vector, among: Vector | None = None) -> Vector:
    """Return the normal scores Φ⁻¹((rank - 1/2) / n) of values, float64[n].

    Parameters
    ----------
    values : float64[n]
        Equal values share their mean rank.
    among : float64[n] or None
        What they are ranked among; themselves by default.
    """
    ordered = np.sort(values if among is None else among)
    middle = (
        np.searchsorted(ordered, values, side="left")
        + np.searchsorted(ordered, values, side="right")
    ) / (2 * len(ordered))
    inside = np.clip(middle, 0.5 / len(ordered), 1 - 0.5 / len(ordered))
    return np.asarray(special.ndtri(inside), dtype=np.float64)
