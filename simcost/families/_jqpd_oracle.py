"""J-QPD as published, for comparison only: Hadlock & Bickel (2017, 2019), literally.

Nothing here is shared with the family: where that rearranges formulas against cancellation, this
computes them as printed, in extended precision.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.families._base import Vector

Long = npt.NDArray[np.longdouble]


@dataclass(frozen=True, slots=True)
class _Shape:
    """What both published forms are made of (c, n, delta, lambda and the three anchors)."""

    c: Any
    n: Any
    delta: Any
    anchors: tuple[Any, Any, Any]
    smaller: Any

    @property
    def start(self) -> Any:
        """Anchor that the curve hangs on."""
        return self.anchors[1 - int(self.n)]


def _shape(alpha: float, anchors: Any) -> _Shape:
    c = np.longdouble(special.ndtri(1.0 - alpha) if alpha > 0.5 else -special.ndtri(alpha))
    low, middle, high = anchors
    smaller = min(middle - low, high - middle)
    n = np.sign(low + high - 2 * middle)
    if abs(low + high - 2 * middle) < 1e-16 * (high - low):
        n = np.longdouble(0)
    turn = np.arccosh(max(np.longdouble(1), (high - low) / (2 * smaller))) / c
    return _Shape(c, n, turn, (low, middle, high), smaller)


@dataclass(frozen=True, slots=True)
class _Published:
    """The four functions of a frozen `scipy.stats` distribution that comparisons use."""

    params: tuple[float, ...]

    def ppf(self, u: Any) -> Vector:
        """Return the quantile function."""
        return self._value(special.ndtri(np.asarray(u, dtype=np.float64)))

    def isf(self, q: Any) -> Vector:
        """Return the inverse survival function."""
        return self._value(-special.ndtri(np.asarray(q, dtype=np.float64)))

    def cdf(self, x: Any) -> Vector:
        """Return the distribution function."""
        return np.asarray(special.ndtr(self._score(x)), dtype=np.float64)

    def sf(self, x: Any) -> Vector:
        """Return the survival function."""
        return np.asarray(special.ndtr(-self._score(x)), dtype=np.float64)

    def mean(self) -> float:
        """Return the mean, by Gauss-Legendre panels over the normal score."""
        return self._moment(0.0, 1)

    def std(self) -> float:
        """Return the standard deviation, likewise."""
        return float(np.sqrt(self._moment(self.mean(), 2)))

    def _moment(self, centre: float, power: int) -> float:
        nodes, weights = np.polynomial.legendre.leggauss(40)
        z = (np.arange(-30.0, 30.0, 0.5)[:, None] + 0.25 * (nodes + 1.0)).ravel()
        density = np.exp(-0.5 * z * z) / np.sqrt(2.0 * np.pi) * 0.25
        values = (self._value(z) - centre) ** power * density
        return float((values.reshape(-1, nodes.size) @ weights).sum())

    def _mirror(self) -> _Published:
        alpha, x1, x2, x3, low, high = self.params
        return _Published((alpha, -x3, -x2, -x1, -high, -low))

    def _points(self) -> Long:
        return np.array(self.params[1:4], dtype=np.longdouble)

    def _bounded(self) -> bool:
        return isfinite(self.params[4]) and isfinite(self.params[5])

    def _probits(self) -> _Shape:
        low, high = self.params[4:]
        shares = np.asarray((self._points() - low) / (high - low), dtype=np.float64)
        return _shape(self.params[0], special.ndtri(shares).astype(np.longdouble))

    def _logs(self) -> _Shape:
        return _shape(self.params[0], np.log(self._points() - self.params[4]))

    def _value(self, z: Vector) -> Vector:
        low, high = self.params[4:]
        if low == -np.inf:
            return -self._mirror()._value(-z)
        z = np.asarray(z, dtype=np.longdouble)
        if self._bounded():
            s = self._probits()
            rise = s.anchors[2] - s.anchors[0]
            step = z / (2 * s.c)
            if s.n:
                step = np.sinh(s.delta * (z + s.n * s.c)) / np.sinh(2 * s.delta * s.c)
            score = np.asarray(s.start + rise * step, dtype=np.float64)
            above = high - (high - low) * special.ndtr(-score)
            below = low + (high - low) * special.ndtr(score)
            return np.asarray(np.where(score < 0, below, above), dtype=np.float64)
        s = self._logs()
        power = s.smaller / s.c * z
        if s.n:
            delta = np.sinh(s.delta * s.c) / s.c
            turned = np.arcsinh(delta * z) + np.arcsinh(s.n * s.c * delta)
            power = s.smaller / (delta * s.c) * np.sinh(turned)
        return np.asarray(low + np.exp(s.start + power), dtype=np.float64)

    def _score(self, x: Any) -> Vector:
        low, high = self.params[4:]
        x = np.asarray(x, dtype=np.longdouble)
        if low == -np.inf:
            return -self._mirror()._score(-x)
        if self._bounded():
            s = self._probits()
            below = special.ndtri(np.asarray((x - low) / (high - low), dtype=np.float64))
            above = -special.ndtri(np.asarray((high - x) / (high - low), dtype=np.float64))
            score = np.where(x - low < high - x, below, above)
            step = (score - s.start) / (s.anchors[2] - s.anchors[0])
            if not s.n:
                return np.asarray(2 * s.c * step, dtype=np.float64)
            turned = np.arcsinh(step * np.sinh(2 * s.delta * s.c))
            return np.asarray(turned / s.delta - s.n * s.c, dtype=np.float64)
        s = self._logs()
        power = np.log(x - low) - s.start
        if not s.n:
            return np.asarray(power * s.c / s.smaller, dtype=np.float64)
        delta = np.sinh(s.delta * s.c) / s.c
        turned = np.arcsinh(power * delta * s.c / s.smaller) - np.arcsinh(s.n * s.c * delta)
        return np.asarray(np.sinh(turned) / delta, dtype=np.float64)


def published(*params: float) -> Any:
    """Return the law with the family's parameters."""
    return _Published(params)
