"""Order statistics of one output: ranks, ties, and what lies at or below a value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from simcost.result.bracket import Bracket
from simcost.result.excess import Excess
from simcost.result.gauges import ThresholdGauge
from simcost.result.ledger import Ledger
from simcost.result.piece import Piece

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Span = tuple[int, int]


class Order:
    """The order statistics of one output.

    Parameters
    ----------
    ledger : Ledger
        What is known of the outcomes.
    name : str
        The output.
    """

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger, self._name = ledger, name
        self._known: dict[int, float] = {}  # outcomes that were asked for, by rank

    def at(self, rank: int) -> float:
        """Return the outcome of that rank, from 1."""
        if rank not in self._known:
            found = self._piece(rank).at(rank, self._ledger.tools.pick)
            self._known[rank] = found + 0.0  # which of two equal zeros must not show
        return self._known[rank]

    def multiplicity(self, rank: int) -> int:
        """Return how many outcomes equal the one of that rank."""
        return self._piece(rank).multiplicity(self.at(rank))

    def prepare(self, spans: Iterable[Span]) -> None:
        """Find several ranges of ranks in one pass."""
        self._ledger.ensure([self.gauge(span) for span in spans])

    def at_most(self, value: float) -> Counts:
        """Return how many outcomes of each replicate are at most `value`, int64[R]."""
        for bracket in self._ledger.brackets(self._name):
            if bracket.low <= value <= bracket.high:
                return bracket.piece.at_most(value)
        gauge = ThresholdGauge(self._name, value, self._ledger.replicates)
        return self._ledger.get(gauge).at_most

    def excess(self, span: Span, rank: int) -> Excess:
        """Return how far outcomes lie above the one of a rank in a range of ranks."""
        bracket = self._ledger.get(self.gauge(span, tails=True))
        return bracket.excess(self.at(rank))

    def largest(self, count: int) -> Vector:
        """Return the `count` largest outcomes, ascending, float64[count]."""
        piece = self._ledger.get(self.gauge(top(self._ledger.count, count))).piece
        ends = [
            np.full(int(n.sum()), x)
            for n, x in ((piece.lows, piece.low), (piece.highs, piece.high))
        ]
        return np.concatenate([ends[0], np.sort(piece.middle), ends[1]])[-count:]

    def gauge(self, span: Span, *, tails: bool = False) -> Bracket:
        """Return the gauge of a range of ranks."""
        ledger = self._ledger
        return Bracket(self._name, ledger.count, ledger.replicates, *span, tails=tails)

    def _piece(self, rank: int) -> Piece:
        for bracket in self._ledger.brackets(self._name):
            if rank in bracket.piece:
                return bracket.piece
        return self._ledger.get(self.gauge((rank, rank))).piece


def top(count: int, largest: int) -> Span:
    """Return the ranks of the `largest` largest of `count` outcomes."""
    return count - largest + 1, count
