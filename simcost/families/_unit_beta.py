"""The beta distribution stretched over [low, high]; `beta` and `pert` are both this.

Near either end a value is computed as its distance from that end, so that neither the values
nor the probabilities lose digits there.
"""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._base import Vector
from simcost.families._tails import either_tail


def _lower(u: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    return _place(*elementary.beta_point(alpha, beta, u), low, high)


def _upper(q: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    from_high, from_low = elementary.beta_point(beta, alpha, q)
    return _place(from_low, from_high, low, high)


def _place(from_low: Vector, from_high: Vector, low: float, high: float) -> Vector:
    """Return the point that is these shares of the range from either end, from the nearer one."""
    width = high - low
    return np.where(from_low <= from_high, low + width * from_low, high - width * from_high)


def quantile(u: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return min{x : F(x) >= u}."""
    return either_tail(u, _lower, _upper, alpha, beta, low, high)


def isf(q: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return min{x : 1 - F(x) <= q}."""
    return either_tail(q, _upper, _lower, alpha, beta, low, high)


def _fractions(x: Vector, low: float, high: float) -> tuple[Vector, Vector]:
    width = high - low
    x = np.clip(np.asarray(x, dtype=np.float64), low, high)
    return np.asarray((x - low) / width), np.asarray((high - x) / width)


def cdf(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return P(X <= x)."""
    return np.array(_parts(x, alpha, beta, low, high)[0])


def sf(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return P(X > x)."""
    return np.array(_parts(x, alpha, beta, low, high)[1])


@elementary.Remembered
def _front(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    # A table asks for the density and for the probability at the same points.
    return elementary.beta_front(alpha, beta, *_fractions(x, low, high))


@elementary.Remembered
def _parts(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return P(X <= x) and P(X > x), float64[2, ...]; a window asks for both."""
    front = _front.recall(x, alpha, beta, low, high)
    lower, upper, _ = elementary.beta_parts(alpha, beta, *_fractions(x, low, high), front)
    return np.stack([lower, upper])


def density(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return the density."""
    from_low, from_high = _fractions(x, low, high)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        front = _front(x, alpha, beta, low, high)
        inside = front / from_low / from_high / (high - low)
    ends = np.where(x <= low, _end(alpha, beta), _end(beta, alpha)) / (high - low)
    inside = np.where((from_low > 0.0) & (from_high > 0.0), inside, ends)
    return np.where((x >= low) & (x <= high), inside, 0.0)


def _end(near: float, far: float) -> float:
    """Return the density of the unit beta at the end that the shape `near` belongs to."""
    if near == 1.0:
        return far
    return 0.0 if near > 1.0 else np.inf


def log_slope(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((alpha - 1.0) / (x - low) - (beta - 1.0) / (high - x))


def mean_sd(alpha: float, beta: float, low: float, high: float) -> tuple[float, float]:
    """Return mean and standard deviation."""
    total, width = alpha + beta, high - low
    sd = width * sqrt(alpha / total * (beta / total) / (total + 1.0))
    return low + width * alpha / total, sd


def oracle(alpha: float, beta: float, low: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.beta(alpha, beta, loc=low, scale=high - low)
