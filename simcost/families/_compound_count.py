"""Counts as the transform method sees them: a generating function that can be tilted."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, expm1, inf, log, log1p, sqrt
from typing import Protocol

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.families._base import Vector

Complex = npt.NDArray[np.complex128]


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

    def log_pgf(self, log_m: float) -> float:
        """Log of E m**N; inf where it does not exist."""

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
        return exp(-self.mean), self.mean * exp(-self.mean)

    def least(self) -> int:
        """See `Count`."""
        return 0

    def log_pgf(self, log_m: float) -> float:
        """See `Count`."""
        return self.mean * _expm1(log_m)

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return PoissonCount(self.mean * exp(log_m))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        return np.exp(self.mean * (z - 1.0))

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
        rest = (self.n - 1) * log1p(-self.p)
        return exp(rest + log1p(-self.p)), self.n * self.p * exp(rest)

    def least(self) -> int:
        """See `Count`."""
        return self.n if self.p == 1.0 else 0

    def log_pgf(self, log_m: float) -> float:
        """See `Count`."""
        if self.p == 1.0:
            return self.n * log_m
        return self.n * log1p(self.p * _expm1(log_m))

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return BinomialCount(self.n, self.p / (self.p + (1.0 - self.p) * exp(-log_m)))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        return _power(1.0 + self.p * (z - 1.0), self.n)

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
        none = self.p**self.r
        return none, self.r * (1.0 - self.p) * none

    def least(self) -> int:
        """See `Count`."""
        return 0

    def log_pgf(self, log_m: float) -> float:
        """See `Count`."""
        # (1 - q m) / p, written so that it is exact near m = 1.
        base = -(1.0 - self.p) * _expm1(log_m) / self.p
        return -self.r * log1p(base) if base > -1.0 else inf

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        return NegativeBinomialCount(self.r, self.p - (1.0 - self.p) * _expm1(log_m))

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        return np.exp(-self.r * np.log1p((1.0 - self.p) / self.p * (1.0 - z)))

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
        return float(self._values @ self.probabilities)

    @property
    def sd(self) -> float:
        """Standard deviation of the list."""
        return sqrt(float((self._values - self.mean) ** 2 @ self.probabilities))

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

    def log_pgf(self, log_m: float) -> float:
        """See `Count`."""
        with np.errstate(divide="ignore"):
            exponents = self._values * log_m + np.log(self.probabilities)
        peak = float(exponents.max())
        return peak + log(float(np.exp(exponents - peak).sum()))

    def tilted(self, log_m: float) -> Count:
        """See `Count`."""
        exponents = self._values * log_m
        weights = self.probabilities * np.exp(exponents - exponents.max())
        return ListedCount(self.first, weights / weights.sum())

    def transform(self, z: Complex) -> Complex:
        """See `Count`."""
        # Where even the smallest power is nothing, so is the sum.
        out = np.zeros_like(z)
        near = np.abs(z) ** self.first > 1e-20
        inner = z[near]
        total = np.zeros_like(inner)
        for probability in self.probabilities[::-1]:
            total *= inner
            total += probability
        out[near] = total * _power(inner, self.first)
        return out

    def thinned(self, keep: float) -> Count:
        """See `Count`."""
        values, most = self._values, self.first + self.probabilities.size - 1
        kept = np.arange(most + 1, dtype=np.float64)
        out = np.zeros(most + 1)
        for value, probability in zip(values, self.probabilities, strict=True):
            k = kept[: int(value) + 1]
            ways = special.gammaln(value + 1) - special.gammaln(k + 1)
            ways -= special.gammaln(value - k + 1)
            ways += special.xlogy(k, keep) + special.xlog1py(value - k, -keep)
            out[: k.size] += probability * np.exp(ways)
        return ListedCount(0, out / out.sum())


def _power(z: Complex, n: int) -> Complex:
    if n <= 3:
        return np.asarray(z**n, dtype=np.complex128)
    with np.errstate(divide="ignore"):
        return np.asarray(np.exp(n * np.log(z)), dtype=np.complex128)


def _expm1(x: float) -> float:
    return expm1(x) if x < 700.0 else inf
