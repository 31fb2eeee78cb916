"""Errors of the contributions of inputs.

A contribution is Σ w M, with M the mean of the output Y in a bin of the input and w the bin's
weight at the target, less the mean of Y. An outcome in a bin of probability p adds to it what it
adds to w, and, to M, w/p (Y - M), less Y; the interactions are the target less all that.

Squared and summed, that counts twice what is in both the noise of w and that of M, which of an
input without effect is all there is: of a product of two independent estimates, a²V(b) + b²V(a) is
on average V(a)V(b) too large (Goodman 1960, On the exact variance of products. Journal of the
American Statistical Association 55). It is taken off.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost.analyses._binned import Binned
from simcost.analyses._euler import Tail, line_of
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._pulls import Errors, Sums, errors_of, sums_of
from simcost.result._student import normal, student

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

RARE = 5  # outcomes of a level at the target


def errors_of_inputs(
    outcomes: Outcomes, found: Binned, tail: Tail, rows: Vector, scale: float
) -> Errors:
    """Return the errors of contributions, of their interactions, and of the mean.

    Parameters
    ----------
    outcomes, found, tail
        The run, counted along its inputs, and the target.
    rows : float64[shown, inputs]
        Which inputs each contribution is the sum of, 0 or 1.
    scale : float
        Standard deviation of the output.
    """
    leaves = range(0, outcomes.count, LEAF)
    errors = errors_of(outcomes.map(_Pulls(outcomes, found, tail), leaves), outcomes.meta)
    inputs = range(len(found.axes))
    twice = np.array([_counted_twice(found, k, tail) for k in inputs])
    unseen = np.array([_unseen(found, k, tail) for k in inputs]) / _reach(outcomes)
    members = np.vstack([rows, np.ones(len(inputs)), np.zeros(len(inputs))])
    sums = np.zeros((len(members), len(inputs) + 2))
    sums[: len(rows), : len(inputs)] = rows
    sums[-2:, -2:] = np.eye(2)
    known = errors.of(sums)
    extra = members @ twice
    variances = np.maximum(np.diag(known.covariance) - extra, extra) + (members @ unseen) ** 2
    covariance = known.covariance.copy()
    np.fill_diagonal(covariance, variances)
    return Errors(covariance * scale**2, known.freedom, known.replicates)


def _reach(outcomes: Outcomes) -> float:
    meta = outcomes.meta
    if meta.replicates > 1:
        return student(meta.confidence, meta.replicates - 1)
    return normal(meta.confidence)


class _AtTarget:
    """What an outcome adds to a share of the target because the target rests on it.

    Parameters
    ----------
    tail : Tail
        The target.
    near, items : float64[k], float64[m]
        What has the share, in the outcomes near the percentile and in those that count.
    """

    def __init__(self, tail: Tail, near: Vector, items: Vector) -> None:
        self.line = line_of(tail, near[None])
        self.mean = float(tail.beyond(items[None], self.line).sum()) / len(tail.y)

    def add(
        self,
        pulls: Vector,
        items: Vector,
        tail: Tail,
        here: slice,
        place: Places,
        step: Vector,
    ) -> None:
        """Add it to what the outcomes of a leaf add, those at `place` in it being `here`."""
        pulls[place] += tail.beyond(items[None], self.line, here)[0]
        pulls += step * float(self.line.slopes[0]) - self.mean


class _Pulls:
    """What the outcomes of a leaf add to the inputs' contributions, to what is left, to the mean.

    Parameters
    ----------
    outcomes, found, tail
        As for `errors_of_inputs`.
    """

    def __init__(self, outcomes: Outcomes, found: Binned, tail: Tail) -> None:
        self.found, self.tail, self.meta = found, tail, outcomes.meta
        inputs = range(len(found.axes))
        self.means = [found.means(k) for k in inputs]
        self.ratios = [_ratios(found, k, tail) for k in inputs]
        self.held = [ratio * mean for ratio, mean in zip(self.ratios, self.means, strict=True)]
        self.edges = [
            _AtTarget(tail, means[index[tail.near]], means[index[tail.numbers]])
            for means, index in zip(self.means, found.index, strict=True)
        ]
        self.whole = _AtTarget(tail, found.y[tail.near], found.y[tail.numbers])
        self.above = tail.y > tail.quantile
        self.share = tail.share

    def __call__(self, first: int) -> Sums:
        found, tail = self.found, self.tail
        last = min(first + LEAF, len(found.y))
        y = found.y[first:last]
        here = tail.within(first, last)
        place = tail.numbers[here] - first
        step = (self.above[first:last] - self.share) * tail.step
        count = len(found.axes)
        pulls = np.empty((count + 2, len(y)))
        for k in range(count):
            bins = found.index[k, first:last].astype(np.intp)
            np.take(self.ratios[k] - 1.0, bins, out=pulls[k])
            pulls[k] *= y
            pulls[k] -= self.held[k][bins]
            self.edges[k].add(pulls[k], self.means[k][bins[place]], tail, here, place, step)
        pulls[count] = 0.0 - y - pulls[:count].sum(axis=0)
        self.whole.add(pulls[count], y[place], tail, here, place, step)
        pulls[count + 1] = y
        return sums_of(pulls, first, self.meta.replicates)


def _ratios(found: Binned, k: int, tail: Tail) -> Vector:
    """Return by how much each bin of an input weighs more at the target than in all outcomes."""
    count = found.sums[k].sum(axis=0)[:, 0]
    weight = np.bincount(found.index[k, tail.numbers], tail.weights, minlength=len(count))
    ratios: Vector = weight * count.sum() / np.maximum(count, 1.0)
    return ratios


def _counted_twice(found: Binned, k: int, tail: Tail) -> float:
    """Return Σ V(w) V(M) over the bins of an input."""
    cells = found.sums[k]
    replicates, pieces = cells.shape[:2]
    index = found.index[k, tail.numbers]
    count, one, two = cells.sum(axis=0)[:, :3].T
    filled = count > 1
    means = one / np.maximum(count, 1.0)
    if replicates == 1:
        weight = np.bincount(index, tail.weights**2, minlength=pieces)
        noise = np.maximum(two - count * means**2, 0.0) / np.maximum(count - 1.0, 1.0)
    else:
        cell = (tail.numbers % replicates) * pieces + index
        each = np.bincount(cell, tail.weights, minlength=replicates * pieces)
        weight = replicates * each.reshape(replicates, pieces).var(axis=0, ddof=1)
        apart = cells[..., 1] / np.maximum(cells[..., 0], 1.0) - means
        noise = (cells[..., 0] * apart**2).sum(axis=0) / (replicates - 1)
    return float(np.sum((weight * noise / np.maximum(count, 1.0))[filled]))


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
