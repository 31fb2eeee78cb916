"""One output whose outcomes carry weights, as estimators see it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.threads import each
from simcost.result.weigher import NUMPY, Brackets, Term, Weigher
from simcost.result.weighted_row import make_row
from simcost.result.window import Side, Window

Vector = npt.NDArray[np.float64]

SAME = 1e-12  # of all weight; sums of weights are no closer to what they should be
_PILOTS = 1 << 10, 1 << 13  # fewest and most outcomes that say where to look for a percentile
_OF_ALL = 32  # a pilot is one in so many outcomes
_MARGIN = 1.5  # standard errors of a random pilot's shares; four times as many where that misses


class Column:
    """One output.

    Parameters
    ----------
    name, unit : str
        The output and its unit.
    rows : sequence of pairs of float64[n]
        Its values in the patterns that share them, and the weight of these patterns together.
        Over the rows the weights of an outcome add up to 1.
    replicates : int
        Number R of replicates, which divides n.
    confidence : float
        Level of the intervals.
    tail_index : float
        Upper tail index known from the model.
    weigher : Weigher
        What measures the outcomes.
    """

    def __init__(
        self,
        name: str,
        unit: str,
        rows: Sequence[tuple[Vector, Vector]],
        replicates: int,
        confidence: float,
        tail_index: float,
        weigher: Weigher = NUMPY,
    ) -> None:
        self.name, self.unit, self.replicates = name, unit, replicates
        self.confidence, self.tail_index = confidence, tail_index
        self.count = len(rows[0][0])
        self.size = self.count // replicates
        self.rows = [make_row(values, weights, replicates, weigher) for values, weights in rows]
        self.constant = not any(values.strides[0] for values, _ in rows)
        self._windows: list[Window] = []
        self._shares: dict[float, Vector] = {}

    @cached_property
    def replicate_means(self) -> Vector:
        """Mean of each replicate, float64[R]."""
        return self.total(Term.VALUE) / self.size

    @cached_property
    def mean(self) -> float:
        """Mean of all."""
        return float(np.mean(self.replicate_means))

    @cached_property
    def replicate_spreads(self) -> Vector:
        """Mean square deviation from the mean of all, of each replicate, float64[R]."""
        return self.total(Term.SQUARE, self.mean) / self.size

    @cached_property
    def indicator(self) -> bool:
        """Whether it says yes (1) or no (0)."""
        low, high = min(row.low for row in self.rows), max(row.high for row in self.rows)
        if self.unit or low < 0.0 or high > 1.0:
            return False
        binary = all(row.binary for row in self.rows)
        return binary and (low < high or self.name == "succeeded")

    def total(self, term: Term, level: float = 0.0) -> Vector:
        """Return the weighted sum of terms, of each replicate, float64[R]."""
        return np.asarray(sum(row.sum(term, level) for row in self.rows))

    def excess(self, level: float) -> Vector:
        """Return the mean distance above a level in each replicate, float64[R]."""
        figures = self.count * len(self.rows)
        parts = each(lambda row: row.sum(Term.EXCESS, level), self.rows, figures)
        return np.asarray(sum(parts)) / self.size

    def at_most(self, value: float) -> Vector:
        """Return the share of each replicate at or below a value, float64[R]."""
        if value not in self._shares:
            around = [w for w in self._windows if w.low <= value <= w.high]
            nears = around[0].nears if around else [None] * len(self.rows)
            mass = sum(row.mass(value, near) for row, near in zip(self.rows, nears, strict=True))
            self._shares[value] = np.minimum(mass / self.size, 1.0)
        return self._shares[value]

    def mass_at(self, value: float) -> float:
        """Return the share of all that equals a value."""
        below = self.at_most(float(np.nextafter(value, -np.inf)))
        return float(np.mean(self.at_most(value) - below))

    def above(self, value: float) -> tuple[Vector, Vector]:
        """Return all values above one, and their weights."""
        values, weights = zip(*(row.above(value) for row in self.rows), strict=True)
        return np.concatenate(values), np.concatenate(weights)

    def look_for(self, shares: Sequence[float]) -> None:
        """Look around several shares at once, where nobody has looked yet.

        Whoever asks for several will ask for the spread too, which is found on the way.
        """
        wanted = [share for share in shares if self._found(share * self.count, "left") is None]
        if wanted:
            centre = None if "replicate_spreads" in vars(self) else self.mean
            self._look([self._bounds(share, _MARGIN) for share in wanted], centre)

    def at(self, share: float, *, above: bool = False) -> float:
        """Return the smallest value with this share at or below it (or more than that).

        The pilot says between which values to look; what is found there is exact.
        """
        mass = self.count * (share + SAME if above else share - SAME)
        side: Side = "right" if above else "left"
        margin = _MARGIN
        while (found := self._found(mass, side)) is None:
            self._look([self._bounds(share, margin)])
            margin *= 4.0
        return found + 0.0  # which of two equal zeros must not show

    def _found(self, mass: float, side: Side) -> float | None:
        for window in self._windows:
            if (found := window.find(mass, side)) is not None:
                return found
        return None

    def _look(self, brackets: Brackets, centre: float | None = None) -> None:
        """Collect what lies in a few brackets."""
        by_row = [row.near(brackets, centre) for row in self.rows]
        for (low, high), *nears in zip(brackets, *by_row, strict=True):
            pairs = list(zip(self.rows, nears, strict=True))
            start = sum(float(row.mass(low, near).sum()) for row, near in pairs)
            weights = np.concatenate([row.weigh(near) for row, near in pairs])
            self._windows.append(Window(low, high, start, nears, weights))

    def _bounds(self, share: float, margin: float) -> tuple[float, float]:
        """Return two values between which a percentile lies, as far as the pilot can tell."""
        values, shares = self._pilot
        size = len(values)
        reach = margin * (math.sqrt(share * (1.0 - share) / size) + 1.0 / size)
        first, last = np.searchsorted(shares, [share - reach, share + reach]).tolist()
        # just below it: it may be an atom, whose first and last shares enclose the percentile
        low = np.nextafter(values[first - 1], -np.inf) if first else -math.inf
        return float(low), float(values[last]) if last < size else math.inf

    @cached_property
    def _pilot(self) -> tuple[Vector, Vector]:
        """The values of the first outcomes, ascending, and the share up to each of them."""
        size = min(max(self.count // _OF_ALL, _PILOTS[0]), _PILOTS[1])
        parts = [row.first(size // self.replicates) for row in self.rows]
        values, weights = map(np.concatenate, zip(*parts, strict=True))
        order = np.argsort(values)
        return values[order], np.cumsum(weights[order]) / self.count
