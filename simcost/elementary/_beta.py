"""The incomplete beta function, both parts at once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Integers, Vector
from simcost.elementary._exponential import swift_fast_exp
from simcost.elementary._fraction import of_beta
from simcost.elementary._logarithm import log, swift_log
from simcost.elementary._stirling import TWO_PI, deviance, gammaln, stirling
from simcost.elementary._swift import provided

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
    parts = _compiled(a, b, x, y)
    if parts is not None:
        return parts[2]
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


@dataclass(frozen=True, slots=True, eq=False)
class Recipe:
    """What a compiled loop needs to know of a beta law with small shapes.

    Parameters
    ----------
    a, b : float
        Shapes.
    constant : float
        -log B(a, b).
    terms : float64[2, 3, n]
        Of the fractions of the lower and of the upper part.
    counts : int64[2]
        How many terms each has.
    """

    a: float
    b: float
    constant: float
    terms: Vector
    counts: Integers


@lru_cache(maxsize=256)
def recipe(a: float, b: float) -> Recipe:
    """Return the recipe for shapes."""
    fractions = of_beta(a, b).terms, of_beta(b, a).terms
    counts = np.array([terms.shape[1] for terms in fractions], dtype=np.int64)
    both = np.zeros((2, 3, counts.max()))
    for terms, place in zip(fractions, both, strict=True):
        place[:, : terms.shape[1]] = terms
    return Recipe(float(a), float(b), _constant(*sorted((a, b))), both, counts)


def _compiled(a: float, b: float, x: Vector, y: Vector) -> tuple[Vector, Vector, Vector] | None:
    """Return what the compiled loop finds of both parts and the front; None where there is none."""
    known = provided("beta_parts")
    if known is None or max(a, b) > SMALL:
        return None
    lower, upper, front = known(recipe(a, b), x, y)
    return lower, upper, front


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
    parts = _compiled(a, b, x, y)
    if parts is not None:
        return parts
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
