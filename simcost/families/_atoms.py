"""Laws that sit on listed values: a table with exact, monotone look-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcost import elementary
from simcost.families._base import Atoms, Vector

LIMIT = 200_000  # values; beyond it a continuous family is as good and much smaller


@dataclass(frozen=True, slots=True, eq=False)
class AtomTable:
    """Values with the probability up to each and beyond each.

    Parameters
    ----------
    values : float64[n]
        Strictly ascending.
    below : float64[n]
        P(X <= value), non-decreasing, 1 at the end.
    above : float64[n]
        P(X > value), 0 at the end. The two agree on which values lie below one half, so that
        the quantile function is monotone across it.
    """

    values: Vector
    below: Vector
    above: Vector

    @classmethod
    def from_tails(cls, values: Vector, below: Vector, above: Vector) -> AtomTable:
        """Make a table from P(X <= value) and P(X > value), each accurate where it is small."""
        low = below <= 0.5
        below = np.where(low, below, 1.0 - above)
        above = np.where(low, 1.0 - below, above)
        below[-1], above[-1] = 1.0, 0.0
        for array in (values, below, above):
            array.flags.writeable = False
        return cls(values, below, above)

    @classmethod
    def from_weights(cls, values: Vector, weights: Vector) -> AtomTable:
        """Make a table from ascending values and positive weights of any sum."""
        below = np.cumsum(weights)
        above = np.append(np.cumsum(weights[:0:-1])[::-1], 0.0)
        total = below[-1]
        return cls.from_tails(values + 0.0, below / total, above / total)

    def probabilities(self) -> Vector:
        """Return P(X = value), accurate in both tails."""
        upward = np.diff(self.below, prepend=0.0)
        downward = -np.diff(self.above, prepend=1.0)
        return np.where(self.below <= 0.5, upward, downward)

    def atoms(self) -> Atoms:
        """Return values and probabilities, leaving out values that never happen."""
        probabilities = self.probabilities()
        real = probabilities > 0.0
        return self.values[real], probabilities[real]

    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(X <= x) >= u}."""
        u = np.asarray(u, dtype=np.float64)
        return np.where(u <= 0.5, self._from_below(u), self._from_above(1.0 - u))

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(X > x) <= q}."""
        q = np.asarray(q, dtype=np.float64)
        return np.where(q < 0.5, self._from_above(q), self._from_below(1.0 - q))

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        return np.append(0.0, self.below)[self._rank(x)]

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        return np.append(1.0, self.above)[self._rank(x)]

    def mean_sd(self) -> tuple[float, float]:
        """Return mean and standard deviation."""
        values, probabilities = self.atoms()
        mean = elementary.dot(values, probabilities)
        return mean, float(np.sqrt(elementary.dot((values - mean) ** 2, probabilities)))

    def window(self, start: float, beyond: float, mass: float) -> AtomTable:
        """Return the law given that u lies between `start` and 1 - `beyond`, `mass` apart."""
        below = np.clip((self.below - start) / mass, 0.0, 1.0)
        above = np.clip((self.above - beyond) / mass, 0.0, 1.0)
        # A band that ends where an atom does must not touch the next one by a rounding error.
        inside = np.flatnonzero((below > 1e-14) & (np.append(1.0, above[:-1]) > 1e-14))
        return AtomTable.from_tails(self.values[inside], below[inside], above[inside])

    def _rank(self, x: Vector) -> np.typing.NDArray[np.intp]:
        return np.searchsorted(self.values, np.asarray(x, dtype=np.float64), side="right")

    def _from_below(self, u: Vector) -> Vector:
        at = np.searchsorted(self.below, u, side="left")
        return self.values[np.minimum(at, len(self.values) - 1)]

    def _from_above(self, q: Vector) -> Vector:
        at = np.searchsorted(-self.above, -q, side="left")
        return self.values[np.minimum(at, len(self.values) - 1)]
