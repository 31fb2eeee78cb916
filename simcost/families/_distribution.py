"""A law of one number, and a family with its parameters bound. All immutable."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from simcost.families._base import Atoms, Family, Vector
from simcost.families._invert import inverse_survival
from simcost.families._moments import mean_sd
from simcost.families._text import brief


class Distribution(ABC):
    """The law of one number.

    Subclasses give `family`, `params`, `key`, `quantile`, `cdf` and `support`; the rest has
    defaults. Two distributions are equal when their keys are.
    """

    __slots__ = ()

    @property
    @abstractmethod
    def family(self) -> str:
        """Name of the family or wrapper."""

    @property
    @abstractmethod
    def params(self) -> tuple[Any, ...]:
        """Canonical parameters: floats, or distributions inside this one."""

    @property
    @abstractmethod
    def key(self) -> str:
        """Canonical text, ``lognormal(mu=1.0,sigma=0.5)``; the same text means the same law."""

    @abstractmethod
    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(X <= x) >= u}, element by element, for u in (0, 1)."""

    @abstractmethod
    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x), element by element."""

    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Return the smallest interval that holds all of it; ends may be infinite."""

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x), element by element."""
        return 1.0 - self.cdf(x)

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(X > x) <= q}: the quantile function for upper tail probabilities."""
        return inverse_survival(self.sf, q, *self.support())

    def slopes(self, x: Vector) -> tuple[Vector, Vector] | None:
        """Return the density f and f'/f at `x`, None where they are not known."""
        return None

    def mean(self) -> float:
        """Return the mean: inf where infinite, nan where undefined."""
        return mean_sd(self)[0]

    def sd(self) -> float:
        """Return the standard deviation: inf where infinite, nan where undefined."""
        return mean_sd(self)[1]

    def tail_index(self) -> float:
        """Return xi of the heavier tail: 0 when light, 1/alpha for a Pareto.

        The mean is finite below 1, the standard deviation below 1/2.
        """
        return 0.0

    def kinks(self) -> tuple[float, ...]:
        """Return the u, ascending, at which the quantile function is not smooth."""
        return ()

    def atoms(self) -> Atoms | None:
        """Return values (ascending) and probabilities of a discrete law, None for others."""
        return None

    @property
    def discrete(self) -> bool:
        """Whether `atoms` lists the whole law."""
        return False

    @property
    def costly(self) -> bool:
        """Whether quantiles take much longer than probabilities."""
        return False

    @property
    def prompt(self) -> bool:
        """Whether quantiles, even so, take about as long as probabilities."""
        return False

    def describe(self) -> str:
        """Return a phrase for people, ``lognormal with median 2.9, gsd 1.46``."""
        return self.key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Distribution) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True, eq=False)
class Bound(Distribution):
    """A family with its parameters.

    Parameters
    ----------
    record : Family
        The family; one whose callables are all there.
    params : tuple of float
        Canonical parameters, in the order of ``record.parameters``; taken as legal.
    """

    record: Family
    params: tuple[float, ...]

    @property
    def family(self) -> str:
        """Name of the family."""
        return self.record.name

    @property
    def key(self) -> str:
        """Name and parameters, in full precision."""
        pairs = zip(self.record.parameters, self.params, strict=True)
        return f"{self.family}({','.join(f'{p.name}={value!r}' for p, value in pairs)})"

    def quantile(self, u: Vector) -> Vector:
        """Return the family's quantile function at `u`."""
        return self._call(self.record.quantile, u)

    def cdf(self, x: Vector) -> Vector:
        """Return the family's distribution function at `x`."""
        return self._call(self.record.cdf, x)

    def sf(self, x: Vector) -> Vector:
        """Return the family's survival function at `x`."""
        return 1.0 - self.cdf(x) if self.record.sf is None else self._call(self.record.sf, x)

    def isf(self, q: Vector) -> Vector:
        """Return the family's inverse survival function at `q`."""
        if self.record.isf is None:
            return inverse_survival(self.sf, q, *self.support())
        return self._call(self.record.isf, q)

    def slopes(self, x: Vector) -> tuple[Vector, Vector] | None:
        """Return the family's density and its logarithmic slope at `x`."""
        if self.record.density is None or self.record.log_slope is None:
            return None
        return self._call(self.record.density, x), self._call(self.record.log_slope, x)

    def support(self) -> tuple[float, float]:
        """Return the ends of the range."""
        return self.record.support(*self.params) if self.record.support else (-inf, inf)

    def mean(self) -> float:
        """Return the mean, in closed form where the family has one."""
        return self._mean_sd()[0]

    def sd(self) -> float:
        """Return the standard deviation, in closed form where the family has one."""
        return self._mean_sd()[1]

    def tail_index(self) -> float:
        """Return xi of the heavier tail."""
        return self.record.tail_index(*self.params) if self.record.tail_index else 0.0

    def kinks(self) -> tuple[float, ...]:
        """Return where the quantile function is not smooth."""
        return self.record.kinks(*self.params) if self.record.kinks else ()

    def atoms(self) -> Atoms | None:
        """Return values and probabilities of a discrete family."""
        return self.record.atoms(*self.params) if self.record.atoms else None

    @property
    def discrete(self) -> bool:
        """Whether the family is discrete."""
        return self.record.discrete

    @property
    def costly(self) -> bool:
        """Whether the family's quantile function is."""
        return self.record.costly

    @property
    def prompt(self) -> bool:
        """Whether the family's quantile function is."""
        return self.record.prompt

    def describe(self) -> str:
        """Return the family and its parameters to four digits."""
        if self.record.describe is not None:
            return self.record.describe(*self.params)
        pairs = zip(self.record.parameters, self.params, strict=True)
        words = (f"{p.name} {brief(value)}" for p, value in pairs if value != p.default)
        return f"{self.family} with {', '.join(words)}"

    def _call(self, function: Callable[..., Vector] | None, x: Vector) -> Vector:
        assert function is not None, f"{self.family} cannot be bound"
        return function(np.asarray(x, dtype=np.float64), *self.params)

    def _mean_sd(self) -> tuple[float, float]:
        if self.record.mean_sd is None:
            return mean_sd(self)
        return self.record.mean_sd(*self.params)


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Distribution):
    """A fixed number, as a distribution.

    Parameters
    ----------
    value : float
        Finite.
    """

    value: float

    @property
    def family(self) -> str:
        """The word that a model file uses."""
        return "value"

    @property
    def params(self) -> tuple[float]:
        """The number."""
        return (self.value,)

    @property
    def key(self) -> str:
        """``value(5.0)``."""
        return f"value({float(self.value)!r})"

    def quantile(self, u: Vector) -> Vector:
        """Return the number for every `u`."""
        return np.full(np.shape(u), self.value, dtype=np.float64)

    def isf(self, q: Vector) -> Vector:
        """Return the number for every `q`."""
        return self.quantile(q)

    def cdf(self, x: Vector) -> Vector:
        """Return 0 below the number and 1 from there on."""
        return np.where(np.asarray(x, dtype=np.float64) >= self.value, 1.0, 0.0)

    def support(self) -> tuple[float, float]:
        """Return the number twice."""
        return self.value, self.value

    def atoms(self) -> Atoms:
        """Return the number, with probability 1."""
        return np.array([self.value]), np.array([1.0])

    @property
    def discrete(self) -> bool:
        """Always true."""
        return True

    def describe(self) -> str:
        """Return ``fixed at 5``."""
        return f"fixed at {brief(self.value)}"
