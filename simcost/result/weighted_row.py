"""Values of an output in some patterns of the gates, with their weights."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.source import leaf_slices
from simcost.result.weigher import Brackets, Near, Seen, Term, Weigher, terms_of

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """A row in which all outcomes are the same.

    Parameters
    ----------
    value : float
        What they all are.
    totals : float64[R]
        The weight of each replicate.
    """

    value: float
    totals: Vector
    constant = True

    @property
    def low(self) -> float:
        """The smallest value."""
        return self.value

    @property
    def high(self) -> float:
        """The largest value."""
        return self.value

    @property
    def binary(self) -> bool:
        """Whether there are only zeros and ones."""
        return self.value in {0.0, 1.0}

    def sum(self, term: Term, level: float = 0.0) -> Vector:
        """Return the weighted sum of terms, of each replicate, float64[R]."""
        return np.asarray(
            terms_of(term, np.full_like(self.totals, self.value), level) * self.totals
        )

    def near(self, brackets: Brackets, centre: float | None = None) -> list[Near]:
        """Return every replicate's value where it lies in a bracket."""
        found = []
        for low, high in brackets:
            places = np.arange(len(self.totals) if low < self.value <= high else 0)
            below = np.full(len(self.totals), int(self.value <= low), dtype=np.int64)
            found.append(Near(below, np.full(len(places), self.value), places))
        return found

    def mass(self, value: float, near: Near | None = None) -> Vector:
        """Return the weight at or below a value, of each replicate, float64[R]."""
        return self.sum(Term.UPTO, value)

    def weigh(self, near: Near) -> Vector:
        """Return the weights of what lies in a bracket."""
        return self.totals[near.places]

    def first(self, count: int) -> tuple[Vector, Vector]:
        """Return a value for every replicate, with all its weight."""
        return np.full(len(self.totals), self.value), self.totals

    def above(self, value: float) -> tuple[Vector, Vector]:
        """Return the values above one, and their weights."""
        chosen = slice(None if self.value > value else 0)
        return np.full(len(self.totals), self.value)[chosen], self.totals[chosen]

    def largest_square(self) -> float:
        """Return 0: the weight is that of all outcomes."""
        return 0.0


class Row:
    """Values that differ, in the order of the outcomes; none of them is copied.

    Parameters
    ----------
    values : float64[n]
        Outcome k belongs to replicate ``k % R``.
    weights : float64[n] or None
        Their weights; None where they are all `weight`.
    weight : float
        The one weight of every value.
    ends : tuple of float
        The smallest and the largest value.
    replicates : int
        Number R.
    weigher : Weigher
        What measures them.
    """

    constant = False

    def __init__(
        self,
        values: Vector,
        weights: Vector | None,
        weight: float,
        ends: tuple[float, float],
        replicates: int,
        weigher: Weigher,
    ) -> None:
        self.values, self.weights, self.weight = values, weights, weight
        (self.low, self.high), self.replicates, self._weigher = ends, replicates, weigher
        self._sums: dict[tuple[Term, float], Vector] = {}

    @cached_property
    def binary(self) -> bool:
        """Whether there are only zeros and ones."""
        if not (self.low == 0.0 and self.high == 1.0):
            return False
        parts = (self.values[piece] for piece in leaf_slices(len(self.values)))
        return all(((part == 0.0) | (part == 1.0)).all() for part in parts)

    def sum(self, term: Term, level: float = 0.0) -> Vector:
        """Return the weighted sum of terms, of each replicate, float64[R]."""
        found = self._sums.get((term, level))
        if found is None:
            found = self._see(term, level).sums
        return found * self.weight if self.weights is None else found

    def near(self, brackets: Brackets, centre: float | None = None) -> list[Near]:
        """Return what lies in each of a few pairs of values.

        The sum of squares about a centre is found on the way, if it will be asked for.
        """
        if centre is None:
            return self._see(Term.NOTHING, brackets=brackets).nears
        seen = self._see(Term.SQUARE, centre, brackets)
        self._sums[Term.SQUARE, centre] = seen.sums
        return seen.nears

    def _see(self, term: Term, level: float = 0.0, brackets: Brackets = ()) -> Seen:
        return self._weigher.see(self.values, self.weights, self.replicates, term, level, brackets)

    def mass(self, value: float, near: Near | None = None) -> Vector:
        """Return the weight at or below a value, of each replicate, float64[R].

        Parameters
        ----------
        value : float
            Any.
        near : Near or None
            What lies around it: where all weigh the same, nothing else need be counted.
        """
        if self.weights is not None:
            return self.sum(Term.UPTO, value)
        if near is None:
            counts = self.near([(value, value)])[0].below
        else:
            places = near.places[near.values <= value] % self.replicates
            counts = near.below + np.bincount(places, minlength=self.replicates)
        return np.asarray(counts * self.weight)

    def weigh(self, near: Near) -> Vector:
        """Return the weights of what lies in a bracket."""
        if self.weights is None:
            return np.broadcast_to(self.weight, near.places.shape)
        return self.weights[near.places]

    def first(self, count: int) -> tuple[Vector, Vector]:
        """Return the values of the first outcomes of every replicate, scaled up to all weight."""
        size = len(self.values) // self.replicates
        scale = size / min(count, size)
        values = self.values[: count * self.replicates]
        if self.weights is None:
            return values, np.broadcast_to(self.weight * scale, values.shape)
        return values, self.weights[: count * self.replicates] * scale

    def above(self, value: float) -> tuple[Vector, Vector]:
        """Return the values above one, and their weights, replicate by replicate."""
        (near,) = self.near([(value, np.inf)])
        order = np.argsort(near.places % self.replicates, kind="stable")
        return near.values[order], self.weigh(near)[order]

    def largest_square(self) -> float:
        """Return the largest weighted square of a single outcome."""
        if self.weights is None:
            return max(self.high**2, self.low**2) * self.weight
        return max(
            float((np.square(self.values[piece]) * self.weights[piece]).max())
            for piece in leaf_slices(len(self.values))
        )


def make_row(values: Vector, weights: Vector, replicates: int, weigher: Weigher) -> Row | Flat:
    """Return a row of float64[n]; an array without strides holds one number n times."""
    own = weights if weights.strides[0] else None
    if values.strides[0]:
        ends = float(values.min()), float(values.max())
        if ends[0] != ends[1]:
            return Row(values, own, float(weights[0]), ends, replicates, weigher)
    if own is None:
        totals = np.full(replicates, float(weights[0]) * (len(values) // replicates))
    else:
        totals = weigher.see(own, None, replicates, Term.VALUE).sums
    return Flat(float(values[0]), totals)
