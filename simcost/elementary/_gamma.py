"""The incomplete gamma function, both parts at once.

Large shapes: Temme (1979), SIAM Journal on Mathematical Analysis 10(4), 757-766; DLMF
8.12.3-8.12.8. Others: continued fractions, see `simcost.elementary._fraction`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Vector, select
from simcost.elementary._exponential import exp, swift_fast_exp
from simcost.elementary._fraction import gamma_split, of_lower_gamma, of_upper_gamma
from simcost.elementary._logarithm import log, swift_log
from simcost.elementary._normal import normal_mills
from simcost.elementary._stirling import TWO_PI, deviance, gammaln, stirling

SMALL = 16.0
LARGE = 1e5
WIDE = 0.15  # relative distance from the mean up to which the expansion is used
# Coefficients of c0 and c1 in powers of eta.
C0 = (-1 / 3, 1 / 12, -2 / 135, 1 / 864, 1 / 2835, -139 / 777600, 1 / 25515)
C1 = (-1 / 540, -1 / 288, 1 / 378, -77 / 77760, 1 / 4860)


def gamma_front(a: float, x: Vector) -> Vector:
    """Return x**a exp(-x) / Gamma(a): the density, times x, for a > 0 and x >= 0."""
    with np.errstate(all="ignore"):
        constant = _constant(a)
        if a <= SMALL:
            exponent = a * swift_log(x) - x + constant
        else:
            exponent = constant - a * deviance((x - a) / a, x / a)
        return np.where((x > 0.0) & (x < np.inf), swift_fast_exp(exponent), 0.0)


@lru_cache(maxsize=256)
def _constant(a: float) -> float:
    if a <= SMALL:
        return -float(gammaln(a))
    return float(0.5 * log(np.float64(a / TWO_PI)) - stirling(a))


def gamma_parts(a: float, x: Vector, front: Vector | None = None) -> tuple[Vector, Vector, Vector]:
    """Return P(a, x), Q(a, x) = 1 - P(a, x), and `gamma_front`.

    The part that is small where the point is keeps all its digits.

    Parameters
    ----------
    a : float
        Positive.
    x : float64 array
        0 or more.
    front : float64 array, optional
        `gamma_front`, where it is known.

    Returns
    -------
    lower, upper, front : float64 arrays
    """
    x = np.asarray(x, dtype=np.float64)
    front = np.asarray(gamma_front(a, x) if front is None else front)
    low = x <= gamma_split(a)
    with np.errstate(all="ignore"):
        part = np.empty(x.shape)
        expand = (abs(x - a) < WIDE * a) if a > LARGE else np.zeros(x.shape, dtype=np.bool_)
        for chosen, fraction in ((low & ~expand, of_lower_gamma), (~low & ~expand, of_upper_gamma)):
            if chosen.any():
                part[chosen] = front[chosen] / fraction(a).at(x[chosen])
        if expand.any():
            part[expand] = _expansion(a, x[expand])
    np.minimum(part, 1.0, out=part)
    part[x == np.inf] = 0.0
    rest = 1.0 - part
    return np.where(low, part, rest), np.where(low, rest, part), front


def _expansion(a: float, x: Vector) -> Vector:
    """Return P up to a + 1 and Q above it."""
    distance = (x - a) / a
    gap = deviance(distance, x / a)
    eta = np.copysign(np.sqrt(2.0 * gap), distance)
    one = np.zeros(x.shape)
    for coefficient in C0[::-1]:
        one = one * eta + coefficient
    two = np.zeros(x.shape)
    for coefficient in C1[::-1]:
        two = two * eta + coefficient
    scale = exp(-a * gap)
    correction = scale / np.sqrt(TWO_PI * a) * (one + two / a)
    z = np.abs(eta) * np.sqrt(a)
    tail = scale * normal_mills(z)  # of the normal, on the side of x
    upper = select(x <= a, 1.0 - tail, tail) + correction
    lower = select(x <= a, tail, 1.0 - tail) - correction
    return np.asarray(select(x <= a + 1.0, lower, upper))
