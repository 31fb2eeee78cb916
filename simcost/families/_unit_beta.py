"""The beta distribution stretched over [low, high]; `beta` and `pert` are both this.

Near either end a value is computed as its distance from that end, so that neither the values
nor the probabilities lose digits there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from simcost.families._base import Vector
from simcost.families._tails import either_tail, upper_beta


def _place(from_low: Vector, from_high: Vector, low: float, high: float) -> Vector:
    """Return the point that lies these fractions of the width away from either end."""
    width = high - low
    return np.where(from_low <= 0.5, low + width * from_low, high - width * from_high)


def _lower(u: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    from_low = special.betaincinv(alpha, beta, u)
    return _place(from_low, special.betainccinv(beta, alpha, u), low, high)


def _upper(q: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    from_low = special.betainccinv(alpha, beta, q)
    return _place(from_low, special.betaincinv(beta, alpha, q), low, high)


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
    from_low, from_high = _fractions(x, low, high)
    near_low = special.betainc(alpha, beta, from_low)
    near_high = upper_beta(beta, alpha, from_high)
    return np.asarray(np.where(from_low <= 0.5, near_low, near_high))


def sf(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return P(X > x)."""
    from_low, from_high = _fractions(x, low, high)
    near_low = upper_beta(alpha, beta, from_low)
    near_high = special.betainc(beta, alpha, from_high)
    return np.asarray(np.where(from_low <= 0.5, near_low, near_high))


def mean_sd(alpha: float, beta: float, low: float, high: float) -> tuple[float, float]:
    """Return mean and standard deviation."""
    total, width = alpha + beta, high - low
    sd = width * (alpha / total * (beta / total) / (total + 1.0)) ** 0.5
    return low + width * alpha / total, sd


def oracle(alpha: float, beta: float, low: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.beta(alpha, beta, loc=low, scale=high - low)
