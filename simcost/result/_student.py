"""Critical values of the normal and of Student's t."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt

import numpy as np

from simcost import elementary


@lru_cache(16)  # a report asks for one, many times
def normal(confidence: float) -> float:
    """Return z with P(-z < Z < z) = `confidence`; 1.96 for 0.95."""
    return float(elementary.ndtri(0.5 + confidence / 2))


@lru_cache(16)
def student(confidence: float, df: int) -> float:
    """Return t with P(-t < T < t) = `confidence`; 2.131 for 0.95 and 15 degrees of freedom."""
    # df / (df + T²) is a beta, and small where T is large.
    share, rest = elementary.beta_point(0.5 * df, 0.5, np.array([1.0 - confidence]))
    return sqrt(df * float(rest[0] / share[0]))
