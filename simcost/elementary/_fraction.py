"""Continued fractions of the incomplete beta and gamma functions.

Both are ``1 / (b0 + a1 z / (b1 + a2 z / (b2 + …)))`` with coefficients that depend on the shapes
alone. How many terms it takes is found once for the shapes, where convergence is slowest, so a
value never depends on the values that are asked for beside it.

Source: DiDonato & Morris (1992), "Algorithm 708: significant digit computation of the incomplete
beta function ratios", ACM Transactions on Mathematical Software 18(3), 360-373 (BFRAC); its limit
for a large second shape; and DLMF 8.9.2 for the upper gamma function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simcost.elementary._bits import Vector
from simcost.elementary._swift import provided

MOST_TERMS = 200_000
EPSILON = 2.0**-54
# Coefficients of term m: a, and b = constant + slope * argument.
Term = Callable[[int], tuple[float, float, float]]


@dataclass(frozen=True, slots=True, eq=False)
class Fraction:
    """The denominator above, cut off where the rest does not matter.

    Parameters
    ----------
    terms : float64[3, n]
        Numerators, constants and slopes of terms 0, 1, 2, …; the first numerator is not used.
    power : int
        Power of the argument that the numerators are multiplied by, 0 or 2.
    """

    terms: Vector
    power: int

    def at(self, x: Vector) -> Vector:
        """Return the fraction at `x`, from its last term to its first."""
        known = provided("fraction")
        if known is not None:
            return np.asarray(known(x, self.terms, self.power))
        numerators, constants, slopes = self.terms.tolist()
        terms = zip(numerators[:0:-1], constants[-2::-1], slopes[-2::-1], strict=True)
        square = x * x if self.power else 1.0
        value = np.array(constants[-1] + slopes[-1] * x)
        term = np.empty_like(value)
        for numerator, constant, slope in terms:
            np.divide(square, value, out=value)
            value *= numerator
            np.multiply(x, slope, out=term)
            term += constant
            value += term
        return value


def _converged(term: Term, x: float, power: int) -> Fraction:
    """Return the fraction with the terms that it takes at `x` (Lentz's algorithm)."""
    terms = [term(0)]
    scale = x * x if power else 1.0
    above, below = terms[0][1] + terms[0][2] * x or 1e-300, 0.0
    while len(terms) < MOST_TERMS:
        terms.append(term(len(terms)))
        numerator, constant, slope = terms[-1]
        here = constant + slope * x
        below = 1.0 / (here + numerator * scale * below or 1e-300)
        above = here + numerator * scale / above or 1e-300
        if abs(above * below - 1.0) < EPSILON or numerator == 0.0:
            break
    return Fraction(np.array(terms).T.copy(), power)


@lru_cache(maxsize=256)
def of_beta(a: float, b: float) -> Fraction:
    """Return the fraction for x up to (a + 1) / (a + b + 2)."""

    def term(m: int) -> tuple[float, float, float]:
        slope = -(a + m) * (a + b + m) / (a + 2 * m + 1)
        if m == 0:
            return 0.0, a, slope
        width = a + 2 * m - 1
        share = m * (b - m) / width
        numerator = (a + m - 1) * ((a + b + m - 1) / width) * share
        return numerator, a + 2 * m, slope + share

    return _converged(term, (a + 1.0) / (a + b + 2.0), 2)


def gamma_split(a: float) -> float:
    """Return where the lower part gives way to the upper one; of small shapes little lies above."""
    return a + 1.0 if a >= 0.5 else 0.3 + 2.4 * a


@lru_cache(maxsize=256)
def of_lower_gamma(a: float) -> Fraction:
    """Return the fraction for x up to `gamma_split`."""

    def term(m: int) -> tuple[float, float, float]:
        slope = -(a + m) / (a + 2 * m + 1)
        if m == 0:
            return 0.0, a, slope
        width = a + 2 * m - 1
        return (a + m - 1) / width * (m / width), a + 2 * m, slope + m / width

    return _converged(term, gamma_split(a), 2)


@lru_cache(maxsize=256)
def of_upper_gamma(a: float) -> Fraction:
    """Return the fraction for x from `gamma_split` up."""

    def term(m: int) -> tuple[float, float, float]:
        return -m * (m - a), 2 * m + 1 - a, 1.0

    return _converged(term, gamma_split(a), 0)
