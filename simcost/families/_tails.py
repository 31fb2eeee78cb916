"""Working in whichever tail of the unit interval is the short one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcost import elementary
from simcost.families._base import Vector


def either_tail(
    u: Vector, lower: Callable[..., Vector], upper: Callable[..., Vector], *params: float
) -> Vector:
    """Return ``lower(u)`` up to one half and ``upper(1 - u)`` above it.

    For u >= 1/2 the difference 1 - u is exact in floating point, so neither tail loses digits.
    Swap the two functions to go from a quantile function to an inverse survival function.
    """
    u = np.asarray(u, dtype=np.float64)
    low = u <= 0.5
    out = np.empty_like(u)
    high = ~low
    if low.any():
        out[low] = lower(u[low], *params)
    if high.any():
        out[high] = upper(1.0 - u[high], *params)
    return out


def _score(u: Vector) -> Vector:
    return np.asarray(elementary.ndtri(u), dtype=np.float64)


def _mirrored_score(q: Vector) -> Vector:
    return -_score(q)


@elementary.Remembered
def normal_score(u: Vector) -> Vector:
    """Return the standard normal quantile of `u`, accurate in both tails."""
    return either_tail(u, _score, _mirrored_score)


@elementary.Remembered
def exponential_score(u: Vector) -> Vector:
    """Return -log(1 - u), the quantile of the exponential law with mean 1, for u in [0, 1]."""
    return -elementary.log1p(-u)


@elementary.Remembered
def exponential_isf(q: Vector) -> Vector:
    """Return -log q, the same from the upper tail probability."""
    return -elementary.log(q)


@elementary.Remembered
def log_exponential_score(u: Vector) -> Vector:
    """Return the log of `exponential_score`."""
    return np.asarray(elementary.log(exponential_score(u)))


@elementary.Remembered
def log_exponential_isf(q: Vector) -> Vector:
    """Return the log of `exponential_isf`."""
    return np.asarray(elementary.log(exponential_isf(q)))
