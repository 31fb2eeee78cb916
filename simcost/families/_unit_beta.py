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

from simcost.families._base import Flags, Vector
from simcost.families._tails import either_tail, polished, upper_beta

_LARGE = 1e3  # shapes from which the inverse needs help
# Nearer than this to an end, the distance from the other end has lost digits. Elsewhere it does,
# and SciPy's integral from that end costs a tenth of the complement of the one from this.
_NEAR_END = 0.125


_Inverse = Callable[[Vector, float, float], Vector]


def _place(
    p: Vector,
    shapes: tuple[float, float],
    ends: tuple[float, float],
    from_low: _Inverse,
    from_high: _Inverse,
    *,
    far: Flags,
) -> Vector:
    """Return the point found from the low end, or from the high end where that is nearer."""
    (a, b), (low, high) = shapes, ends
    near = ~far
    x = np.empty_like(p)
    x[near] = low + (high - low) * from_low(p[near], a, b)
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
    far = u > special.betainc(alpha, beta, 0.5)
    return _place(u, (alpha, beta), (low, high), _inverse, _upper_inverse, far=far)


def _upper(q: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    far = q < special.betainc(beta, alpha, 0.5)
    return _place(q, (alpha, beta), (low, high), _upper_inverse, _inverse, far=far)


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
    near = from_low <= 1.0 - _NEAR_END
    out = np.empty_like(from_low)
    out[near] = special.betainc(alpha, beta, from_low[near])
    out[~near] = upper_beta(beta, alpha, from_high[~near])
    return out


def sf(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return P(X > x)."""
    from_low, from_high = _fractions(x, low, high)
    near = from_high <= 1.0 - _NEAR_END
    out = np.empty_like(from_low)
    out[near] = special.betainc(beta, alpha, from_high[near])
    out[~near] = upper_beta(alpha, beta, from_low[~near])
    return out


def density(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return the density."""
    from_low, from_high = _fractions(x, low, high)
    constant = special.betaln(alpha, beta)
    logarithm = special.xlogy(alpha - 1.0, from_low) + special.xlogy(beta - 1.0, from_high)
    inside = (x >= low) & (x <= high)
    with np.errstate(over="ignore"):
        return np.where(inside, np.exp(logarithm - constant) / (high - low), 0.0)


def log_slope(x: Vector, alpha: float, beta: float, low: float, high: float) -> Vector:
    """Return the derivative of the logarithm of the density."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray((alpha - 1.0) / (x - low) - (beta - 1.0) / (high - x))


def mean_sd(alpha: float, beta: float, low: float, high: float) -> tuple[float, float]:
    """Return mean and standard deviation."""
    total, width = alpha + beta, high - low
    sd = width * (alpha / total * (beta / total) / (total + 1.0)) ** 0.5
    return low + width * alpha / total, sd


def oracle(alpha: float, beta: float, low: float, high: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.beta(alpha, beta, loc=low, scale=high - low)
