"""The incomplete beta function, both parts at once."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Vector
from simcost.elementary._exponential import swift_fast_exp
from simcost.elementary._fraction import of_beta
from simcost.elementary._logarithm import log, swift_log
from simcost.elementary._stirling import TWO_PI, deviance, gammaln, stirling

# Up to here logarithms of the powers lose less than rounding the parts of the deviance does.
SMALL = 16.0


def beta_front(a: float, b: float, x: Vector, y: Vector) -> Vector:
    """Return x**a y**b / B(a, b): the density, times x y.

    Parameters
    ----------
    a, b : float
        Positive.
    x, y : float64 array
        In [0, 1], with sum 1, each with all its digits.
    """
    with np.errstate(all="ignore"):
        constant = _constant(*sorted((a, b)))
        if max(a, b) <= SMALL:
            logs = swift_log(np.stack([x, y]))
            exponent = a * logs[0] + b * logs[1] + constant
        else:
            pull = b * x - a * y
            gap = a * deviance(pull / a, x * ((a + b) / a))
            gap += b * deviance(-pull / b, y * ((a + b) / b))
            exponent = constant - gap
        return np.where((x > 0.0) & (y > 0.0), swift_fast_exp(exponent), 0.0)


@lru_cache(maxsize=256)
def _constant(a: float, b: float) -> float:
    whole = a + b
    if max(a, b) <= SMALL:
        ends = gammaln(np.array([whole, a, b]))
        return float(ends[0] - ends[1] - ends[2])
    size = 0.5 * log(np.float64(a / whole * b / TWO_PI))
    left = stirling(np.array([whole, a, b]))
    return float(size + (left[0] - left[1] - left[2]))


def beta_parts(
    a: float, b: float, x: Vector, y: Vector, front: Vector | None = None
) -> tuple[Vector, Vector, Vector]:
    """Return I(a, b; x), its complement, and `beta_front`.

    The part that is small where the point is keeps all its digits.

    Parameters
    ----------
    a, b : float
        Positive.
    x, y : float64 array
        In [0, 1], with sum 1, each with all its digits.
    front : float64 array, optional
        `beta_front`, where it is known.

    Returns
    -------
    lower, upper, front : float64 arrays
    """
    if front is None:
        front = beta_front(a, b, x, y)
    low = x <= (a + 1.0) / (a + b + 2.0)
    with np.errstate(all="ignore"):
        if low.all():
            part = front / of_beta(a, b).at(x)
        elif not low.any():
            part = front / of_beta(b, a).at(y)
        else:
            part = np.empty_like(front)
            part[low] = front[low] / of_beta(a, b).at(x[low])
            part[~low] = front[~low] / of_beta(b, a).at(y[~low])
    part = np.minimum(part, 1.0)
    rest = 1.0 - part
    return np.where(low, part, rest), np.where(low, rest, part), front
