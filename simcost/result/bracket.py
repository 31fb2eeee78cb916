"""Ranks found in one pass, without keeping the outcomes.

What was seen so far tells roughly where a rank of all outcomes will lie. The rest only needs
counting below that bracket and collecting inside it, and the bracket becomes narrower as more is
seen: of n outcomes about 10 √n are ever kept. Values repeated at its ends (a write-off is 0 in
most outcomes) are counted, not kept. Whether the bracket held the rank shows at the end.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.excess import Excess, excess_of, merge_excess
from simcost.result.gauge import Gauge
from simcost.result.piece import Owners, Pick, Piece, whole
from simcost.result.sums import GROUP
from simcost.result.tools import Tools

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_MARGIN = 6.0  # standard deviations of a rank: one bracket in a billion misses


@dataclass(frozen=True, slots=True, eq=False)
class Catch:
    """What several leaves hold of a bracket.

    Parameters
    ----------
    counts : int64[4, R]
        As `Spans.counts`.
    middle : list of float64[any]
        Outcomes strictly between the ends.
    owner : list of uint16[any]
        The replicate of each of these; none where there is one replicate.
    excess : list of Excess
        Sums above the bracket, one for each scale.
    """

    counts: Counts
    middle: list[Vector]
    owner: list[Owners]
    excess: list[Excess]


class _Share:
    """What was seen of a bracket since it was settled, and before.

    Parameters
    ----------
    replicates : int
        Number R.
    """

    def __init__(self, replicates: int) -> None:
        none = np.zeros((3, replicates), dtype=np.int64)
        self.below, self.lows, self.highs = none
        self.fresh: Counts = np.zeros((4, replicates), dtype=np.int64)  # as `Spans.counts`
        self.middle: list[Vector] = []
        self.owner: list[Owners] = []
        self.excess: list[Excess] = []

    def settled(self, low: float, high: float) -> tuple[Counts, Counts, Counts]:
        """Return how many outcomes lie below the ends, on the lower and on the upper one."""
        below, upto_low, below_high, upto_high = self.fresh
        at_high = upto_high - below_high if high > low else 0
        return self.below + below, self.lows + (upto_low - below), self.highs + at_high


class Bracket:
    """What finds the ranks `first` to `last` of all outcomes; see `Rack` for what fills it.

    Parameters
    ----------
    name : str
        Output.
    count, replicates : int
        Number of outcomes, and of replicates.
    first, last : int
        Ranks, from 1.
    tails : bool
        Whether to sum what lies above, too.
    bounds : tuple of float, optional
        Values that are known to hold the ranks.

    Attributes
    ----------
    piece : Piece
        Order statistics, as of the last time it was settled.
    """

    piece: Piece

    def __init__(
        self,
        name: str,
        count: int,
        replicates: int,
        first: int,
        last: int,
        *,
        tails: bool = False,
        bounds: tuple[float, float] | None = None,
    ) -> None:
        self.names = (name,)
        self.count, self.replicates = count, replicates
        self.first, self.last, self.tails = first, last, tails
        self.fixed = bounds is not None
        self.low, self.high = bounds or (-math.inf, math.inf)

    @cached_property
    def _share(self) -> _Share:
        # made when it is filled: most brackets are asked for their key only
        return _Share(self.replicates)

    @property
    def key(self) -> tuple[str | int, ...]:
        """What tells it from others, and from gauges."""
        return ("ranks", *self.names, self.first, self.last)

    @property
    def ends(self) -> tuple[float, float]:
        """What outcomes are compared with."""
        return self.low, self.high

    def within(self, bounds: tuple[float, float]) -> Bracket:
        """Return a new one of the same ranks that need not be guessed."""
        return Bracket(
            self.names[0],
            self.count,
            self.replicates,
            self.first,
            self.last,
            tails=self.tails,
            bounds=bounds,
        )

    def aim(self, pilot: Vector) -> None:
        """Choose the first ends by the first outcomes, ascending."""
        self._point(whole(pilot), len(pilot), lambda values, places: values[places].tolist())

    def fill(self, catch: Catch) -> None:
        """Add what several leaves hold."""
        share = self._share
        share.fresh += catch.counts
        share.middle += catch.middle
        share.owner += catch.owner
        if self.tails:
            share.excess += catch.excess
            if len(share.excess) >= GROUP:
                share.excess = [merge_excess(share.excess, self.high, self.replicates)]

    def settle(self, seen: int, tools: Tools) -> None:
        """Narrow the bracket after so many outcomes."""
        piece, before = self._gathered(), self.high
        self._point(piece, seen, tools.pick)
        share = self._share
        if self.tails:
            cells = share.excess
            if self.high < before:
                lost = excess_of(*piece.above(self.high), self.high, self.replicates)
                cells = [*cells, lost]
            share.excess = [merge_excess(cells, self.high, self.replicates)]
        self.piece = rest = piece.narrowed(self.low, self.high)
        share.fresh = np.zeros_like(share.fresh)
        share.below, share.lows, share.highs = rest.below, rest.lows, rest.highs
        share.middle, share.owner = [rest.middle], [rest.owner]

    def _gathered(self) -> Piece:
        share = self._share
        counts = share.settled(self.low, self.high)
        middle = np.concatenate([np.empty(0), *share.middle])
        owner = np.concatenate([np.empty(0, dtype=np.uint16), *share.owner])
        return Piece(self.low, self.high, *counts, middle, owner)

    @property
    def hit(self) -> bool:
        """Whether the ranks were found."""
        return self.first in self.piece and self.last in self.piece

    def excess(self, level: float) -> Excess:
        """Return the sums above a value between the bracket's ends."""
        inside = excess_of(*self.piece.above(level), level, self.replicates)
        return merge_excess([*self._share.excess, inside], level, self.replicates)

    def _point(self, piece: Piece, seen: int, pick: Pick) -> None:
        """Aim at where the ranks will lie, as far as a piece of what was seen tells."""
        if self.fixed and seen < self.count:
            return
        low = math.floor(_expected(self.first - 1, seen, self.count, -_MARGIN))
        high = math.ceil(_expected(self.last, seen, self.count, _MARGIN))
        if seen == self.count:
            low, high = self.first, self.last
        ends = iter(piece.at_few([rank for rank in (low, high) if rank in piece], pick))
        self.low = next(ends) if low in piece else self.low
        self.high = max(next(ends) if high in piece else self.high, self.low)


Sought = Gauge | Bracket  # what a pass over the outcomes can be asked for


def _expected(rank: int, seen: int, count: int, margin: float) -> float:
    """Return where a rank of all outcomes lies among those seen, so many deviations further."""
    share = rank / count
    variance = max(share * (1.0 - share), 1.0 / seen) * seen * (1.0 - seen / count)
    return share * seen + margin * math.sqrt(variance)
