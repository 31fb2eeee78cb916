"""Ranks found in one pass, without keeping the outcomes.

What was seen so far tells roughly where a rank of all outcomes will lie. The rest only needs
counting below that bracket and collecting inside it, and the bracket becomes narrower as more is
seen: of n outcomes about 10 √n are ever kept. Values repeated at its ends (a write-off is 0 in
most outcomes) are counted, not kept. Whether the bracket held the rank shows at the end.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from simcost.result.excess import Excess, excess_of, merge_excess
from simcost.result.gauge import Gauge, Leaves
from simcost.result.leaf import Leaf
from simcost.result.piece import Owners, Piece, whole
from simcost.result.sums import GROUP, columns, replicate_sizes
from simcost.result.tools import Spans

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Part = tuple[Spans, int, float, int]  # which of the spans is ours, their scale, outcomes

_MARGIN = 6.0  # standard deviations of a rank: one bracket in a billion misses


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
        self.parts: list[Part] = []  # as they came, to be gathered many at a time
        self.middle: list[Vector] = []
        self.owner: list[Owners] = []
        self.excess: list[Excess] = []

    def settled(self, low: float, high: float) -> tuple[Counts, Counts, Counts]:
        """Return how many outcomes lie below the ends, on the lower and on the upper one."""
        below, upto_low, below_high, upto_high = self.fresh
        at_high = upto_high - below_high if high > low else 0
        return self.below + below, self.lows + (upto_low - below), self.highs + at_high


class Bracket(Gauge):
    """Gauge of the ranks `first` to `last` of all outcomes.

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
    """

    adaptive = True

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
        self._share = _Share(replicates)
        self.piece = self._gathered()  # order statistics, as of the last time it was settled

    @property
    def key(self) -> tuple[str | int, ...]:
        """What tells it from other gauges."""
        return ("ranks", *self.names, self.first, self.last)

    def within(self, bounds: tuple[float, float]) -> Bracket:
        """Return a new gauge of the same ranks that need not be guessed."""
        return Bracket(
            self.names[0],
            self.count,
            self.replicates,
            self.first,
            self.last,
            tails=self.tails,
            bounds=bounds,
        )

    def aim(self, leaf: Leaf) -> None:
        """Choose the first bracket."""
        self._point(whole(leaf.pilot), len(leaf.pilot))

    def take(self, leaves: Leaves) -> Part:
        """Return what a leaf holds."""
        leaf = leaves[self.names[0]]
        spans, number = leaf.span((self.low, self.high), tails=self.tails)
        return spans, number, leaf.scale, len(leaf.values)

    def add(self, part: Part) -> None:
        """Add what the next leaf holds."""
        self._share.parts.append(part)
        if len(self._share.parts) >= GROUP:
            self._gather()

    def _gather(self) -> None:
        """Put together what several leaves hold."""
        share, parts = self._share, self._share.parts
        if not parts:
            return
        share.parts = []
        counts = np.array([spans.counts[k] for spans, k, *_ in parts])
        share.fresh += np.add.reduce(counts)
        pieces = [(spans, slice(*spans.ends[k : k + 2])) for spans, k, *_ in parts]
        near = np.concatenate([spans.near[own] for spans, own in pieces])
        share.middle.append(near)
        if self.replicates > 1:
            places = np.concatenate([spans.places[own] for spans, own in pieces])
            share.owner.append((places % self.replicates).astype(np.uint16))
        if self.tails:
            share.excess += self._excess(parts, counts[:, 3])
            if len(share.excess) >= GROUP:
                share.excess = [merge_excess(share.excess, self.high, self.replicates)]

    def _excess(self, parts: Sequence[Part], at_most: Counts) -> Iterator[Excess]:
        """Yield the sums above the bracket of several leaves, one for each scale."""
        sizes = np.array([replicate_sizes(count, self.replicates) for *_, count in parts])
        sums = np.array([spans.sums[k] for spans, k, *_ in parts])
        scales = np.array([scale for *_, scale, _ in parts])
        for scale in dict.fromkeys(scales.tolist()):
            mine = scales == scale
            above = np.add.reduce((sizes - at_most)[mine]).astype(np.float64)
            yield Excess(self.high, scale, above, *(columns(sums[mine, row]) for row in (0, 1)))

    def settle(self, seen: int) -> None:
        """Narrow the bracket after so many outcomes."""
        piece, before = self._gathered(), self.high
        self._point(piece, seen)
        share = self._share
        if self.tails:
            lost = excess_of(*piece.above(self.high), self.high, self.replicates)
            cells = [*share.excess, lost] if self.high < before else share.excess
            share.excess = [merge_excess(cells, self.high, self.replicates)]
        self.piece = rest = piece.narrowed(self.low, self.high)
        share.fresh = np.zeros_like(share.fresh)
        share.below, share.lows, share.highs = rest.below, rest.lows, rest.highs
        share.middle, share.owner = [rest.middle], [rest.owner]

    def _gathered(self) -> Piece:
        self._gather()
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

    def _point(self, piece: Piece, seen: int) -> None:
        """Aim at where the ranks will lie, as far as a piece of what was seen tells."""
        if self.fixed and seen < self.count:
            return
        low = math.floor(_expected(self.first - 1, seen, self.count, -_MARGIN))
        high = math.ceil(_expected(self.last, seen, self.count, _MARGIN))
        if seen == self.count:
            low, high = self.first, self.last
        ends = iter(piece.at_few([rank for rank in (low, high) if rank in piece]))
        self.low = next(ends) if low in piece else self.low
        self.high = max(next(ends) if high in piece else self.high, self.low)


def _expected(rank: int, seen: int, count: int, margin: float) -> float:
    """Return where a rank of all outcomes lies among those seen, so many deviations further."""
    share = rank / count
    variance = max(share * (1.0 - share), 1.0 / seen) * seen * (1.0 - seen / count)
    return share * seen + margin * math.sqrt(variance)
