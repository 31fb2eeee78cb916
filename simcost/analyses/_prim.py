"""PRIM: peel slices off a box until it holds mostly bad outcomes.

Works on bins: every input of every outcome is the number of a bin. One peel removes the slice of
about 5% of the box, at the lower or the upper end of one input, whose removal raises the share of
bad outcomes most for each outcome removed. Each outcome is counted once when it enters and once
when it leaves, so a whole peeling costs little more than two passes.

References
----------
Friedman & Fisher (1999), Statistics and Computing 9, 123. Bryant & Lempert (2010), Technological
Forecasting & Social Change 77, 34: coverage and density, quasi-p-values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

BINS = 256
PEEL = 0.05
LEAST_SUPPORT = 0.01
LEAST_DRAWS = 50


@dataclass(frozen=True, slots=True)
class Points:
    """Outcomes as bins.

    Parameters
    ----------
    index : uint8[inputs, n]
        Bin of each input in each outcome.
    bad : bool[n]
        Which outcomes are bad.
    levels : bool[inputs]
        Inputs whose bins are levels, which are peeled one at a time however much they hold.
    """

    index: Index
    bad: Flags
    levels: Flags

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return len(self.bad)

    @property
    def all_bad(self) -> int:
        """Number of bad outcomes."""
        return int(np.count_nonzero(self.bad))

    def part(self, where: slice | Flags) -> Points:
        """Return some of the outcomes."""
        return Points(np.ascontiguousarray(self.index[:, where]), self.bad[where], self.levels)


@dataclass(frozen=True, slots=True)
class Cut:
    """One end of one input: ``bin > edge`` (upper is false) or ``bin < edge`` (upper is true)."""

    dim: int
    upper: bool
    edge: int

    def outside(self, index: Index) -> Flags:
        """Return which outcomes the cut removes."""
        row = index[self.dim]
        removed: Flags = row >= self.edge if self.upper else row <= self.edge
        return removed


@dataclass(frozen=True, slots=True)
class Step:
    """A box on the way: the cut that led to it, and what it holds."""

    cut: Cut | None
    held: int
    bad: int


def peel(points: Points, least: float = LEAST_SUPPORT) -> list[Step]:
    """Return the boxes of a peeling, the whole space first.

    Parameters
    ----------
    points : Points
        Outcomes to peel.
    least : float
        Share of the outcomes below which no box is made.
    """
    state = _State(points)
    floor = max(least * points.count, LEAST_DRAWS)
    steps = [Step(None, state.held, state.bad)]
    while (cut := state.best(floor)) is not None:
        state.remove(cut)
        steps.append(Step(cut, state.held, state.bad))
    return steps


class _State:
    """The outcomes in the box, and how many of them, and of the bad ones, are in each bin."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.alive = np.arange(points.count, dtype=np.int32)
        bad = np.flatnonzero(points.bad).astype(np.int32)
        self.counts = _tally(points.index, None)
        self.bads = _tally(points.index, bad)
        self.held, self.bad = points.count, len(bad)

    def best(self, floor: float) -> Cut | None:
        """Return the cut with the largest gain in mean for each outcome removed."""
        found: Cut | None = None
        largest = 0.0
        for upper in (False, True):
            counts = self.counts[:, ::-1] if upper else self.counts
            bads = self.bads[:, ::-1] if upper else self.bads
            total, bad = np.cumsum(counts, axis=1), np.cumsum(bads, axis=1)
            wanted = np.where(self.points.levels, 1.0, max(1.0, PEEL * self.held))
            edge = np.argmax(total >= wanted[:, None], axis=1)
            rows = np.arange(len(edge))
            removed, lost = total[rows, edge], bad[rows, edge]
            left = self.held - removed
            valid = (left >= floor) & (removed > 0)
            mean = (self.bad - lost) / np.maximum(left, 1)
            gain = np.where(valid, (mean - self.bad / self.held) / np.maximum(removed, 1), -1.0)
            dim = int(np.argmax(gain))
            if gain[dim] > largest:
                largest = float(gain[dim])
                at = int(edge[dim])
                found = Cut(dim, upper, BINS - 1 - at if upper else at)
        return found

    def remove(self, cut: Cut) -> None:
        """Take what a cut removes out of the counts."""
        row = self.points.index[cut.dim][self.alive]
        gone = row >= cut.edge if cut.upper else row <= cut.edge
        leaving = self.alive[gone]
        self.alive = self.alive[~gone]
        bad = leaving[self.points.bad[leaving]]
        self.counts -= _tally(self.points.index, leaving)
        self.bads -= _tally(self.points.index, bad)
        self.held -= len(leaving)
        self.bad -= len(bad)


def _tally(index: Index, where: npt.NDArray[np.int32] | None) -> Integers:
    """Return how many outcomes are in each bin, int64[inputs, 256]."""
    return np.stack(
        [np.bincount(row if where is None else row[where], minlength=BINS) for row in index]
    ).astype(np.int64)


def trajectory(points: Points, steps: Sequence[Step]) -> list[Step]:
    """Return the same boxes, counted on other outcomes."""
    alive = np.arange(points.count, dtype=np.int32)
    counted = []
    for step in steps:
        if step.cut is not None:
            row = points.index[step.cut.dim][alive]
            gone = row >= step.cut.edge if step.cut.upper else row <= step.cut.edge
            alive = alive[~gone]
        counted.append(Step(step.cut, len(alive), int(np.count_nonzero(points.bad[alive]))))
    return counted
