"""All brackets of one output, filled together: a leaf is asked once for what all of them hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from simcost.result.bracket import Bracket, Catch
from simcost.result.excess import Excess
from simcost.result.gauge import Gauge, Leaves
from simcost.result.leaf import NO_PAIRS, Leaf, Pair, Pairs
from simcost.result.sums import GROUP, columns, replicate_sizes
from simcost.result.tools import Spans, Tools

Counts = npt.NDArray[np.int64]
Part = tuple[Spans, float, int]  # how a leaf lies to the brackets, its scale, its outcomes


class Rack(Gauge):
    """Gauge of all brackets of an output.

    Parameters
    ----------
    brackets : sequence of Bracket
        Of one output.
    tools : Tools
        What measures.

    Attributes
    ----------
    pairs : Pairs
        The ends of the brackets: what the next leaves are to be compared with.
    """

    adaptive = True

    def __init__(self, brackets: Sequence[Bracket], tools: Tools) -> None:
        self.brackets, self.names, self.tools = brackets, brackets[0].names, tools
        self.pairs = NO_PAIRS
        self._parts: list[Part] = []  # as they came, to be put together many at a time

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from other gauges."""
        return ("rack", *self.names)

    def aim(self, leaf: Leaf) -> None:
        """Choose the first brackets."""
        for bracket in self.brackets:
            bracket.aim(leaf.pilot)
        self._announce()

    def take(self, leaves: Leaves) -> Part:
        """Return what a leaf holds."""
        leaf = leaves[self.names[0]]
        return leaf.spans(self.pairs), leaf.scale, len(leaf.values)

    def add(self, part: Part) -> None:
        """Add what the next leaf holds."""
        self._parts.append(part)
        if len(self._parts) >= GROUP:
            self._gather()

    def settle(self, seen: int) -> None:
        """Narrow the brackets after so many outcomes."""
        self._gather()
        for bracket in self.brackets:
            bracket.settle(seen, self.tools)
        self._announce()

    def _announce(self) -> None:
        tails: dict[Pair, bool] = {}
        for bracket in self.brackets:
            tails[bracket.ends] = tails.get(bracket.ends, False) or bracket.tails
        self.pairs = Pairs(tails)

    def _gather(self) -> None:
        """Put together what several leaves hold."""
        parts, self._parts = self._parts, []
        if not parts:
            return
        counts = np.array([spans.counts for spans, *_ in parts])
        fresh = np.add.reduce(counts)
        above = [*_above(parts, counts[:, :, 3])]
        for bracket in self.brackets:
            k = self.pairs.numbers[bracket.ends]
            excess = [Excess(bracket.high, scale, *sums[k]) for scale, sums in above]
            bracket.fill(Catch(fresh[k], *_middle(parts, k, bracket.replicates), excess))


def _middle(
    parts: Sequence[Part], k: int, replicates: int
) -> tuple[list[npt.NDArray[np.float64]], list[npt.NDArray[np.uint16]]]:
    """Return the outcomes within one of the pairs, and the replicate of each if there are many."""
    ends = [(spans, spans.ends[k], spans.ends[k + 1]) for spans, *_ in parts]
    near = [spans.near[begin:end] for spans, begin, end in ends]
    if replicates == 1:
        return near, []
    places = np.concatenate([spans.places[begin:end] for spans, begin, end in ends])
    return near, [(places % replicates).astype(np.uint16)]


def _above(
    parts: Sequence[Part], at_most: Counts
) -> Iterator[tuple[float, npt.NDArray[np.float64]]]:
    """Yield scales, and numbers and sums above all pairs at that scale, float64[pairs, 3, R]."""
    *_, pairs, replicates = at_most.shape
    sizes = np.array([replicate_sizes(count, replicates) for *_, count in parts])
    sums = np.array([spans.sums for spans, *_ in parts])
    scales = np.array([scale for _, scale, _ in parts])
    for scale in dict.fromkeys(scales.tolist()):
        mine = scales == scale
        found = np.empty((pairs, 3, replicates))
        found[:, 0] = np.add.reduce((sizes[:, None] - at_most)[mine])
        found[:, 1:] = columns(sums[mine].reshape(-1, pairs * 2 * replicates)).reshape(pairs, 2, -1)
        yield scale, found
