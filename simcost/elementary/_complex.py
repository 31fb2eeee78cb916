"""Complex numbers as two arrays: libraries multiply complex ones with or without fusing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.elementary._arcs import asin
from simcost.elementary._bits import Vector
from simcost.elementary._exponential import fast_exp
from simcost.elementary._logarithm import finite_log
from simcost.elementary._trigonometric import cos, sin

Real = float | Vector


@dataclass(frozen=True, slots=True, eq=False)
class Complex:
    """Real and imaginary parts, float64 arrays of one shape."""

    re: Vector
    im: Vector

    def __add__(self, other: Complex | Real) -> Complex:
        """Return the sum."""
        if isinstance(other, Complex):
            return Complex(self.re + other.re, self.im + other.im)
        return Complex(self.re + other, self.im)

    def __sub__(self, other: Complex | Real) -> Complex:
        """Return the difference."""
        if isinstance(other, Complex):
            return Complex(self.re - other.re, self.im - other.im)
        return Complex(self.re - other, self.im)

    def __mul__(self, other: Complex | Real) -> Complex:
        """Return the product."""
        if isinstance(other, Complex):
            return self.times(other)
        return Complex(self.re * other, self.im * other)

    def times(self, other: Complex) -> Complex:
        """Return the product."""
        re = self.re * other.re - self.im * other.im
        return Complex(re, self.re * other.im + self.im * other.re)

    def __truediv__(self, other: Complex) -> Complex:
        """Return the quotient; nothing is scaled against overflow."""
        size = other.re * other.re + other.im * other.im
        return self * Complex(other.re / size, -other.im / size)

    def __pow__(self, power: int) -> Complex:
        """Return a whole power, 0 or more, by squaring."""
        result: Complex = Complex(np.ones_like(self.re), np.zeros_like(self.im))
        base: Complex = self
        for bit in reversed(f"{power:b}"):
            if bit == "1":
                result = result.times(base)
            base = base.times(base)
        return result

    def __getitem__(self, chosen: slice | npt.NDArray[np.bool_]) -> Complex:
        """Return some of the numbers."""
        return Complex(self.re[chosen], self.im[chosen])

    def size(self) -> Vector:
        """Return the moduli."""
        return np.sqrt(self.re * self.re + self.im * self.im)

    def exp(self) -> Complex:
        """Return e to the power of each."""
        size = np.asarray(fast_exp(self.re))
        wave = turned(self.im)
        return Complex(wave.re * size, wave.im * size)

    def log(self) -> Complex:
        """Return the logarithm, for positive real parts."""
        size = self.size()
        return Complex(np.asarray(finite_log(size)), np.asarray(asin(self.im / size)))


def turned(angle: Vector) -> Complex:
    """Return exp(i angle)."""
    return Complex(np.asarray(cos(angle)), np.asarray(sin(angle)))


def steps(angle: float, count: int) -> Complex:
    """Return exp(i k angle) for k = 0 … count - 1, from some 2 sqrt(count) sines.

    Parameters
    ----------
    angle : float
        The error is that of rounding it, times k.
    count : int
    """
    block = 1 << ((count - 1).bit_length() + 1) // 2
    near = turned(np.asarray(angle * np.arange(block), np.float64))
    far = turned(np.asarray(angle * (block * np.arange(-(-count // block))), np.float64))
    column = Complex(far.re[:, None], far.im[:, None])
    every = column * near
    return Complex(every.re.ravel()[:count], every.im.ravel()[:count])
