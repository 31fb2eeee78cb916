"""Order statistics of many outcomes without sorting them all.

Sorting a million outcomes takes longer than simulating them. A pilot (a part of the outcomes)
tells roughly where a rank lies; one pass counts what is below that bracket and collects what is
inside; only that is sorted. The answer is exact: a bracket that missed is widened and tried again.
Repeated values at the ends of a bracket (a write-off is 0 in most outcomes) are only counted.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

_SORT = 1 << 17  # up to here sorting is as fast
_PILOT = 1 << 15
_CHUNK = 1 << 11  # the pilot is taken in chunks: any stride would hit one cell of a Sobol net
_BLOCK = 1 << 16
_MARGIN = 5.0  # standard deviations of the pilot's rank
_JOIN = 0.01  # ranks nearer than this share of the outcomes share a bracket


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Consecutive order statistics: `low` (`lows` times), `middle`, `high` (`highs` times)."""

    first: int  # rank of its first member, from 1
    low: float
    lows: int
    middle: Vector
    high: float
    highs: int

    def __contains__(self, rank: int) -> bool:
        return self.first <= rank < self.first + self.lows + len(self.middle) + self.highs

    def at(self, rank: int) -> float:
        i = rank - self.first - self.lows
        return self.low if i < 0 else float(self.middle[i]) if i < len(self.middle) else self.high

    def multiplicity(self, value: float) -> int:
        if value == self.low:
            return self.lows
        if value == self.high:
            return self.highs
        left, right = (int(self.middle.searchsorted(value, side)) for side in ("left", "right"))
        return right - left


class Order:
    """The order statistics of one output.

    Parameters
    ----------
    values : float64[n]
        Finite outcomes, n ≥ 1.
    """

    def __init__(self, values: Vector) -> None:
        self._values = values
        self._pieces: list[_Piece] = []
        self._pilot: Vector | None = None
        if len(values) <= _SORT:
            self._pieces.append(_whole(values))

    def at(self, rank: int) -> float:
        """Return the outcome of that rank, from 1."""
        value = self._piece(rank).at(rank)
        return value + 0.0  # which of two equal zeros was found must not show

    def multiplicity(self, rank: int) -> int:
        """Return how many outcomes equal the one of that rank."""
        piece = self._piece(rank)
        return piece.multiplicity(piece.at(rank))

    def prepare(self, ranks: Iterable[int]) -> None:
        """Find several ranks at once; neighbours share a pass over the outcomes."""
        missing = sorted(rank for rank in set(ranks) if not any(rank in p for p in self._pieces))
        join = _JOIN * len(self._values)
        group: list[int] = []
        for rank in missing:
            if group and rank - group[0] > join:
                self._pieces.append(self._find(group[0], group[-1]))
                group = []
            group.append(rank)
        if group:
            self._pieces.append(self._find(group[0], group[-1]))

    def largest(self, count: int) -> Vector:
        """Return the `count` largest outcomes, ascending, float64[count]."""
        n = len(self._values)
        self.prepare([n - count + 1])
        threshold = self.at(n - count + 1)
        above = np.sort(self._values[self._values > threshold])
        return np.concatenate([np.full(count - len(above), threshold), above])

    def _piece(self, rank: int) -> _Piece:
        self.prepare([rank])
        return next(piece for piece in self._pieces if rank in piece)

    def _find(self, first: int, last: int) -> _Piece:
        margin = _MARGIN
        while True:
            piece = _collect(self._values, *self._bracket(first, last, margin))
            if first in piece and last in piece:
                return piece
            margin *= 8.0  # ends at the whole range, which contains every rank

    def _bracket(self, first: int, last: int, margin: float) -> tuple[float, float]:
        """Return values that enclose the ranks `first` to `last`, in all likelihood."""
        if self._pilot is None:
            self._pilot = _pilot(self._values)
        m, n = len(self._pilot), len(self._values)
        low = _shifted((first - 1) / n, -margin, m)
        high = _shifted(last / n, margin, m)
        return (
            float(self._pilot[low]) if low >= 0 else -math.inf,
            float(self._pilot[high]) if high < m else math.inf,
        )


def _shifted(share: float, margin: float, m: int) -> int:
    """Return the pilot's position of a share of the outcomes, `margin` deviations further."""
    deviation = math.sqrt(max(m * share * (1.0 - share), 1.0))
    return math.floor(m * share + margin * deviation)


def _pilot(values: Vector) -> Vector:
    starts = np.linspace(0, len(values) - _CHUNK, _PILOT // _CHUNK).astype(np.int64)
    return np.sort(np.concatenate([values[start : start + _CHUNK] for start in starts]))


def _whole(values: Vector) -> _Piece:
    return _Piece(1, -math.inf, 0, np.sort(values), math.inf, 0)


def _collect(values: Vector, low: float, high: float) -> _Piece:
    """Return all outcomes from `low` to `high` as a piece."""
    below = lows = highs = 0
    inside: list[Vector] = [np.empty(0)]
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        below += int(np.count_nonzero(block < low))
        if low == high:  # half of the outcomes, perhaps: count, do not collect
            lows += int(np.count_nonzero(block == low))
            continue
        near = block[(block >= low) & (block <= high)]
        lows += int(np.count_nonzero(near == low))
        highs += int(np.count_nonzero(near == high))
        inside.append(near[(near > low) & (near < high)])
    return _Piece(below + 1, low, lows, np.sort(np.concatenate(inside)), high, highs)
