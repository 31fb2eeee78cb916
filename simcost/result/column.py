"""One output whose outcomes carry weights, as estimators see it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from simcost.result.weighted_row import Row, make_row

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]
Function = Callable[[Matrix], Matrix]

SAME = 1e-12  # of all weight; sums of weights are no closer to what they should be
_PILOTS = 1 << 11, 1 << 14  # fewest and most outcomes that say where to look for a percentile
_OF_ALL = 32  # a pilot is one in so many outcomes
_MARGIN = 1.5  # standard errors of a random pilot's shares; four times as many where that misses


class Window:
    """The values between two numbers, ascending, with the weight up to each of them.

    Parameters
    ----------
    rows : sequence of Row
        Where they come from.
    low, high : float
        Values above `low` and up to `high`.
    """

    def __init__(self, rows: Sequence[Row], low: float, high: float) -> None:
        self.start = sum(float(row.mass(low).sum()) for row in rows)
        parts = [row.where((row.values > low) & (row.values <= high)) for row in rows]
        values, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.argsort(values)
        self.values = values[order]
        self.masses = self.start + np.cumsum(weights[order])
        self.all = low == -math.inf and high == math.inf

    def find(self, mass: float, side: Literal["left", "right"]) -> float | None:
        """Return the smallest value with that weight up to it, None if it is not in here."""
        place = int(np.searchsorted(self.masses, mass, side=side))
        if self.all:
            return float(self.values[min(place, len(self.values) - 1)])
        below = self.start < mass if side == "left" else self.start <= mass
        return float(self.values[place]) if below and place < len(self.values) else None


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
    """

    def __init__(
        self,
        name: str,
        unit: str,
        rows: Sequence[tuple[Vector, Vector]],
        replicates: int,
        confidence: float,
        tail_index: float,
    ) -> None:
        self.name, self.unit, self.replicates = name, unit, replicates
        self.confidence, self.tail_index = confidence, tail_index
        self.count = len(rows[0][0])
        self.size = self.count // replicates
        self.rows = [make_row(values, weights, replicates) for values, weights in rows]
        self.constant = not any(values.strides[0] for values, _ in rows)
        self._windows: list[Window] = []

    @cached_property
    def replicate_means(self) -> Vector:
        """Mean of each replicate, float64[R]."""
        return self.total(lambda values: values) / self.size

    @cached_property
    def mean(self) -> float:
        """Mean of all."""
        return float(np.mean(self.replicate_means))

    @cached_property
    def replicate_spreads(self) -> Vector:
        """Mean square deviation from the mean of all, of each replicate, float64[R]."""
        return self.total(lambda values: np.square(values - self.mean)) / self.size

    @cached_property
    def indicator(self) -> bool:
        """Whether it says yes (1) or no (0)."""
        low = min(float(row.values.min()) for row in self.rows)
        high = max(float(row.values.max()) for row in self.rows)
        if self.unit or low < 0.0 or high > 1.0:
            return False
        binary = all(((row.values == 0.0) | (row.values == 1.0)).all() for row in self.rows)
        return binary and (low < high or self.name == "succeeded")

    def total(self, of: Function) -> Vector:
        """Return the weighted sum of a function of the values, of each replicate, float64[R]."""
        return np.asarray(sum(row.sum(of(row.values)) for row in self.rows))

    def at_most(self, value: float) -> Vector:
        """Return the share of each replicate at or below a value, float64[R]."""
        mass = sum(row.mass(value) for row in self.rows)
        return np.asarray(np.minimum(mass / self.size, 1.0))

    def mass_at(self, value: float) -> float:
        """Return the share of all that equals a value."""
        below = self.at_most(float(np.nextafter(value, -np.inf)))
        return float(np.mean(self.at_most(value) - below))

    def above(self, value: float) -> tuple[Vector, Vector]:
        """Return all values above one, and their weights."""
        parts = [row.where(row.values > value) for row in self.rows]
        values, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
        return values, weights

    def at(self, share: float, *, above: bool = False) -> float:
        """Return the smallest value with this share at or below it (or more than that).

        The pilot says between which values to look; what is found there is exact.
        """
        mass = self.count * (share + SAME if above else share - SAME)
        side: Literal["left", "right"] = "right" if above else "left"
        for window in self._windows:
            if (found := window.find(mass, side)) is not None:
                return found + 0.0  # which of two equal zeros must not show
        margin = _MARGIN
        while True:
            window = Window(self.rows, *self._bounds(share, margin))
            self._windows.append(window)
            if (found := window.find(mass, side)) is not None:
                return found + 0.0
            margin *= 4.0

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
        values, weights = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.argsort(values)
        return values[order], np.cumsum(weights[order]) / self.count
