"""Who contributes what to a target: the inputs, each by what it alone moves the mean by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._allocation import Allocation
from simcost.analyses._binned import Binned, binned
from simcost.analyses._euler import Line, Tail, line_of
from simcost.analyses._groups import check_groups
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._pulls import half_widths, sums_of
from simcost.analyses._swing import Base
from simcost.dependence.loadings import loadings
from simcost.result import Interval

Vector = npt.NDArray[np.float64]

RARE = 5  # outcomes of a level at the target
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
    found = binned(outcomes)
    names, rows = _rows(found, groups)
    scale = float(outcomes.y.std())
    each = _contributions(outcomes, found, tail)
    shares = np.array([each[row].sum() for row in rows])
    rest = float(tail.weights @ found.y[tail.numbers]) - shares.sum()
    values = np.append(shares, rest) * scale
    halves = _halves(outcomes, found, tail, rows) * scale
    start = outcomes.result.mean(outcomes.output)
    names = [*names, INTERACTIONS]
    notes = []
    if any(len(loadings(axis.driver.uniform).weights) > 1 for axis in found.axes if axis.driver):
        notes.append(_OVERLAP)
    if base == "medians":
        lowest = float(Base(outcomes).at({})[0])
        # the shares refer to the mean: what it lies above the medians' estimate is a bar too
        names.append(ABOVE_MEDIANS)
        values = np.append(values, float(outcomes.y.mean()) - lowest)
        halves = np.append(halves, start.half_width or np.nan)
        start = Interval(lowest, lowest, lowest)
    return Allocation(tuple(names), values, halves, start, tuple(notes))


def _rows(found: Binned, groups: Mapping[str, Sequence[str]]) -> tuple[list[str], list[list[int]]]:
    place = {axis.name: k for k, axis in enumerate(found.axes)}
    taken = {member for members in groups.values() for member in members}
    single = [name for name in place if name not in taken]
    rows = [[place[name]] for name in single]
    rows += [[place[member] for member in members] for members in groups.values()]
    return [*single, *groups], rows


def _contributions(outcomes: Outcomes, found: Binned, tail: Tail) -> Vector:
    """Return the contribution of each input to the standardised output, float64[inputs].

    What an input alone moves the mean to is, in a bin of its u, the mean there, and within it the
    straight line between the neighbours.
    """
    steps = [float(_effect(found, k, tail.numbers) @ tail.weights) for k in range(len(found.axes))]
    nodes = {str(k): axis.node for k, axis in enumerate(found.axes)}

    def work(first: int, last: int, drawn: Vector, _: bool) -> list[tuple[Vector, Vector]]:
        here = slice(*np.searchsorted(tail.numbers, [first, last]))
        numbers, weights = tail.numbers[here], tail.weights[here]
        sums = []
        for k, u in enumerate(drawn):
            pieces = found.sums[k].shape[1]
            every = _counted(found.index[k, first:last], u, pieces)
            sums.append((every, _by_bin(found, k, numbers, weights * u[numbers - first])))
        return sums

    leaves = zip(*outcomes.leaves(nodes, work), strict=True)
    slopes = [_sloped(found, k, tail, list(leaf)) for k, leaf in enumerate(leaves)]
    return np.array(steps) + slopes


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


def _sloped(found: Binned, k: int, tail: Tail, leaves: Sequence[tuple[Vector, Vector]]) -> float:
    """Return what lies within bins: how far u is above its mean there, times the slope.

    Parameters
    ----------
    found, k, tail
        The input and the target.
    leaves : sequence of (float64[bins], float64[replicates, bins])
        Sums of u over all outcomes, and weighted ones over those that the target rests on.
    """
    sums = found.sums[k]
    total = sums.sum(axis=0)
    rest = total - sums if len(sums) > 1 else total[None]
    filled = rest[..., 0].min(axis=0) > 0
    if found.axes[k].kind != "bins" or filled.sum() < 3:
        return 0.0
    every, weighted = (np.sum([leaf[j] for leaf in leaves], axis=0)[..., filled] for j in (0, 1))
    middles = every / total[filled, 0]
    means = rest[:, filled, 1] / rest[:, filled, 0]
    places = np.arange(len(middles))
    after, before = np.minimum(places + 1, len(places) - 1), np.maximum(places - 1, 0)
    slopes = (means[:, after] - means[:, before]) / (middles[after] - middles[before])
    weight = _by_bin(found, k, tail.numbers, tail.weights)[:, filled]
    return float(np.sum(slopes * (weighted - weight * middles)))


def _halves(outcomes: Outcomes, found: Binned, tail: Tail, rows: Sequence[Sequence[int]]) -> Vector:
    """Return half-widths of the contributions to the standardised output, interactions last.

    A contribution is Σ w M, with M the mean of the output Y in a bin of the input and w the bin's
    weight at the target, less the mean of Y. An outcome in a bin of probability p adds to it what
    it adds to w, and, to M, w/p (Y - M), less Y; the interactions are the target less all that.
    """
    inputs = range(len(found.axes))
    means = [found.means(k) for k in inputs]
    ratios = [_ratios(found, k, tail) for k in inputs]
    lines = [_line(tail, means[k][found.index[k, tail.near]]) for k in inputs]
    whole = _line(tail, found.y[tail.near])

    def work(first: int) -> Vector:
        last = min(first + LEAF, outcomes.count)
        y = found.y[first:last]
        pulls = np.zeros((len(rows) + 1, len(y)))
        pulls[-1] = tail.pulls(first, last, y[None], whole)[0] - y
        for place, row in enumerate(rows):
            for k in row:
                bins = found.index[k, first:last]
                effect = means[k][bins]
                pulls[place] += tail.pulls(first, last, effect[None], lines[k])[0]
                pulls[place] += ratios[k][bins] * (y - effect) - y
            pulls[-1] -= pulls[place]
        return sums_of(pulls, outcomes.meta.replicates)

    halves = half_widths(outcomes.map(work, range(0, outcomes.count, LEAF)), outcomes.meta)
    unseen = np.array([sum(_unseen(found, k, tail) for k in row) for row in rows])
    both: Vector = np.hypot(halves, np.append(unseen, unseen.sum()))
    return both


def _unseen(found: Binned, k: int, tail: Tail) -> float:
    """Return how far a contribution may be off for levels that hardly occur at the target.

    A level met fewer than five times, or never, has no spread to read an error off. Its share among
    k outcomes may well be 3/k (rule of three; Hanley & Lippman-Hand 1983, JAMA 249).
    """
    if found.axes[k].kind != "levels":
        return 0.0
    means, index = found.means(k), found.index[k, tail.numbers]
    count = np.bincount(index, minlength=len(means))
    there = found.sums[k].sum(axis=0)[:, 0] > 0
    middle = float(means[index] @ tail.weights)
    rare = there & (count < RARE)
    return float(np.abs(means[rare] - middle).max(initial=0.0)) * 3.0 / len(index)


def _ratios(found: Binned, k: int, tail: Tail) -> Vector:
    """Return by how much each bin of an input weighs more at the target than in all outcomes."""
    count = found.sums[k].sum(axis=0)[:, 0]
    weight = np.bincount(found.index[k, tail.numbers], tail.weights, minlength=len(count))
    ratios: Vector = weight * count.sum() / np.maximum(count, 1.0)
    return ratios


def _line(tail: Tail, near: Vector) -> Line:
    return line_of(tail, near[None])
