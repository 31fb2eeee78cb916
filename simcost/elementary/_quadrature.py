"""Gauss-Legendre nodes and weights.

Source: Press et al. (2007), Numerical Recipes, 4.6.1 (Newton's method on the recurrence); the
usual routines solve an eigenvalue problem, whose last bits are those of a library.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Vector
from simcost.elementary._trigonometric import cos

PI = 3.141592653589793


@lru_cache(maxsize=16)
def gauss_legendre(count: int) -> tuple[Vector, Vector]:
    """Return nodes, ascending, and weights of the quadrature over [-1, 1].

    Parameters
    ----------
    count : int
        How many; polynomials of degree below twice that are integrated exactly.

    Returns
    -------
    nodes, weights : float64[count]
        Read-only.
    """
    x = -cos(PI * (np.arange(count) + 0.75) / (count + 0.5))
    for _ in range(8):
        before, now = np.ones(count), x
        for k in range(2, count + 1):
            before, now = now, ((2 * k - 1) * x * now - (k - 1) * before) / k
        slope = count * (x * now - before) / (x * x - 1.0)
        x = x - now / slope
    x = 0.5 * (x - x[::-1])
    weights = 2.0 / ((1.0 - x * x) * slope * slope)
    weights = 0.5 * (weights + weights[::-1])
    for array in (x, weights):
        array.flags.writeable = False
    return x, weights
