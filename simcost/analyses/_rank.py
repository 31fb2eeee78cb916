"""Rank correlation with the output, and the contribution to variance that is made of it.

The rank of an input is its u, known exactly: only the output has to be sorted. ``ctv_rank`` is
sign(r) r² over the sum of all r²: a summary of ranks, not a decomposition of variance, and
another number than the increase of R² that some tools call by the same name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, dummies, equal_edges
from simcost.analyses._bars import Bar, Bars, ends, exactly
from simcost.analyses._jackknife import PORTIONS, Jackknifed, jackknife
from simcost.analyses._outcomes import Outcomes
from simcost.machine.library import steps_of

Vector = npt.NDArray[np.float64]

STEPS = 1024  # of the ranks, for what an outcome does to those of others


def contribution(correlations: npt.ArrayLike) -> Vector:
    """Return the share of each input in the sum of squared rank correlations, signed."""
    r = np.asarray(correlations, dtype=np.float64)
    shares: Vector = np.sign(r) * r**2 / np.sum(r**2)
    return shares


def ranks(values: Vector) -> Vector:
    """Return ranks from 0 to 1, equal values sharing the middle of theirs; float64[n]."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    lengths = np.diff(np.append(starts, len(values)))
    middle = np.repeat(starts + (lengths - 1) / 2, lengths)
    result: Vector = np.empty(len(values))
    result[order] = (middle + 0.5) / len(values)
    return result


def rank(outcomes: Outcomes, axes: Sequence[Axis]) -> Bars:
    """Return Spearman's rank correlation of each input with the output.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    axes : sequence of Axis
        Inputs; a gate ranks by whether it fails, a group by its direction.
    """
    rows = [*axes, *dummies(equal_edges(2))]
    inputs = len(axes)

    def estimate(cells: Vector) -> Vector:
        r = _correlations(cells)
        return np.concatenate([r, contribution(r[:inputs])])

    found = jackknife(_sums(outcomes, rows), estimate)
    bars = [
        _bar(axis.name, found, k, len(rows) + k, outcomes.meta.confidence)
        for k, axis in enumerate(axes)
    ]
    noise = float(np.max(np.abs(found.values[inputs : len(rows)])))
    return Bars(tuple(bars), exactly(0.0), noise)


def _bar(name: str, found: Jackknifed, k: int, share: int, confidence: float) -> Bar:
    r, part = found.interval(k, confidence), found.interval(share, confidence)
    names = ("ctv_rank", "ctv_rank_lower", "ctv_rank_upper")
    extra = dict(zip(names, ends(part), strict=True))
    return Bar(name, exactly(0.0), r, r, found.p_value(k), extra=extra)


def _correlations(cells: Vector) -> Vector:
    """Return correlations from sums of 1, u, v, u², v² and uv, float64[inputs]."""
    n, u, v, uu, vv, uv = cells
    top = uv / n - (u / n) * (v / n)
    bottom = np.sqrt((uu / n - (u / n) ** 2) * (vv / n - (v / n) ** 2))
    r: Vector = np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), 0.0)
    return r


def _sums(outcomes: Outcomes, rows: Sequence[Axis]) -> Vector:
    """Return sums by portion, float64[portions, 6, rows].

    An outcome also moves the ranks of all others: those above it come one place higher. What that
    does to the sums over all outcomes counts as its own, or errors would come out too small, and
    an outcome left out would leave its mark.
    """
    portions = outcomes.meta.replicates if outcomes.meta.replicates > 1 else PORTIONS
    v = ranks(outcomes.y) - 0.5
    step = np.minimum(((v + 0.5) * STEPS).astype(np.int64), STEPS - 1)
    grades = [_grades(axis) for axis in rows]
    nodes = {str(k): axis.node for k, axis in enumerate(rows)}

    def work(first: int, last: int, drawn: Vector, _: bool) -> tuple[Vector, Vector]:
        cells = np.zeros((portions, 6, len(rows)))
        by_step = np.empty((len(rows), STEPS))
        there = v[first:last]
        for k, (u, grade) in enumerate(zip(drawn, grades, strict=True)):
            level = u if grade is None else grade[1][np.searchsorted(grade[0], u)]
            centred = level - 0.5
            by_step[k] = np.bincount(step[first:last], centred, minlength=STEPS)
            for r in range(portions):
                a, b = centred[r::portions], there[r::portions]
                cells[r, :, k] = len(a), a.sum(), b.sum(), a @ a, b @ b, a @ b
        return cells, by_step

    leaves = [*outcomes.leaves(nodes, work)]
    total: Vector = np.sum([cells for cells, _ in leaves], axis=0)
    count = np.array([np.bincount(step[r::portions], minlength=STEPS) for r in range(portions)])
    own = np.bincount(step, 2.0 * v, minlength=STEPS)
    total[:, 2] += _moved(count.sum(axis=0, dtype=np.float64)[None], count)
    total[:, 4] += _moved(np.asarray(own[None], dtype=np.float64), count)
    total[:, 5] += _moved(np.sum([by_step for _, by_step in leaves], axis=0), count)
    return total


def _moved(sums: Vector, count: npt.NDArray[np.int64]) -> Vector:
    """Return what the outcomes of each portion do to Σ f v by moving ranks, about its mean.

    Parameters
    ----------
    sums : float64[rows, steps]
        Sums of f over the outcomes whose rank is in a step.
    count : int64[portions, steps]
        Outcomes of each portion.

    Returns
    -------
    float64[portions, rows]
    """
    n = int(count.sum())
    above = (np.cumsum(sums[:, ::-1], axis=1)[:, ::-1] - sums / 2.0) / n
    found: Vector = count @ above.T
    found -= count.sum(axis=1)[:, None] * (found.sum(axis=0) / n)
    return found


def _grades(axis: Axis) -> tuple[Vector, Vector] | None:
    """Return the edges of a discrete input's levels and the middle rank of each."""
    if axis.driver is None or axis.driver.law is None or not axis.driver.discrete:
        return None
    steps = steps_of(axis.driver.law)
    if steps is None:
        return None
    ends = np.append(steps.edges[:-1], 1.0)
    return steps.edges[:-1], (np.append(0.0, ends[:-1]) + ends) / 2
