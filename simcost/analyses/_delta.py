"""Borgonovo's delta: how far knowing an input moves the whole distribution of an output.

Half the mean distance between the output's density and its density given the input, from a table
of counts. Two things bias it. Noise: the estimate of an input without any effect is not zero but
the noise floor, which is therefore always given, and which the lower end of an interval allows
for. Coarseness: a table averages over its cells, which costs up to a few hundredths; the upper end
allows for as much as a table half as fine loses against this one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._binned import Binned, coarse
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.machine.tally import joint_counts
from simcost.result import Interval
from simcost.result._student import normal

Vector = npt.NDArray[np.float64]

MANY = 500_000  # draws from which a finer table is worth its noise
FINE, FEW = 32, 16


@dataclass(frozen=True, slots=True)
class Delta:
    """Estimates of one output.

    Parameters
    ----------
    intervals : tuple of Interval
        One for each input.
    floor : float
        What an input without effect would show; the largest over the inputs.
    """

    intervals: tuple[Interval, ...]
    floor: float


def delta(outcomes: Outcomes, found: Binned) -> Delta:
    """Return delta of every input.

    Parameters
    ----------
    outcomes : Outcomes
        What is looked at.
    found : Binned
        The run counted along every input.

    References
    ----------
    Borgonovo (2007), A new uncertainty importance measure. Reliability Engineering & System
    Safety 92.
    """
    classes = FINE if outcomes.count >= MANY else FEW
    y = outcomes.y
    edges = np.unique(np.quantile(y, np.arange(1, classes) / classes))
    column = np.searchsorted(edges, y, side="left").astype(np.uint8)
    estimates = []
    for k in range(len(found.axes)):
        counts = _table(outcomes, found, k, column, len(edges) + 1)
        groups = coarse(found.axes[k], classes)
        table = np.zeros((int(groups.max()) + 1, counts.shape[1]))
        np.add.at(table, groups, counts)
        levels = found.axes[k].kind == "levels"
        estimates.append(delta_of(table, outcomes.meta.confidence, levels=levels))
    return Delta(tuple(one for one, _ in estimates), max(floor for _, floor in estimates))


def _table(
    outcomes: Outcomes, found: Binned, k: int, column: npt.NDArray[np.uint8], classes: int
) -> npt.NDArray[np.int64]:
    counts = np.zeros((found.axes[k].bins.count, classes), dtype=np.int64)
    compiled = outcomes.machine_loaded
    for first in range(0, outcomes.count, LEAF):
        place = slice(first, first + LEAF)
        joint_counts(found.index[k, place], column[place], counts, compiled=compiled)
    return counts


def delta_of(
    counts: Vector, confidence: float = 0.95, *, levels: bool = False
) -> tuple[Interval, float]:
    """Return delta with its interval, and the noise floor.

    Parameters
    ----------
    counts : float64[bins, classes]
        Outcomes by bin of the input and class of the output.
    confidence : float
        Level; the lower end is lower still by the noise floor, which bounds the bias upward, the
        upper end higher by what half as many bins and classes lose.
    levels : bool
        Whether the bins are levels of a discrete input, of which none can be lost.
    """
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n = float(counts.sum())
    p = counts / n
    rows, columns = p.sum(axis=1, keepdims=True), p.sum(axis=0, keepdims=True)
    apart = p - rows * columns
    value = float(np.abs(apart).sum()) / 2
    rougher = _halved(_halved(apart, 1), 0) if not levels else _halved(apart, 1)
    lost = value - float(np.abs(rougher).sum()) / 2
    sign = np.sign(apart)
    influence = (sign - (sign * columns).sum(axis=1, keepdims=True)) / 2
    influence = influence - (sign * rows).sum(axis=0, keepdims=True) / 2
    mean = float((p * influence).sum())
    error = math.sqrt(max(float((p * influence**2).sum()) - mean**2, 0.0) / n)
    free = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    floor = math.sqrt(2 / math.pi) * math.sqrt(free / n) / 2
    z = normal(confidence)
    return Interval(value, value - z * error - floor, value + z * error + lost), floor


def _halved(table: Vector, axis: int) -> Vector:
    """Return a table with neighbouring rows (axis 0) or columns (1) put together."""
    halved: Vector = np.add.reduceat(table, np.arange(0, table.shape[axis], 2), axis=axis)
    return halved
