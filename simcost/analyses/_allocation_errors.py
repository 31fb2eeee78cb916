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
Places = npt.NDArray[np.int64]

RARE = 5  # outcomes of a level at the target
PART = 1 << 13  # outcomes whose influences fit into a cache


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


class _Pulls:
    """What some outcomes add to the inputs' contributions, to what is left, and to the mean.

    Parameters
    ----------
    outcomes, found, tail
        As for `errors_of_inputs`.
    """

    def __init__(self, outcomes: Outcomes, found: Binned, tail: Tail) -> None:
        self.found, self.tail, self.replicates = found, tail, outcomes.meta.replicates
        inputs = range(len(found.axes))
        each = [*outcomes.map(self._table, inputs)]
        self.means, self.ratios, self.lines = ([one[j] for one in each] for j in range(3))
        self.held = [ratio * mean for ratio, mean in zip(self.ratios, self.means, strict=True)]
        self.lines.append(line_of(tail, found.y[None, tail.near]))
        # Influences have mean 0, but for what the tail is beyond the percentile.
        shares = [float(ratio @ found.sums[k].sum(axis=0)[:, 1]) for k, ratio in enumerate(self.ratios)]
        targets = np.append(np.array(shares) / len(found.y), tail.weights @ found.y[tail.numbers])
        self.excess = [
            float(target - line.at[0]) * tail.worst
            for target, line in zip(targets, self.lines, strict=True)
        ]
        self.step = tail.step * ((tail.y > tail.quantile) - tail.share)

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
        pulls = np.empty((count + 2, len(y)))
        for k in range(count):
            bins = found.index[k, first:last].astype(np.intp)
            self.ratios[k].take(bins, out=pulls[k], mode="clip")
            pulls[k] -= 1.0
            pulls[k] *= y
            pulls[k] -= self.held[k].take(bins)
            self._add(pulls[k], k, self.means[k][bins[place]], here, place, first)
        pulls[count] = 0.0 - y - pulls[:count].sum(axis=0)
        self._add(pulls[count], count, y[place], here, place, first)
        pulls[count + 1] = y
        return sums_of(pulls, first, self.replicates)

    def _add(
        self, pulls: Vector, k: int, items: Vector, here: slice, place: Places, first: int
    ) -> None:
        """Add what outcomes add because the target rests on them, or on the percentile."""
        line = self.lines[k]
        pulls[place] += self.tail.beyond(items[None], line, here)[0]
        if self.tail.worst:
            pulls -= self.excess[k]
        else:
            pulls += self.step[first : first + len(pulls)] * line.slopes[0]


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
