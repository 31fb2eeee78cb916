"""Consecutive order statistics: what a bracket holds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Owners = npt.NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """All outcomes from `low` to `high`, and how many lie below.

    Parameters
    ----------
    low, high : float
        Ends, inclusive; -inf and inf where there is none.
    below, lows, highs : int64[R]
        Outcomes of each replicate below `low`, equal to `low`, equal to `high` (where that is
        another value).
    middle : float64[m]
        Outcomes strictly between, ascending.
    owner : uint16[m]
        The replicate of each of these.
    """

    low: float
    high: float
    below: Counts
    lows: Counts
    highs: Counts
    middle: Vector
    owner: Owners

    @property
    def first(self) -> int:
        """Rank of the first member, from 1."""
        return int(self.below.sum()) + 1

    @property
    def last(self) -> int:
        """Rank of the last member; less than `first` where there are none."""
        return int((self.below + self.lows + self.highs).sum()) + len(self.middle)

    def __contains__(self, rank: int) -> bool:
        return self.first <= rank <= self.last

    def at(self, rank: int) -> float:
        """Return the outcome of that rank."""
        i = rank - self.first - int(self.lows.sum())
        return self.low if i < 0 else float(self.middle[i]) if i < len(self.middle) else self.high

    def multiplicity(self, value: float) -> int:
        """Return how many outcomes equal a value between the ends."""
        if value == self.low:
            return int(self.lows.sum())
        if value == self.high:
            return int(self.highs.sum())
        left, right = (int(self.middle.searchsorted(value, side)) for side in ("left", "right"))
        return right - left

    def at_most(self, value: float) -> Counts:
        """Return how many outcomes of each replicate are at most a value between the ends."""
        inside = int(self.middle.searchsorted(value, "right"))
        counts = self.below + np.bincount(self.owner[:inside], minlength=len(self.below))
        if value >= self.low:
            counts = counts + self.lows
        return counts + self.highs if value >= self.high else counts

    def narrowed(self, low: float, high: float) -> Piece:
        """Return the part between two values that lie between the ends, inclusive."""
        left, right = (int(self.middle.searchsorted(low, side)) for side in ("left", "right"))
        end = max(int(self.middle.searchsorted(high, "left")), right)
        after = int(self.middle.searchsorted(high, "right"))
        none = np.zeros_like(self.below)
        below = self.below + self._owners(0, left)
        if low > self.low:
            below = below + self.lows
        lows = self.lows if low == self.low else self._owners(left, right)
        if self.low < self.high == low:
            lows = self.highs
        highs = none if low == high else self.highs
        if low < high < self.high:
            highs = self._owners(end, after)
        return Piece(
            low,
            high,
            below,
            lows,
            highs,
            self.middle[right:end].copy(),
            self.owner[right:end].copy(),
        )

    def above(self, high: float) -> tuple[Vector, Owners]:
        """Return the members above a value, and the replicate of each."""
        start = int(self.middle.searchsorted(high, "right"))
        values, owner = self.middle[start:], self.owner[start:]
        if high >= self.high:
            return values, owner
        ends = np.repeat(np.arange(len(self.highs), dtype=np.uint16), self.highs)
        return np.append(values, np.full(len(ends), self.high)), np.append(owner, ends)

    def _owners(self, first: int, last: int) -> Counts:
        return np.bincount(self.owner[first:last], minlength=len(self.below)).astype(np.int64)


def whole(ordered: Vector) -> Piece:
    """Return all outcomes, ascending, as a piece of one replicate."""
    none = np.zeros(1, dtype=np.int64)
    return Piece(
        -np.inf, np.inf, none, none, none, ordered, np.zeros(len(ordered), dtype=np.uint16)
    )
