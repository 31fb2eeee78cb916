"""A distribution scaled and shifted."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from simcost.errors import ParameterError
from simcost.families._base import Atoms, Vector
from simcost.families._distribution import Distribution
from simcost.families._text import brief, show


@dataclass(frozen=True, slots=True, eq=False)
class Affine(Distribution):
    """``scale * base + shift``.

    Parameters
    ----------
    base : Distribution
        Any distribution.
    scale : float
        Above 0, so that high u still means high value.
    shift : float
        Any number.

    Raises
    ------
    ParameterError
        For a scale that is not above 0.
    """

    base: Distribution
    scale: float = 1.0
    shift: float = 0.0

    def __post_init__(self) -> None:
        if not 0.0 < self.scale < inf:
            raise ParameterError(
                f"scale = {show(self.scale)} is not above 0",
                "Write a positive factor, such as scale = 0.8.",
                ("scale",),
            )
        if not isfinite(self.shift):
            raise ParameterError(
                f"shift = {show(self.shift)} is not a finite number", "Write one.", ("shift",)
            )

    @property
    def family(self) -> str:
        """Always ``affine``."""
        return "affine"

    @property
    def params(self) -> tuple[Distribution, float, float]:
        """Base, scale and shift."""
        return self.base, self.scale, self.shift

    @property
    def key(self) -> str:
        """``affine(normal(mean=5.0,sd=2.0),scale=2.0,shift=1.0)``."""
        shift = float(self.shift) + 0.0
        return f"affine({self.base.key},scale={float(self.scale)!r},shift={shift!r})"

    def quantile(self, u: Vector) -> Vector:
        """Return the quantile of the base, scaled and shifted."""
        return self.scale * self.base.quantile(u) + self.shift

    def isf(self, q: Vector) -> Vector:
        """Return the inverse survival function of the base, scaled and shifted."""
        return self.scale * self.base.isf(q) + self.shift

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        return self.base.cdf((np.asarray(x, dtype=np.float64) - self.shift) / self.scale)

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        return self.base.sf((np.asarray(x, dtype=np.float64) - self.shift) / self.scale)

    def slopes(self, x: Vector) -> tuple[Vector, Vector] | None:
        """Return those of the base, scaled and shifted."""
        slopes = self.base.slopes((np.asarray(x, dtype=np.float64) - self.shift) / self.scale)
        return None if slopes is None else (slopes[0] / self.scale, slopes[1] / self.scale)

    def support(self) -> tuple[float, float]:
        """Return the range of the base, scaled and shifted."""
        low, high = self.base.support()
        return self.scale * low + self.shift, self.scale * high + self.shift

    def mean(self) -> float:
        """Return the mean."""
        return self.scale * self.base.mean() + self.shift

    def sd(self) -> float:
        """Return the standard deviation."""
        return self.scale * self.base.sd()

    def tail_index(self) -> float:
        """Return that of the base."""
        return self.base.tail_index()

    def kinks(self) -> tuple[float, ...]:
        """Return those of the base."""
        return self.base.kinks()

    def atoms(self) -> Atoms | None:
        """Return those of the base, scaled and shifted."""
        atoms = self.base.atoms()
        return None if atoms is None else (self.scale * atoms[0] + self.shift, atoms[1])

    @property
    def discrete(self) -> bool:
        """Whether the base is discrete."""
        return self.base.discrete

    @property
    def costly(self) -> bool:
        """Whether the base is."""
        return self.base.costly

    @property
    def prompt(self) -> bool:
        """Whether the base is."""
        return self.base.prompt

    def describe(self) -> str:
        """Return the base and what is done to it."""
        factor = f" times {brief(self.scale)}" if self.scale != 1.0 else ""
        shift = f" plus {brief(self.shift)}" if self.shift else ""
        return f"{self.base.describe()},{factor}{shift}".rstrip(",")
