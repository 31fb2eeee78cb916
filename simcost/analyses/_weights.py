"""Weights on outcomes: the least change of a distribution that meets stated expectations.

Among all distributions on the drawn outcomes for which E h = m, the one with the smallest
Kullback-Leibler divergence from equal weights is w ∝ exp(λ · h). With h the indicator of Y > q
this is the stress of a percentile, with h = (1{Y > q}, (Y - q)1{Y > q}) that of a percentile and
the mean beyond it, with h = Y that of a mean: one solver for all of them.

References
----------
Csiszár (1975), Annals of Probability 3, 146. Pesenti, Millossovich & Tsanakas (2019), European
Journal of Operational Research 274, 654.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

STEPS = 200
HALVINGS = 60
TOLERANCE = 1e-11  # of the standardised expectations


class NoSolution(Exception):
    """No weights on these outcomes meet the expectations."""


@dataclass(frozen=True)
class Tilt:
    """Weights that meet stated expectations.

    Parameters
    ----------
    weights : float64[n]
        With mean 1.
    functions : float64[k, n]
        The h whose weighted means were stated.
    expectations : float64[k]
        What they were stated to be.
    coefficients : float64[k]
        The λ in w ∝ exp(λ · h), in the reciprocal unit of each h.
    """

    weights: Vector
    functions: Vector
    expectations: Vector
    coefficients: Vector

    @cached_property
    def divergence(self) -> float:
        """Kullback-Leibler divergence E[w log w], in nats."""
        w = self.weights
        return float(np.mean(w * np.log(np.where(w > 0.0, w, 1.0))))

    @cached_property
    def effective(self) -> float:
        """Effective sample size n / E[w²] (Kish 1965)."""
        return float(len(self.weights) / np.mean(self.weights**2))

    @property
    def largest_share(self) -> float:
        """Largest share of the total weight that one outcome holds."""
        return float(np.max(self.weights)) / len(self.weights)

    def mean(self, g: Vector) -> tuple[float, float]:
        """Return the weighted mean of `g`, float64[n], and its calibrated standard error."""
        value = float(np.mean(self.weights * g))
        return value, _error(self._residual(g, value))

    def change(self, g: Vector) -> tuple[float, float]:
        """Return how the weights change the mean of `g`, float64[n], and its standard error."""
        base, value = float(np.mean(g)), float(np.mean(self.weights * g))
        return value - base, _error(self._residual(g, value) - (g - base))

    def _residual(self, g: Vector, mean: float) -> Vector:
        """Return the influence of each outcome on the weighted mean of `g`.

        The weights are estimated from the same outcomes as the mean. What of g the constraint
        functions explain is known exactly, so only the residual of the weighted regression of g
        on them counts; leaving the regression out overstates the error, twice in some cases.
        """
        off = self.weights * (g - mean)
        slope = self._inverse @ np.array([_dot(h, off) for h in self._centred])
        for weight, h in zip(slope, self._weighted, strict=True):
            off -= weight * h
        return off

    @cached_property
    def _centred(self) -> Vector:
        return self.functions - self.expectations[:, None]

    @cached_property
    def _weighted(self) -> Vector:
        return self._centred * self.weights

    @cached_property
    def _inverse(self) -> Vector:
        scale = np.std(self._centred, axis=1)
        product = _products(self._weighted, self._centred) / np.outer(scale, scale)
        return np.asarray(np.linalg.pinv(product) / np.outer(scale, scale), dtype=np.float64)


def _dot(a: Vector, b: Vector) -> float:
    # Not `@`: a library's dot product has other bits on another number of threads.
    return float(np.einsum("i,i->", a, b))


def _products(a: Vector, b: Vector) -> Vector:
    return np.array([[_dot(x, y) for y in b] for x in a])


def _error(influence: Vector) -> float:
    return float(np.std(influence)) / math.sqrt(len(influence))


def tilt(functions: Vector, expectations: Vector) -> Tilt:
    """Return the weights of least divergence for which functions have stated means.

    Newton's method with halved steps on the convex dual log E exp(λ · (h - m)), of standardised
    functions. Its minimum is minus the divergence, and no weights on n outcomes diverge from equal
    ones by more than log n: a dual below that proves that there is no solution.

    Parameters
    ----------
    functions : float64[k, n]
        Values of h in the outcomes.
    expectations : float64[k]
        What their weighted means are to be.

    Returns
    -------
    Tilt

    Raises
    ------
    NoSolution
        When no weights do, or only those that put everything on a face of the outcomes.
    """
    spread = np.std(functions, axis=1)
    if np.any(spread == 0.0):
        raise NoSolution
    draws = functions.shape[1]
    scaled = (functions - expectations[:, None]) / spread[:, None]
    bound = -math.log(draws) - 1e-9
    point = np.zeros(len(expectations))
    value, weights = _dual(scaled, point)
    for _ in range(STEPS):
        gradient = np.array([_dot(f, weights) for f in scaled]) / draws
        if np.max(np.abs(gradient)) < TOLERANCE:
            return Tilt(weights, functions, np.asarray(expectations, float), point / spread)
        centred = scaled - gradient[:, None]
        curvature = _products(centred * weights, centred) / draws
        step = np.linalg.lstsq(curvature, -gradient, rcond=1e-13)[0]
        point, value, weights = _descend(scaled, point, value, step, float(gradient @ step))
        if value < bound:
            raise NoSolution
    raise NoSolution


def _descend(
    scaled: Vector, point: Vector, value: float, step: Vector, slope: float
) -> tuple[Vector, float, Vector]:
    """Return the dual's next point, its value and weights; half the step until it is lower."""
    size = 1.0
    for _ in range(HALVINGS):
        trial, weights = _dual(scaled, point + size * step)
        # Near the minimum the gain is lost in rounding; such a step is taken as it is.
        if trial <= value + 1e-4 * size * slope or abs(slope) < 1e-12:
            return point + size * step, trial, weights
        size /= 2
    raise NoSolution


def _dual(scaled: Vector, point: Vector) -> tuple[float, Vector]:
    """Return log E exp(λ · f) and the weights exp(λ · f) / E exp(λ · f)."""
    exponent = np.zeros(scaled.shape[1])
    for coefficient, f in zip(point, scaled, strict=True):
        exponent += coefficient * f
    top = float(np.max(exponent))
    weights = np.exp(exponent - top)
    mean = float(np.mean(weights))
    return top + math.log(mean), weights / mean
