"""The beta distribution stretched over [low, high]; `beta` and `pert` are both this.

Near either end a value is computed as its distance from that end, so that neither the values
nor the probabilities lose digits there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from scipy import special

from simcost.families._base import Vector
from simcost.families._tails import either_tail, polished, upper_beta

_LARGE = 1e3  # shapes from which the inverse needs help


_Inverse = Callable[[Vector, float, float], Vector]


def _place(
    p: Vector,
    shapes: tuple[float, float],
    ends: tuple[float, float],
    from_low: _Inverse,
    from_high: _Inverse,
) -> Vector:
    """Return the point found from the low end, or from the high end where that is nearer."""
    (a, b), (low, high) = shapes, ends
    fraction = from_low(p, a, b)
    x = low + (high - low) * fraction
    far = fraction > 0.5
    x[far] = high - (high - low) * from_high(p[far], b, a)
    return x


def _density(x: Vector, a: float, b: float) -> Vector:
    logarithm = special.xlogy(a - 1.0, x) + special.xlog1py(b - 1.0, -x) - special.betaln(a, b)
    return np.asarray(np.exp(logarithm))


def _inverse(p: Vector, a: float, b: float) -> Vector:
    """Return x with I(a, b; x) = p."""
    x = np.asarray(special.betaincinv(a, b, p))
    if max(a, b) < _LARGE:
        return x
    cumulative, density = partial(special.betainc, a, b), partial(_density, a=a, b=b)
    return polished(x, p, cumulative, density, upper=False)


def _upper_inverse(p: Vector, a: float, b: float) -> Vector:
    """Return x with 1 - I(a, b; x) = p."""
    x = np.asarray(special.betainccinv(a, b, p))
    if max(a, b) < _LARGE:
        return x
    survival, density = partial(upper_beta, a, b), partial(_density, a=a, b=b)
    return polished(x, p, survival, density, upper=True)


def _lower(u: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    return _place(u, (alpha, beta), (low, high), _inverse, _upper_inverse)


def _upper(q: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    return _place(q, (alpha, beta), (low, high), _upper_inverse, _inverse)


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
