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
from simcost.analyses._euler import Line, Tail, line_of
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._pulls import Errors, Sums, errors_of, sums_of, total_of
from simcost.result._student import normal, student

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.intp]

LOOKED_AT = 1 << 18  # independent outcomes: they give an error to 1% or 2% of it
RARE = 5  # outcomes of a level at the target
PART = 1 << 12  # outcomes whose influences fit into a cache
_LINE = ("at", "slopes")


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
    count = outcomes.count if outcomes.meta.replicates > 1 else min(outcomes.count, LOOKED_AT)
    parts = outcomes.map(_Pulls(outcomes, found, tail), range(0, count, LEAF))
    errors = errors_of(parts, outcomes.meta, count)
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
    return Errors(covariance * scale**2, known.freedom)


def _reach(outcomes: Outcomes) -> float:
    meta = outcomes.meta
    if meta.replicates > 1:
        return student(meta.confidence, meta.replicates - 1)
    return normal(meta.confidence)


class _Pulls:
    """What some outcomes add to the inputs' contributions, to what is left, and to the mean.

    Parameters
    ----------
    outcomes, found, tail
        As for `errors_of_inputs`.
    """

    def __init__(self, outcomes: Outcomes, found: Binned, tail: Tail) -> None:
        self.found, self.tail, self.replicates = found, tail, outcomes.meta.replicates
        each = [*outcomes.map(self._table, range(len(found.axes)))]
        sizes = np.array([len(means) for means, _, _ in each], dtype=np.intp)
        starts = np.cumsum(sizes) - sizes
        self.offsets: Places = starts[:, None]  # of each input's bins among all
        self.means, ratios = (np.concatenate([one[j] for one in each]) for j in range(2))
        self.gain, self.held = ratios - 1.0, ratios * self.means
        lines = [*(line for _, _, line in each), line_of(tail, found.y[None, tail.near])]
        self.line = Line(*(np.concatenate([getattr(one, key) for one in lines]) for key in _LINE))
        self.step = tail.step * ((tail.y > tail.quantile) - tail.share)
        # Influences have mean 0, but for what the tail is beyond the percentile.
        counts = np.concatenate([sums.sum(axis=0)[:, 0] for sums in found.sums])
        targets = np.add.reduceat(self.held * counts, starts) / len(found.y)
        whole = tail.weights @ found.y[tail.numbers]
        self.excess = (np.append(targets, whole) - self.line.at)[:, None] * tail.worst

    def _table(self, k: int) -> tuple[Vector, Vector, Line]:
        """Return means of an input's bins, how much more they weigh at the target, and the line."""
        found, tail = self.found, self.tail
        means, count = found.means(k), found.sums[k].sum(axis=0)[:, 0]
        weight = np.bincount(found.index[k, tail.numbers], tail.weights, minlength=len(count))
        near = means[found.index[k, tail.near]]
        ratios = weight * len(found.y) / np.maximum(count, 1.0)
        return means, ratios, line_of(tail, near[None])

    def __call__(self, first: int) -> Sums:
        last = min(first + LEAF, len(self.found.y))
        parts = [self._part(start, min(start + PART, last)) for start in range(first, last, PART)]
        return total_of(parts)

    def _part(self, first: int, last: int) -> Sums:
        found, tail = self.found, self.tail
        here = tail.within(first, last)
        place = tail.numbers[here] - first
        y, count = found.y[first:last], len(found.axes)
        cells: Places = found.index[:, first:last] + self.offsets
        pulls = np.empty((count + 2, len(y)))
        each, rest = pulls[:count], pulls[count]
        self.gain.take(cells, out=each, mode="clip")
        each *= y
        each -= self.held.take(cells)
        rest[:] = 0.0 - y
        shares = pulls[: count + 1]
        items = np.vstack([self.means.take(cells[:, place]), y[place]])
        shares[:, place] += tail.beyond(items, self.line, here)
        if tail.worst:
            shares -= self.excess
        else:
            shares += self.line.slopes[:, None] * self.step[first:last]
        rest -= each.sum(axis=0)
        pulls[count + 1] = y
        return sums_of(pulls, first, self.replicates)


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
