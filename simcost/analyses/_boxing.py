"""Which of the boxes of a peeling to take, and which of its restrictions to keep.

References
----------
Matthews (1975), Biochimica et Biophysica Acta 405, 442: the correlation of two yes-or-no things.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from simcost.analyses._prim import BINS, LEAST_DRAWS, LEAST_SUPPORT, Cut, Flags, Points, Step, peel

LEAST_WORTH = 0.01
LUCK = 5.0  # standard deviations of the correlation of things that have nothing in common


def quality(held: Any, bad: Any, points: Points) -> Any:
    """Return the correlation between being in a box and being bad (Matthews 1975).

    It weighs coverage against density, whatever the share of bad outcomes is: a box that holds
    them all and nothing else has 1, one that holds them as often as any place has 0.
    """
    n, all_bad = float(points.count), float(points.all_bad)
    spread = held * (n - held) * all_bad * (n - all_bad)
    return (bad * n - held * all_bad) / np.sqrt(np.maximum(spread, 1.0))


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
