"""Monotone cubic interpolation (Fritsch & Butland 1984), and its exact inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcost.families._base import Vector


@dataclass(frozen=True, slots=True, eq=False)
class Monotone:
    """A rising curve through points: cubic between them, straight beyond.

    Parameters
    ----------
    s : float64[n]
        Strictly ascending.
    x : float64[n]
        Non-descending.
    slopes : float64[n]
        dx/ds at the points.
    """

    s: Vector
    x: Vector
    slopes: Vector

    @classmethod
    def through(cls, s: Vector, x: Vector, *, straight_ends: bool = False) -> Monotone:
        """Make the curve; `straight_ends` continues the outer chords instead of bending."""
        step = np.diff(s)
        chord = np.diff(x) / step
        slopes = np.empty_like(x)
        if s.size == 2 or straight_ends:
            slopes[0], slopes[-1] = chord[0], chord[-1]
        else:
            slopes[0] = _end(step[0], step[1], chord[0], chord[1])
            slopes[-1] = _end(step[-1], step[-2], chord[-1], chord[-2])
        left, right = chord[:-1], chord[1:]
        one, two = 2.0 * step[1:] + step[:-1], step[1:] + 2.0 * step[:-1]
        with np.errstate(divide="ignore", invalid="ignore"):
            inner = (one + two) / (one / left + two / right)
        slopes[1:-1] = np.where((left > 0.0) & (right > 0.0), inner, 0.0)
        return cls(s, x, slopes)

    def at(self, s: Vector) -> Vector:
        """Return x at `s`."""
        s = np.asarray(s, dtype=np.float64)
        cell = np.clip(np.searchsorted(self.s, s, side="right") - 1, 0, self.s.size - 2)
        step = self.s[cell + 1] - self.s[cell]
        inside = self._cubic(cell, np.clip((s - self.s[cell]) / step, 0.0, 1.0))
        below, above = np.minimum(s - self.s[0], 0.0), np.maximum(s - self.s[-1], 0.0)
        with np.errstate(invalid="ignore"):
            return (
                inside
                + np.where(below < 0.0, below * self.slopes[0], 0.0)
                + np.where(above > 0.0, above * self.slopes[-1], 0.0)
            )

    def inverse(self, x: Vector) -> Vector:
        """Return the largest s with at(s) <= x, by bisection inside the right cell."""
        x = np.asarray(x, dtype=np.float64)
        cell = np.clip(np.searchsorted(self.x, x, side="right") - 1, 0, self.s.size - 2)
        low, high = np.zeros(x.shape), np.ones(x.shape)
        for _ in range(54):
            middle = 0.5 * (low + high)
            over = self._cubic(cell, middle) > x
            high = np.where(over, middle, high)
            low = np.where(over, low, middle)
        inside = self.s[cell] + low * (self.s[cell + 1] - self.s[cell])
        inside = np.where(x >= self.x[-1], self.s[-1], inside)
        below, above = np.minimum(x - self.x[0], 0.0), np.maximum(x - self.x[-1], 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            inside = np.where(below < 0.0, self.s[0] + below / self.slopes[0], inside)
            return np.where(above > 0.0, self.s[-1] + above / self.slopes[-1], inside)

    def _cubic(self, cell: np.typing.NDArray[np.intp], t: Vector) -> Vector:
        step = self.s[cell + 1] - self.s[cell]
        left, right = self.x[cell], self.x[cell + 1]
        rise = right - left
        start, end = self.slopes[cell] * step, self.slopes[cell + 1] * step
        bend = t * (1.0 - t) * ((start - rise) * (1.0 - t) - (end - rise) * t)
        # From the nearer end, so that the points themselves are met exactly.
        line = np.where(t < 0.5, left + rise * t, right - rise * (1.0 - t))
        return np.clip(line + bend, left, right)


def _end(near: float, far: float, chord: float, next_chord: float) -> float:
    slope = ((2.0 * near + far) * chord - near * next_chord) / (near + far)
    if slope <= 0.0:
        return 0.0
    return float(min(slope, 3.0 * chord))
