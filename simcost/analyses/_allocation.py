"""Who contributes what to a target: line items, or inputs and their interactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._binned import Binned, binned
from simcost.analyses._euler import Shares, Tail, shares
from simcost.analyses._groups import check_groups
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._parts import line_items
from simcost.analyses._swing import Base
from simcost.dependence.loadings import loadings
from simcost.graph.node import Node
from simcost.machine.points import at_points
from simcost.result import Interval

Vector = npt.NDArray[np.float64]

INTERACTIONS = "interactions"
ABOVE_MEDIANS = "mean above medians"


@dataclass(frozen=True, slots=True)
class Allocation:
    """Contributions of named items.

    Parameters
    ----------
    names : tuple of str
        Items.
    values, errors : float64[items]
        Contributions and their standard errors.
    base : Interval
        What they are added to.
    notes : tuple of str
        What a reader must know.
    """

    names: tuple[str, ...]
    values: Vector
    errors: Vector
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
    table = _Drawn(outcomes, items, tail)
    found = _shares(outcomes, tail, table.at)
    means, variances = table.means()
    notes: list[str] = []
    if base == "medians":
        means, variances = _at_medians(outcomes, items), np.zeros(len(items))
    values = found.values - means
    keep = [k for k in range(len(items)) if values[k] or variances[k] or found.variances[k]]
    if len(keep) < 2:
        notes.append(
            f"{outcomes.output} is no sum of named amounts, so it is one item; see the inputs "
            "(--by inputs)"
        )
    total = Interval(float(means.sum()))
    if base == "mean":
        total = outcomes.result.mean(outcomes.output)
    else:
        total = Interval(total.value, total.value, total.value)
    names = [*items]
    errors = np.sqrt(found.variances + variances)
    return Allocation(
        tuple(names[k] for k in keep), values[keep], errors[keep], total, tuple(notes)
    )


def _at_medians(outcomes: Outcomes, items: Mapping[str, Node]) -> Vector:
    point = Base(outcomes).values
    given = {driver.value: point[driver.name] for driver in outcomes.drivers}
    return np.array([float(value[0]) for value in at_points([*items.values()], given)])


def _shares(outcomes: Outcomes, tail: Tail, draw: Any) -> Shares:
    near = draw(tail.near)
    beyond = None if tail.beyond is None else draw(tail.beyond)
    return shares(tail, near, outcomes.y[tail.near], beyond, outcomes.count)


class _Drawn:
    """Line items: those of some outcomes, and the means over all of them.

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
        if tail.beyond is not None:
            wanted[tail.beyond] = True
        self.numbers = np.flatnonzero(wanted)
        kept, sums = [], []

        def work(first: int, last: int, drawn: Vector, _: bool) -> tuple[Vector, Vector]:
            # centred, so that the spread of large amounts keeps its digits
            middle = drawn.mean(axis=1)
            squares = ((drawn - middle[:, None]) ** 2).sum(axis=1)
            return drawn[:, wanted[first:last]], np.array([middle, squares])

        for part, total in outcomes.leaves(items, work):
            kept.append(part)
            sums.append(total)
        self.values = np.concatenate(kept, axis=1)
        self.middles, self.squares = np.array(sums).swapaxes(0, 1)
        self.sizes = np.full(len(sums), LEAF)
        self.sizes[-1] = outcomes.count - LEAF * (len(sums) - 1)

    def at(self, numbers: npt.NDArray[np.int64]) -> Vector:
        """Return the items in some of the outcomes kept, float64[items, k]."""
        return self.values[:, np.searchsorted(self.numbers, numbers)]

    def means(self) -> tuple[Vector, Vector]:
        """Return the mean of each item and the square of its standard error."""
        n = self.sizes.sum()
        mean = self.sizes @ self.middles / n
        squares = self.squares.sum(axis=0) + self.sizes @ (self.middles - mean) ** 2
        return mean, squares / n**2


def by_inputs(
    outcomes: Outcomes, tail: Tail, base: str, groups: Mapping[str, Sequence[str]]
) -> Allocation:
    """Divide a target among the inputs, each by what it alone moves the mean by.

    Parameters
    ----------
    outcomes, tail, base
        As for `by_items`.
    groups : mapping of str to sequence of str
        Inputs shown as one.
    """
    check_groups(outcomes, groups)
    found = binned(outcomes)
    names, rows = _rows(found, groups)
    mean, scale = float(outcomes.y.mean()), float(outcomes.y.std())

    def draw(numbers: npt.NDArray[np.int64]) -> Vector:
        effects = np.array([_effect(found, k, numbers) for k in range(len(found.axes))])
        parts = np.array([effects[row].sum(axis=0) for row in rows]) * scale
        rest = outcomes.y[numbers] - mean - parts.sum(axis=0)
        return np.vstack([parts, rest])

    got = _shares(outcomes, tail, draw)
    unsure = np.array([sum(_unsure(found, k, tail) for k in row) for row in rows]) * scale**2
    values = got.values
    start = outcomes.result.mean(outcomes.output)
    names = [*names, INTERACTIONS]
    errors = np.sqrt(got.variances + np.append(unsure, unsure.sum()))
    notes = []
    if any(len(loadings(axis.driver.uniform).weights) > 1 for axis in found.axes if axis.driver):
        notes.append(
            "correlated inputs share what they move: their contributions overlap, and the bar of "
            "interactions holds what is counted twice, too"
        )
    if base == "medians":
        lowest = float(Base(outcomes).at({})[0])
        gap = Interval(lowest, lowest, lowest)
        # the shares refer to the mean: what it lies above the medians' estimate is a bar too
        names.append(ABOVE_MEDIANS)
        values = np.append(values, mean - lowest)
        errors = np.append(errors, scale / np.sqrt(outcomes.count))
        start = gap
    return Allocation(tuple(names), values, errors, start, tuple(notes))


def _rows(found: Binned, groups: Mapping[str, Sequence[str]]) -> tuple[list[str], list[list[int]]]:
    place = {axis.name: k for k, axis in enumerate(found.axes)}
    taken = {member for members in groups.values() for member in members}
    single = [name for name in place if name not in taken]
    rows = [[place[name]] for name in single]
    rows += [[place[member] for member in members] for members in groups.values()]
    return [*single, *groups], rows


def _effect(found: Binned, k: int, numbers: npt.NDArray[np.int64]) -> Vector:
    """Return the mean of the output in each outcome's bin, the outcome itself left out."""
    total = found.sums[k].sum(axis=0)
    bins = found.index[k, numbers]
    count, one = total[bins, 0], total[bins, 1]
    own = found.y[numbers]
    effect: Vector = (one - own) / np.maximum(count - 1.0, 1.0)
    return effect


def _unsure(found: Binned, k: int, tail: Tail) -> float:
    """Return the variance that the error of the bins' means adds to an input's contribution.

    The contribution is Σ w m less Σ p m, with m the means, w the bins' shares among the outcomes at
    the target, and p those among all.
    """
    total = found.sums[k].sum(axis=0)
    count = np.maximum(total[:, 0], 1.0)
    spread_of_means = np.maximum(total[:, 2] / count - (total[:, 1] / count) ** 2, 0.0) / count
    numbers, weights = tail.near, np.ones(len(tail.near))
    if tail.beyond is not None and tail.weights is not None:
        numbers, weights = tail.beyond, tail.weights
    w = np.bincount(found.index[k, numbers], weights, minlength=len(total)) / weights.sum()
    p = total[:, 0] / total[:, 0].sum()
    return float(((w - p) ** 2) @ spread_of_means)
