"""Counts as the transform method sees them: a generating function that can be tilted."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from math import inf, sqrt
from types import SimpleNamespace
from typing import Any, Protocol

import numpy as np

from simcost import elementary
from simcost.elementary import Complex
from simcost.families._base import Vector


class _Functions(Protocol):
    """Where `exp` and others are taken from: `math`, or `ELEMENTARY` for bits that are kept."""

    exp: Callable[[float], float]
    expm1: Callable[[float], float]
    log: Callable[[float], float]
    log1p: Callable[[float], float]


def _scalar(function: Callable[[Any], Any]) -> Callable[[float], float]:
    return lambda x: float(function(x))


# The same bits everywhere, at a hundred times the cost for one number.
ELEMENTARY: Any = SimpleNamespace(
    exp=_scalar(elementary.exp),
    expm1=_scalar(elementary.expm1),
    log=_scalar(elementary.log),
    log1p=_scalar(elementary.log1p),
)
ROUGH: Any = math
_exp, _log1p, _log_kept = ELEMENTARY.exp, ELEMENTARY.log1p, ELEMENTARY.log


class Count(Protocol):
    """Number of losses N. All immutable."""

    @property
    def mean(self) -> float:
        """E N."""

    @property
    def sd(self) -> float:
        """Standard deviation of N."""

    def start(self) -> tuple[float, float]:
        """P(N = 0) and P(N = 1)."""

    def least(self) -> int:
        """Smallest N with positive probability."""

    def log_pgf(self, log_m: float, of: _Functions = ROUGH) -> float:
        """Log of E m**N; inf where it does not exist.

        Searches ask for it thousands of times, with functions whose last bits do not matter.
        """

    def tilted(self, log_m: float) -> Count:
        """Law with probabilities proportional to P(N = n) m**n."""

    def transform(self, z: Complex) -> Complex:
        """E z**N for complex z of modulus 1 or less."""

    def thinned(self, keep: float) -> Count:
        """Law of how many remain when each is kept with probability `keep`."""


@dataclass(frozen=True, slots=True)
class PoissonCount:
    """Poisson with mean `mean`."""

    mean: float

    @property
    def sd(self) -> float:
        """Square root of the mean."""
        return sqrt(self.mean)

    def start(self) -> tuple[float, float]:
        """See `Count`."""
        none = _exp(-self.mean)
        return none, self.mean * none

    def least(self) -> int:
        """See `Count`."""
        return 0

    def log_pgf(self, log_m: float, of: _Functions = ROUGH) -> float:
        """See `Count`."""
        return self.mean * _expm1(log_m, of)

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return PoissonCount(self.mean * _exp(log_m))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        return ((z - 1.0) * self.mean).exp()

    def thinned(self, keep: float) -> Count:
        """See `Count`."""
        return PoissonCount(self.mean * keep)


@dataclass(frozen=True, slots=True)
class BinomialCount:
    """Binomial; ``p = 1`` is a fixed number."""

    n: int
    p: float

    @property
    def mean(self) -> float:
        """Mean n p."""
        return self.n * self.p

    @property
    def sd(self) -> float:
        """Root of n p (1 - p)."""
        return sqrt(self.n * self.p * (1.0 - self.p))

    def start(self) -> tuple[float, float]:
        """See `Count`."""
        if self.p == 1.0:
            return float(self.n == 0), float(self.n == 1)
        fails = _log1p(-self.p)
        return _exp(self.n * fails), self.n * self.p * _exp((self.n - 1) * fails)

    def least(self) -> int:
        """See `Count`."""
        return self.n if self.p == 1.0 else 0

    def log_pgf(self, log_m: float, of: _Functions = ROUGH) -> float:
        """See `Count`."""
        if self.p == 1.0:
            return self.n * log_m
        return self.n * of.log1p(self.p * _expm1(log_m, of))

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return BinomialCount(self.n, self.p / (self.p + (1.0 - self.p) * _exp(-log_m)))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        return ((z - 1.0) * self.p + 1.0) ** self.n

    def thinned(self, keep: float) -> Count:
        """See `Count`."""
        return BinomialCount(self.n, self.p * keep)


@dataclass(frozen=True, slots=True)
class NegativeBinomialCount:
    """Failures before the `r`-th success of chance `p`; `r` need not be whole."""

    r: float
    p: float

    @property
    def mean(self) -> float:
        """Mean r (1 - p) / p."""
        return self.r * (1.0 - self.p) / self.p

    @property
    def sd(self) -> float:
        """Root of r (1 - p) / p**2."""
        return sqrt(self.r * (1.0 - self.p)) / self.p

    def start(self) -> tuple[float, float]:
        """See `Count`."""
        none = float(elementary.power(self.p, self.r))
        return none, self.r * (1.0 - self.p) * none

    def least(self) -> int:
        """See `Count`."""
        return 0

    def log_pgf(self, log_m: float, of: _Functions = ROUGH) -> float:
        """See `Count`."""
        # (1 - q m) / p, written so that it is exact near m = 1.
        base = -(1.0 - self.p) * _expm1(log_m, of) / self.p
        return -self.r * of.log1p(base) if base > -1.0 else inf

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return NegativeBinomialCount(self.r, self.p - (1.0 - self.p) * _expm1(log_m, ELEMENTARY))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        odds = (1.0 - self.p) / self.p
        return ((z * -odds + (1.0 + odds)).log() * -self.r).exp()

    def thinned(self, keep: float) -> Count:
        """See `Count`."""
        odds = (1.0 - self.p) / self.p * keep
        return NegativeBinomialCount(self.r, 1.0 / (1.0 + odds))


@dataclass(frozen=True, slots=True, eq=False)
class ListedCount:
    """Any law on 0, 1, 2, …, as a list of probabilities starting at `first`."""

    first: int
    probabilities: Vector

    @property
    def _values(self) -> Vector:
        return self.first + np.arange(self.probabilities.size, dtype=np.float64)

    @property
    def mean(self) -> float:
        """Mean of the list."""
        return elementary.dot(self._values, self.probabilities)

    @property
    def sd(self) -> float:
        """Standard deviation of the list."""
        return sqrt(elementary.dot((self._values - self.mean) ** 2, self.probabilities))

    def start(self) -> tuple[float, float]:
        """See `Count`."""
        none, one = (
            float(self.probabilities[n - self.first])
            if 0 <= n - self.first < self.probabilities.size
            else 0.0
            for n in (0, 1)
        )
        return none, one

    def least(self) -> int:
        """See `Count`."""
        return self.first

    def log_pgf(self, log_m: float, of: _Functions = ROUGH) -> float:
        """See `Count`."""
        with np.errstate(divide="ignore"):
            exponents = self._values * log_m + elementary.log(self.probabilities)
        peak = float(exponents.max())
        return peak + of.log(float(np.cumsum(elementary.exp(exponents - peak))[-1]))

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        exponents = self._values * log_m
        weights = self.probabilities * elementary.exp(exponents - exponents.max())
        return ListedCount(self.first, weights / elementary.total(weights))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        # Where even the smallest power is nothing, so is the sum.
        re, im = np.zeros_like(z.re), np.zeros_like(z.im)
        near = self.first * elementary.log(np.maximum(z.size(), 1e-300)) > -46.0
        inner = z[near]
        total = Complex(np.zeros_like(inner.re), np.zeros_like(inner.im))
        for probability in self.probabilities[::-1].tolist():
            total = total * inner + probability
        total = total * inner**self.first
        re[near], im[near] = total.re, total.im
        return Complex(re, im)

    def thinned(self, keep: float) -> Count:
        """See `Count`."""
        values, most = self._values, self.first + self.probabilities.size - 1
        kept = np.arange(most + 1, dtype=np.float64)
        out = np.zeros(most + 1)
        factorials = elementary.gammaln(kept + 1.0)
        stay, go = _log_kept(keep), _log1p(-keep)
        for value, probability in zip(values, self.probabilities, strict=True):
            k = kept[: int(value) + 1]
            ways = factorials[int(value)] - factorials[: k.size] - factorials[: k.size][::-1]
            out[: k.size] += probability * elementary.exp(ways + (k * stay + (value - k) * go))
        return ListedCount(0, out / elementary.total(out))


def _expm1(x: float, of: _Functions) -> float:
    return of.expm1(x) if x < 700.0 else inf
