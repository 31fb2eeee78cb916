"""Who contributes what to a target: the line items that the output is the sum of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._euler import Tail, line_of
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._parts import line_items
from simcost.analyses._pulls import half_widths, sums_of
from simcost.analyses._swing import Base
from simcost.graph.node import Node
from simcost.machine.points import at_points
from simcost.result import Interval

Vector = npt.NDArray[np.float64]

ROUNDING = 1e-12  # of the largest amount: what is below is that of additions


@dataclass(frozen=True, slots=True, eq=False)
class Allocation:
    """Contributions of named items.

    Parameters
    ----------
    names : tuple of str
        Items.
    values, halves : float64[items]
        Contributions and the half-widths of their intervals.
    base : Interval
        What they are added to.
    notes : tuple of str
        What a reader must know.
    """

    names: tuple[str, ...]
    values: Vector
    halves: Vector
    base: Interval
    notes: tuple[str, ...] = ()


def by_items(outcomes: Outcomes, tail: Tail, base: str) -> Allocation:
    """Divide a target among the parts that the output is the sum of.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    tail : Tail
        The outcomes that the target rests on.
    base : str
        ``mean`` or ``medians``.
    """
    items = line_items(outcomes)
    drawn = _Drawn(outcomes, items, tail)
    shares = drawn.at(tail.numbers) @ tail.weights
    notes: list[str] = []
    if base == "medians":
        start = _at_medians(outcomes, items)
        total = Interval(*(float(start.sum()),) * 3)
    else:
        start = drawn.means
        total = outcomes.result.mean(outcomes.output)
    values = shares - start
    halves = _halves(outcomes, items, tail, drawn, above_mean=base == "mean")
    least = ROUNDING * max(float(np.abs(shares).max()), float(np.abs(start).max()))
    keep = np.flatnonzero((np.abs(values) > least) | (halves > least))
    if len(keep) < 2:
        notes.append(
            f"{outcomes.output} is no sum of named amounts, so it is one item; see the inputs "
            "(--by inputs)"
        )
    names = [*items]
    return Allocation(
        tuple(names[k] for k in keep), values[keep], halves[keep], total, tuple(notes)
    )


def _at_medians(outcomes: Outcomes, items: Mapping[str, Node]) -> Vector:
    point = Base(outcomes).values
    given = {driver.value: point[driver.name] for driver in outcomes.drivers}
    return np.array([float(value[0]) for value in at_points([*items.values()], given)])


def _halves(
    outcomes: Outcomes, items: Mapping[str, Node], tail: Tail, drawn: _Drawn, *, above_mean: bool
) -> Vector:
    """Return half-widths: the items are drawn again, since what pulls is known only now."""
    line = line_of(tail, drawn.at(tail.near))
    means = drawn.means[:, None]

    def work(first: int, last: int, values: Vector, _: bool) -> Vector:
        pulls = tail.pulls(first, last, values, line)
        if above_mean:
            pulls -= values - means
        return sums_of(pulls, outcomes.meta.replicates)

    return half_widths(outcomes.leaves(items, work), outcomes.meta)


class _Drawn:
    """Line items: those of the outcomes that a target rests on, and the means over all.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    items : mapping of str to Node
        What they are.
    tail : Tail
        Which outcomes are kept.
    """

    def __init__(self, outcomes: Outcomes, items: Mapping[str, Node], tail: Tail) -> None:
        wanted = np.zeros(outcomes.count, dtype=bool)
        wanted[tail.near] = True
        wanted[tail.numbers] = True
        self.numbers = np.flatnonzero(wanted)
        kept, means = [], []

        def work(first: int, last: int, drawn: Vector, _: bool) -> tuple[Vector, Vector]:
            return drawn[:, wanted[first:last]], drawn.mean(axis=1)

        for part, mean in outcomes.leaves(items, work):
            kept.append(part)
            means.append(mean)
        self.values = np.concatenate(kept, axis=1)
        sizes = np.full(len(means), LEAF)
        sizes[-1] = outcomes.count - LEAF * (len(means) - 1)
        self.means: Vector = sizes @ np.array(means) / outcomes.count

    def at(self, numbers: npt.NDArray[np.int64]) -> Vector:
        """Return the items in some of the outcomes kept, float64[items, k]."""
        return self.values[:, np.searchsorted(self.numbers, numbers)]
