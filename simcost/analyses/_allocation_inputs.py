"""Who contributes what to a target: the inputs, each by what it alone moves the mean by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

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

    What an input alone moves the mean to is, in a bin of its u, the mean there, and within it the
    straight line between the neighbours.
    """
    steps = float(_effect(found, k, tail.numbers) @ tail.weights)
    return steps + _sloped(found, k, tail)


def _effect(found: Binned, k: int, numbers: npt.NDArray[np.int64]) -> Vector:
    """Return the mean of the output in each outcome's bin, the outcome itself left out.

    Of a balanced design its whole replicate: the outcomes of one make up for each other.
    """
    sums = found.sums[k]
    replicates = len(sums)
    total = sums.sum(axis=0)
    bins = found.index[k, numbers]
    if replicates > 1:
        own = sums[numbers % replicates, bins]
        count, one = total[bins, 0] - own[:, 0], total[bins, 1] - own[:, 1]
    else:
        count, one = total[bins, 0] - 1.0, total[bins, 1] - found.y[numbers]
    effect: Vector = one / np.maximum(count, 1.0)
    return effect


def _by_bin(found: Binned, k: int, numbers: npt.NDArray[np.int64], values: Vector) -> Vector:
    """Return sums of values of some outcomes, float64[replicates, bins]."""
    replicates, pieces = found.sums[k].shape[:2]
    cell = (numbers % replicates) * pieces + found.index[k, numbers]
    return _counted(cell, values, replicates * pieces).reshape(replicates, pieces)


def _counted(cell: npt.NDArray[Any], values: Vector, cells: int) -> Vector:
    # of no outcomes NumPy returns whole numbers
    return np.asarray(np.bincount(cell, values, minlength=cells), dtype=np.float64)


def _sloped(found: Binned, k: int, tail: Tail) -> float:
    """Return what lies within bins: parabolas through a bin's mean and those of its neighbours."""
    sums = found.sums[k]
    total = sums.sum(axis=0)
    rest = total - sums if len(sums) > 1 else total[None]
    filled = rest[..., 0].min(axis=0) > 0
    if found.axes[k].kind != "bins" or filled.sum() < 3:
        return 0.0
    middles = found.drawn[k] / np.maximum(total[:, 0], 1.0)
    means = rest[:, filled, 1] / rest[:, filled, 0]
    apart = np.diff(middles[filled])
    rises = np.diff(means) / apart
    # at the ends there is one neighbour
    slopes = np.hstack([rises[:, :1], _between(rises, apart), rises[:, -1:]])
    bends = np.pad(np.diff(rises) / (apart[1:] + apart[:-1]), ((0, 0), (1, 1)))
    off = found.kept[k] - middles[found.index[k, tail.numbers]]
    width = np.diff(found.axes[k].bins.edges, prepend=0.0, append=1.0)[filled]
    weight, first, second = (
        _by_bin(found, k, tail.numbers, tail.weights * off**power)[:, filled] for power in range(3)
    )
    return float(np.sum(slopes * first + bends * (second - weight * width**2 / 12.0)))


def _between(rises: Vector, apart: Vector) -> Vector:
    """Return the slopes of the parabolas at their middle bins, float64[replicates, bins - 2]."""
    left, right = apart[:-1], apart[1:]
    slopes: Vector = (rises[:, :-1] * right + rises[:, 1:] * left) / (left + right)
    return slopes
