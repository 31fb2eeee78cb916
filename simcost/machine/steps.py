"""Discrete quantile functions: cumulative edges and a guide table.

Values come out in the order of u (no alias table), so common random numbers, quasi-random
points and copulas act on discrete inputs as on any other.

Source: Chen & Asau (1974), "On generating random variates from an empirical distribution".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from simcost.machine.grid import FOLDED
from simcost.machine.program import Floats, Integers
from simcost.machine.refine import distinct

MOST_GUIDES = 1 << 20
LOWEST, HIGHEST = FOLDED.low, 1.0 - FOLDED.low
NEARBY = 64  # bit patterns


class DiscreteLaw(Protocol):
    """What steps are made of."""

    def quantile(self, u: Floats) -> Floats:
        """Generalised inverse distribution function."""

    def atoms(self) -> tuple[Floats, Floats] | None:
        """Values, ascending, and their probabilities."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A discrete quantile function.

    Parameters
    ----------
    edges : float64[k]
        Largest u at which each value is taken; the last is infinite.
    values : float64[k]
        Ascending.
    """

    edges: Floats
    values: Floats

    def guide(self) -> Integers:
        """Return for each of a power of two slices of u the first candidate."""
        size = min(1 << (2 * len(self.edges) - 1).bit_length(), MOST_GUIDES)
        return np.searchsorted(self.edges, np.arange(size) / size, side="left").astype(np.int64)


def discretise(law: DiscreteLaw) -> Steps | None:
    """Return a distribution's steps, or None if its atoms are not all it can yield.

    The edges are found by bisection of the quantile function itself, so that every double u
    gives the very value that the distribution gives.
    """
    atoms = law.atoms()
    if atoms is None:
        return None
    every = np.asarray(atoms[0], dtype=np.float64)
    values = distinct(every)
    ends = np.asarray(law.quantile(np.array([LOWEST, HIGHEST])), dtype=np.float64)
    values = values[(values >= ends[0]) & (values <= ends[1])]
    if not len(values) or values[0] != ends[0] or values[-1] != ends[1]:
        return None
    sums = np.cumsum(np.asarray(atoms[1], dtype=np.float64))
    edges = _edges(law, values[:-1], sums[np.searchsorted(every, values[:-1], side="right") - 1])
    taken = np.append(np.diff(edges, prepend=0.0) > 0.0, True)
    steps = Steps(np.append(edges, np.inf)[taken], values[taken])
    if not np.array_equal(law.quantile(edges[taken[:-1]]), steps.values[:-1]):
        return None
    return steps


def _edges(law: DiscreteLaw, values: Floats, guesses: Floats) -> Floats:
    """Largest u at which the quantile function is still at most each value.

    Doubles of one sign are ordered as their bit patterns, so halving those finds the very last.
    """
    # Nearly always next to the guess, the sum of the probabilities.
    near = np.clip(guesses, 2.0 * LOWEST, HIGHEST).view(np.int64)
    low, high = near - NEARBY, near + NEARBY
    sure = _at_most(law, low, values) & ~_at_most(law, high, values)
    low = np.where(sure, low, np.float64(LOWEST).view(np.int64))
    high = np.where(sure, high, np.float64(HIGHEST).view(np.int64))
    while len(values) and (high - low > 1).any():
        middle = (low + high) >> 1
        below = _at_most(law, middle, values)
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return low.view(np.float64)


def _at_most(law: DiscreteLaw, pattern: Integers, values: Floats) -> npt.NDArray[np.bool_]:
    """Return whether the quantile at each bit pattern is at most each value."""
    u = np.clip(pattern.view(np.float64), LOWEST, HIGHEST)
    found: npt.NDArray[np.bool_] = np.asarray(law.quantile(u)) <= values
    return found
