"""The gamma function through what Stirling's formula leaves out.

log Gamma(z + 1) = z log z - z + log(2 pi z) / 2 + stirling(z). Densities of gamma, beta, binomial
and Poisson laws are products of such terms; written with `stirling` and `deviance` their large
parts cancel on paper and not in the digits.

Source: Loader (2000), "Fast and accurate computation of binomial probabilities".
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.elementary._bits import Vector
from simcost.elementary._logarithm import finite_log, log, log1p
from simcost.elementary._sums import total

LOG_ROOT_TWO_PI = 0.9189385332046728
TWO_PI = 6.283185307179586
# From here on the series is good to the last bit.
LARGE = 12.0
STEPS = np.arange(LARGE)
SERIES = (
    1.0 / 12.0,
    -1.0 / 360.0,
    1.0 / 1260.0,
    -1.0 / 1680.0,
    1.0 / 1188.0,
    -691.0 / 360360.0,
    1.0 / 156.0,
    -3617.0 / 122400.0,
)
# Of (atanh(v) - v) / v^3 in v^2: 1/3, 1/5, ...
ATANH = tuple(1.0 / (2 * k + 3) for k in range(14))
NEAR = 0.4


def stirling(z: Any) -> Any:
    """Return log Gamma(z + 1) - ((z + 1/2) log z - z + log(2 pi) / 2), absolute error 1e-15.

    Parameters
    ----------
    z : float64 array
        Positive.
    """
    z = np.asarray(z, dtype=np.float64)
    small = z < LARGE
    if not small.any():
        return _series(z)
    shifted = np.where(small, z + LARGE, z)
    value = _series(shifted)
    few = z[small]
    here = few + STEPS.reshape(-1, *([1] * few.ndim))
    value = np.asarray(value)
    value[small] += total((here + 0.5) * log1p(1.0 / here) - 1.0)
    return value


def _series(z: Vector) -> Any:
    s = 1.0 / (z * z)
    value = np.full(np.shape(z), SERIES[-1])
    for coefficient in SERIES[-2::-1]:
        value = value * s + coefficient
    return value / z


def gammaln(z: Any) -> Any:
    """Return log Gamma(z) for positive z, absolute error 1e-15 times the larger of it and 1."""
    z = np.asarray(z, dtype=np.float64)
    return (z - 0.5) * finite_log(z) - z + LOG_ROOT_TWO_PI + stirling(z)


def deviance(t: Any, whole: Any) -> Any:
    """Return t - log(1 + t), to a few ulp also next to 0.

    Parameters
    ----------
    t, whole : float64 array
        t and 1 + t, each with all its digits; `whole` is not negative.
    """
    t = np.asarray(t, dtype=np.float64)
    v = t / (2.0 + t)
    s = v * v
    value = np.full(t.shape, ATANH[-1])
    for coefficient in ATANH[-2::-1]:
        value *= s
        value += coefficient
    near = v * (t - 2.0 * s * value)
    far = abs(t) > NEAR
    if far.any():
        near = np.asarray(near)
        near[far] = t[far] - log(np.broadcast_to(whole, t.shape)[far])
    return near


def binomial_log(k: Any, n: Any, p: Any, q: Any) -> Any:
    """Return the log of Gamma(n+1) / Gamma(k+1) / Gamma(n-k+1) p**k q**(n-k) for 0 < k < n.

    Parameters
    ----------
    k, n : float64 array
        Need not be whole.
    p, q : float64 array
        Each positive and right to the last bit; their sum is 1.
    """
    rest = n - k
    pull = q * k - p * rest
    gap = k * deviance(-pull / k, n * p / k) + rest * deviance(pull / rest, n * q / rest)
    return _binomial_constant(k, n) - gap


def _binomial_constant(k: Any, n: Any) -> Any:
    rest = n - k
    size = 0.5 * finite_log(n / (TWO_PI * k * rest))
    return size + (stirling(n) - stirling(k) - stirling(rest))


def poisson_log(k: Any, mean: Any) -> Any:
    """Return the log of mean**k exp(-mean) / Gamma(k + 1) for positive `k` and `mean`."""
    gap = k * deviance((mean - k) / k, mean / k)
    return -0.5 * finite_log(TWO_PI * k) - stirling(k) - gap
