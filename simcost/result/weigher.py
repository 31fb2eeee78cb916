"""What a weighted result needs to know of a row of outcomes, in NumPy.

Sums are made in pairs of halves (`simcost.result.pairwise`), one for each replicate. That order is
part of the result. The compiled machine has a weigher of its own that keeps it
(`simcost.machine.weigh`); the tests compare the two to the bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from simcost.result import tools
from simcost.result.pairwise import pairwise

Vector = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Brackets = Sequence[tuple[float, float]]


class Term(IntEnum):
    """What is summed of an outcome, times its weight."""

    NOTHING = 0
    VALUE = 1  # itself
    SQUARE = 2  # the square of its distance from a level
    EXCESS = 3  # its distance above a level
    UPTO = 4  # 1 where it is at most the level


class Near(NamedTuple):
    """The outcomes of a row between two numbers.

    Parameters
    ----------
    below : int64[R]
        Number of outcomes of each replicate up to the lower one.
    values : float64[m]
        Outcomes above the lower and up to the higher one, in their order.
    places : int64[m]
        Where each of these stands among the outcomes.
    """

    below: Counts
    values: Vector
    places: Counts


class Seen(NamedTuple):
    """What one pass over a row found.

    Parameters
    ----------
    sums : float64[R]
        The sum of terms of each replicate; 0 where none was asked for.
    nears : list of Near
        What lies in each bracket.
    """

    sums: Vector
    nears: list[Near]


class Weigher(Protocol):
    """Measurements of a row of outcomes; outcome i belongs to replicate ``i % R``."""

    def see(
        self,
        values: Vector,
        weights: Vector | None,
        replicates: int,
        term: Term,
        level: float = 0.0,
        brackets: Brackets = (),
    ) -> Seen:
        """Pass over a row once.

        Parameters
        ----------
        values : float64[n]
            Outcomes, all finite.
        weights : float64[n] or None
            Their weights; None where they all count alike.
        replicates : int
            Number R.
        term : Term
            What is summed.
        level : float
            What the terms are taken from.
        brackets : sequence of pairs of float
            Between which values outcomes are collected.
        """

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order; as `Tools.fingerprint`."""


class NumPyWeigher:
    """The weigher in NumPy."""

    def see(
        self,
        values: Vector,
        weights: Vector | None,
        replicates: int,
        term: Term,
        level: float = 0.0,
        brackets: Brackets = (),
    ) -> Seen:
        """Pass over a row, more than once."""
        return Seen(
            _sums(values, weights, replicates, term, level),
            [_near(values, low, high, replicates) for low, high in brackets],
        )

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order."""
        return tools.NUMPY.fingerprint(values)


def _sums(
    values: Vector, weights: Vector | None, replicates: int, term: Term, level: float
) -> Vector:
    if term is Term.NOTHING:
        return np.zeros(replicates)
    table = values.reshape(-1, replicates)
    shares = None if weights is None else weights.reshape(-1, replicates)

    def terms(first: int, last: int) -> Table:
        found = terms_of(term, table[first:last], level)
        return found if shares is None else found * shares[first:last]

    return pairwise(len(table), replicates, terms)


def terms_of(term: Term, values: Table, level: float) -> Table:
    """Return what is summed."""
    if term is Term.VALUE:
        return values
    if term is Term.SQUARE:
        return np.square(values - level)
    if term is Term.EXCESS:
        return np.maximum(values - level, 0.0)
    return (values <= level).astype(np.float64)


def _near(values: Vector, low: float, high: float, replicates: int) -> Near:
    upto = values <= low
    below = [np.count_nonzero(upto[first::replicates]) for first in range(replicates)]
    places = np.flatnonzero((values <= high) & ~upto)
    return Near(np.array(below, dtype=np.int64), values[places], places)


NUMPY = NumPyWeigher()
