"""The incomplete gamma functions, for large shapes too.

SciPy 1.17 leaves its uniform expansion at 4.5 standard deviations from the mean and has not
converged there for shapes above 1e7, so that both tails of a large Poisson would be wrong. From a
shape of 1e5 the expansion itself is used everywhere.

Source: Temme (1979), SIAM Journal on Mathematical Analysis 10(4), 757-766; DLMF 8.12.3-8.12.8.
"""

from __future__ import annotations

import numpy as np
from numpy.polynomial import polynomial
from scipy import special

from simcost.families._base import Vector

LARGE = 1e5
_WIDE = 0.15  # relative distance from the mean up to which the series below are used
# Coefficients of c0 and c1 in powers of eta.
_C0 = np.array([-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515])
_C1 = np.array([-1 / 540, -1 / 288, 1 / 378, -77 / 77760, 1 / 4860])
# (x - log(1 + x)) / x**2 in powers of x.
_GAP = np.array([(-1.0) ** k / (k + 2) for k in range(22)])


def lower_gamma(shape: float | Vector, x: float | Vector) -> Vector:
    """Return the regularised lower incomplete gamma function P(shape, x)."""
    return _either(shape, x, upper=False)


def upper_gamma(shape: float | Vector, x: float | Vector) -> Vector:
    """Return the regularised upper incomplete gamma function Q(shape, x)."""
    return _either(shape, x, upper=True)


def _either(shape: float | Vector, x: float | Vector, *, upper: bool) -> Vector:
    a, x = np.broadcast_arrays(np.asarray(shape, np.float64), np.asarray(x, np.float64))
    plain = special.gammaincc if upper else special.gammainc
    expand = (a > LARGE) & (np.abs(x - a) < _WIDE * a)
    if not expand.any():
        return np.asarray(plain(a, x))
    out = np.empty_like(x)
    out[~expand] = plain(a[~expand], x[~expand])
    out[expand] = _expansion(a[expand], x[expand], sign=1.0 if upper else -1.0)
    return out


def _expansion(a: Vector, x: Vector, *, sign: float) -> Vector:
    distance = (x - a) / a
    eta = distance * np.sqrt(2.0 * polynomial.polyval(distance, _GAP))
    z = eta * np.sqrt(a)
    series = polynomial.polyval(eta, _C0) + polynomial.polyval(eta, _C1) / a
    correction = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi * a) * series
    return np.asarray(special.ndtr(-sign * z) + sign * correction)
