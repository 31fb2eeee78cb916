"""Laws that are a list of values with probabilities, looked up in one table."""

from __future__ import annotations

from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Vector
from simcost.families._distribution import Distribution


class ListedLaw(Distribution):
    """A distribution whose whole law is its table of atoms; subclasses make the table."""

    __slots__ = ()
    _table: AtomTable

    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(X <= x) >= u}."""
        return self._table.quantile(u)

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(X > x) <= q}."""
        return self._table.isf(q)

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        return self._table.cdf(x)

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        return self._table.sf(x)

    def support(self) -> tuple[float, float]:
        """Return the least and the greatest value."""
        return float(self._table.values[0]), float(self._table.values[-1])

    def atoms(self) -> Atoms:
        """Return the values and how likely each is."""
        return self._table.atoms()

    @property
    def discrete(self) -> bool:
        """Always true."""
        return True
