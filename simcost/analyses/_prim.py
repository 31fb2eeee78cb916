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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

BINS = 256
PEEL = 0.05
LEAST_SUPPORT = 0.01
LEAST_DRAWS = 50
LEAST_WORTH = 0.01
LUCK = 5.0  # standard deviations of the correlation of things that have nothing in common


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


def quality(held: Any, bad: Any, points: Points) -> Any:
    """Return the correlation between being in a box and being bad (Matthews 1975).

    It weighs coverage against density, whatever the share of bad outcomes is: a box that holds
    them all and nothing else has 1, one that holds them as often as any place has 0.
    """
    n, all_bad = float(points.count), float(points.all_bad)
    spread = held * (n - held) * all_bad * (n - all_bad)
    return (bad * n - held * all_bad) / np.sqrt(np.maximum(spread, 1.0))


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


def cuts_of(steps: Sequence[Step]) -> list[Cut]:
    """Return the cuts that matter: of each input and end the last one, in order of first use."""
    last: dict[tuple[int, bool], Cut] = {}
    for step in steps:
        if step.cut is not None:
            last[step.cut.dim, step.cut.upper] = step.cut
    return list(last.values())


def prune(points: Points, cuts: Sequence[Cut], most: int, loss: float) -> list[Cut]:
    """Drop cuts whose absence costs the box little, and those beyond a number of inputs.

    Parameters
    ----------
    points : Points
        Outcomes.
    cuts : sequence of Cut
        One for an input and end at most.
    most : int
        Largest number of restricted inputs.
    loss : float
        Of `quality` that dropping one cut may cost.
    """
    kept = list(cuts)
    outside = [cut.outside(points.index) for cut in kept]
    violations = np.zeros(points.count, dtype=np.uint16)
    for flags in outside:
        violations += flags
    while kept:
        inside = violations == 0
        held, bad = int(np.count_nonzero(inside)), int(np.count_nonzero(inside & points.bad))
        now = quality(held, bad, points)
        near = np.flatnonzero(violations == 1)
        near_bad = points.bad[near]
        without = []
        for flags in outside:
            back = flags[near]
            more, more_bad = int(np.count_nonzero(back)), int(np.count_nonzero(back & near_bad))
            without.append(quality(held + more, bad + more_bad, points))
        place = int(np.argmax(without))
        if now - without[place] > loss and len({cut.dim for cut in kept}) <= most:
            break
        violations -= outside[place]
        del kept[place], outside[place]
    return kept


def inside(points: Points, cuts: Sequence[Cut]) -> Flags:
    """Return which outcomes a box holds."""
    held = np.ones(points.count, dtype=bool)
    for cut in cuts:
        held &= ~cut.outside(points.index)
    return held


def refine(points: Points, cuts: Sequence[Cut], sweeps: int = 2) -> list[Cut]:
    """Move each cut to the edge with the best quality, the others staying where they are.

    Peels remove a twentieth of the box at a time, so the edges that they leave are that coarse.
    """
    found = list(cuts)
    for _ in range(sweeps if len(found) > 0 else 0):
        for place, cut in enumerate(found):
            held = inside(points, [*found[:place], *found[place + 1 :]])
            row = points.index[cut.dim]
            counts = np.bincount(row[held], minlength=BINS)
            bads = np.bincount(row[held & points.bad], minlength=BINS)
            # What is left when the cut removes everything up to, or from, each edge.
            if cut.upper:
                left, bad = np.cumsum(counts) - counts, np.cumsum(bads) - bads
            else:
                left, bad = (np.cumsum(one[::-1])[::-1] - one for one in (counts, bads))
            scores = quality(left, bad, points)
            edge = int(np.argmax(scores))
            if scores[edge] > scores[cut.edge]:
                found[place] = Cut(cut.dim, cut.upper, edge)
    return found


def find_box(
    points: Points, most: int, least: float = LEAST_SUPPORT
) -> tuple[list[Step], list[Cut]]:
    """Peel, take the box with the best quality, and drop what it does not need.

    A cut has to be worth `LEAST_WORTH` of quality, and more than luck brings among few outcomes.

    Returns
    -------
    steps : list of Step
        The peeling.
    cuts : list of Cut
        The box; empty where there is none.
    """
    steps = peel(points, least)
    scores = [quality(step.held, step.bad, points) for step in steps]
    best = int(np.argmax(scores))
    loss = max(LEAST_WORTH, LUCK / points.count**0.5)
    cuts = prune(points, cuts_of(steps[: best + 1]), most, loss)
    # A cut that was moved to where it removes nothing is dropped.
    return steps, prune(points, refine(points, cuts), most, loss)


def cover(
    points: Points, boxes: int, most: int, least: float = LEAST_SUPPORT
) -> Iterator[tuple[list[Step], list[Cut]]]:
    """Yield box after box, each found among the outcomes that no earlier one holds."""
    for _ in range(boxes):
        if not LEAST_DRAWS <= points.all_bad <= points.count - LEAST_DRAWS:
            return
        steps, cuts = find_box(points, most, least)
        yield steps, cuts
        if not cuts:
            return
        points = points.part(~inside(points, cuts))
