"""Who contributes what to a target: the line items that the output is the sum of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._drawn_items import DrawnItems
from simcost.analyses._euler import Tail, line_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._parts import line_items
from simcost.analyses._pulls import Errors, errors_of, sums_of
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
    values : float64[items]
        Contributions.
    errors : Errors
        Of them.
    base : Interval
        What they are added to.
    notes : tuple of str
        What a reader must know.
    """

    names: tuple[str, ...]
    values: Vector
    errors: Errors
    base: Interval
    notes: tuple[str, ...] = ()

    def together(self, members: Sequence[int], confidence: float) -> Interval:
        """Return the sum of some contributions with its interval."""
        value = float(self.values[[*members]].sum())
        half = self.errors.half(members, confidence)
        return Interval(value, value - half, value + half)


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
    drawn = DrawnItems(outcomes, items, tail)
    shares = drawn.at(tail.numbers) @ tail.weights
    notes: list[str] = []
    if base == "medians":
        start = _at_medians(outcomes, items)
        total = Interval(*(float(start.sum()),) * 3)
    else:
        start = drawn.means
        total = outcomes.result.mean(outcomes.output)
    values = shares - start
    errors = _errors(outcomes, tail, drawn, above_mean=base == "mean")
    least = ROUNDING * max(float(np.abs(shares).max()), float(np.abs(start).max()))
    wide = np.sqrt(np.diag(errors.covariance)) > least
    keep = np.flatnonzero((np.abs(values) > least) | wide)
    if len(keep) < 2:
        notes.append(
            f"{outcomes.output} is no sum of named amounts, so it is one item; see the inputs "
            "(--by inputs)"
        )
    names = [*items]
    kept = errors.of(np.eye(len(names))[keep])
    return Allocation(tuple(names[k] for k in keep), values[keep], kept, total, tuple(notes))


def _at_medians(outcomes: Outcomes, items: Mapping[str, Node]) -> Vector:
    point = Base(outcomes).values
    given = {driver.value: point[driver.name] for driver in outcomes.drivers}
    return np.array([float(value[0]) for value in at_points([*items.values()], given)])


def _errors(outcomes: Outcomes, tail: Tail, drawn: DrawnItems, *, above_mean: bool) -> Errors:
    """Return the errors of the shares, or of what they are above the means.

    An outcome adds to a share what it adds to the percentile, times the slope of the item there;
    where the target rests on it, what `Tail.beyond` says; and, above the mean, less the item.
    """
    n, lean = outcomes.count, float(above_mean)
    line = line_of(tail, drawn.at(tail.near))
    beyond = tail.beyond(drawn.at(tail.numbers), line)
    steps = tail.step * line.slopes
    mean = steps * tail.share + beyond.sum(axis=1) / n
    sides = np.array([-mean, steps - mean]).T + lean * drawn.means[:, None]
    above = (tail.y[drawn.numbers] > tail.quantile).astype(np.int64)
    pulls = sides[:, above] - lean * drawn.values
    pulls[:, np.searchsorted(drawn.numbers, tail.numbers)] += beyond
    kept = sums_of(pulls, drawn.numbers, outcomes.meta.replicates)
    return errors_of([kept, drawn.others(sides, lean)], outcomes.meta, n)
