"""Who contributes what to a target: the inputs, each by what it alone moves the mean by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._allocation import Allocation
from simcost.analyses._allocation_errors import errors_of_inputs
from simcost.analyses._binned import Binned, binned
from simcost.analyses._euler import Tail
from simcost.analyses._groups import check_groups
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._swing import Base
from simcost.dependence.loadings import loadings
from simcost.result import Interval

Vector = npt.NDArray[np.float64]

INTERACTIONS = "interactions"
ABOVE_MEDIANS = "mean above medians"
_OVERLAP = (
    "correlated inputs share what they move: their contributions overlap, and the bar of "
    "interactions holds what is counted twice, too"
)


def by_inputs(
    outcomes: Outcomes, tail: Tail, base: str, groups: Mapping[str, Sequence[str]]
) -> Allocation:
    """Divide a target among the inputs, each by what it alone moves the mean by.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    tail : Tail
        The outcomes that the target rests on.
    base : str
        ``mean`` or ``medians``.
    groups : mapping of str to sequence of str
        Inputs shown as one.
    """
    check_groups(outcomes, groups)
    found = binned(outcomes, tail.numbers)
    names, rows = _rows(found, groups)
    scale = float(outcomes.y.std())
    inputs = range(len(found.axes))
    each = np.array([*outcomes.map(lambda k: _contribution(found, k, tail), inputs)])
    rest = float(tail.weights @ found.y[tail.numbers]) - each.sum()
    start = outcomes.result.mean(outcomes.output)
    names = [*names, INTERACTIONS]
    values = np.append(rows @ each, rest) * scale
    errors = errors_of_inputs(outcomes, found, tail, rows, scale)
    notes = []
    if any(len(loadings(axis.driver.uniform).weights) > 1 for axis in found.axes if axis.driver):
        notes.append(_OVERLAP)
    if base == "medians":
        lowest = float(Base(outcomes).at({})[0])
        # the shares refer to the mean: what it lies above the medians' estimate is a bar too
        names.append(ABOVE_MEDIANS)
        values = np.append(values, float(outcomes.y.mean()) - lowest)
        start = Interval(lowest, lowest, lowest)
    else:
        errors = errors.of(np.eye(len(names), len(names) + 1))
    return Allocation(tuple(names), values, errors, start, tuple(notes))


def _rows(found: Binned, groups: Mapping[str, Sequence[str]]) -> tuple[list[str], Vector]:
    """Return the names of what is shown, and which inputs each is the sum of, 0 or 1."""
    place = {axis.name: k for k, axis in enumerate(found.axes)}
    taken = {member for members in groups.values() for member in members}
    shown = {name: [name] for name in place if name not in taken} | dict(groups)
    rows = np.zeros((len(shown), len(place)))
    for row, members in zip(rows, shown.values(), strict=True):
        row[[place[member] for member in members]] = 1.0
    return [*shown], rows


def _contribution(found: Binned, k: int, tail: Tail) -> float:
    """Return the contribution of an input to the standardised output.

    What an input alone moves the mean to is, in a bin of its u, the mean there without the outcome
    itself, or, of a balanced design, without its whole replicate, since the outcomes of one make up
    for each other; within a bin it is a parabola.
    """
    cells = found.sums[k]
    bins = found.index[k, tail.numbers].astype(np.intp)
    replicates, pieces = cells.shape[:2]
    place = bins + pieces * (tail.numbers % replicates) if replicates > 1 else bins

    def by_bin(values: Vector) -> Vector:
        counted = np.bincount(place, values, minlength=replicates * pieces)
        return np.asarray(counted, dtype=np.float64).reshape(replicates, pieces)

    count, one = np.moveaxis(cells[..., :2], -1, 0)
    weight = by_bin(tail.weights)
    if replicates > 1:
        left_out, own = weight * count, weight * one
    else:
        left_out, own = weight, by_bin(tail.weights * found.y[tail.numbers])
    rest = weight * count.sum(axis=0) - left_out
    total = weight * one.sum(axis=0) - own
    each = np.where(rest > 0, weight * total / np.where(rest > 0, rest, 1.0), 0.0)
    if found.axes[k].kind != "bins":
        return float(each.sum())
    middles = found.drawn[k] / np.maximum(count.sum(axis=0), 1.0)
    off = found.kept[k] - middles[bins]
    first = by_bin(tail.weights * off)
    return float(each.sum()) + _inside(found, k, weight, first, by_bin(tail.weights * off**2))


def _inside(found: Binned, k: int, weight: Vector, first: Vector, second: Vector) -> float:
    """Return what lies within bins: parabolas through a bin's mean and those of its neighbours.

    Parameters
    ----------
    found, k
        The input.
    weight, first, second : float64[replicates, bins]
        Weights at the target; the same times how far u is above its mean in the bin, and times the
        square of that.
    """
    sums = found.sums[k]
    total = sums.sum(axis=0)
    rest = total - sums if len(sums) > 1 else total[None]
    filled = rest[..., 0].min(axis=0) > 0
    if filled.sum() < 3:
        return 0.0
    middles = found.drawn[k][filled] / total[filled, 0]
    means = rest[:, filled, 1] / rest[:, filled, 0]
    apart = np.diff(middles)
    rises = np.diff(means) / apart
    left, right = apart[:-1], apart[1:]
    inner = (rises[:, :-1] * right + rises[:, 1:] * left) / (left + right)
    slopes = np.hstack([rises[:, :1], inner, rises[:, -1:]])  # at the ends there is one neighbour
    bends = np.pad(np.diff(rises) / (left + right), ((0, 0), (1, 1)))
    width = np.diff(found.axes[k].bins.edges, prepend=0.0, append=1.0)
    above = (second - weight * width**2 / 12.0)[:, filled]
    return float(np.sum(slopes * first[:, filled] + bends * above))
