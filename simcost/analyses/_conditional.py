"""A statistic given that an input is low, or high, read off one run.

Nothing is held fixed: the outcomes whose input lies in its lowest bin are compared with those in
its highest, so interactions, correlations and failures are all in it. The method behind "change
in output statistic" tornadoes; bars are ordered by the signed difference of the end bins, since
the range over all bins is biased upward by noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, dummies, equal_edges
from simcost.analyses._bars import NAN, Bar, Bars, difference
from simcost.analyses._equal_means import equal_means
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._statistic import Statistic
from simcost.machine.tally import Index
from simcost.result import Interval

Vector = npt.NDArray[np.float64]


def conditional(outcomes: Outcomes, statistic: Statistic, axes: Sequence[Axis], bins: int) -> Bars:
    """Return the statistic in the lowest and in the highest piece of each axis.

    Parameters
    ----------
    outcomes : Outcomes
        What is looked at.
    statistic : Statistic
        Of the outcomes of a piece.
    axes : sequence of Axis
        Inputs.
    bins : int
        Equal bins that dummy inputs are cut into, as the others are.
    """
    rows = [*axes, *dummies(equal_edges(bins))]
    index = outcomes.index([(axis.node, axis.bins) for axis in rows])
    base = statistic.ask(outcomes.result, outcomes.output)
    score = standardised(statistic.score(outcomes.y, float(base)))
    noisy = len(axes)

    def one(k: int) -> Bar:
        found = _bar(outcomes, statistic, rows[k], index[k])
        if k >= noisy:  # of a dummy nothing but the effect is looked at
            return found
        return replace(found, p_value=independence(index[k], score, rows[k].bins.count))

    bars = list(outcomes.map(one, range(len(rows))))
    return Bars(tuple(bars[:noisy]), base, max(bar.size for bar in bars[noisy:]))


def standardised(score: Vector) -> Vector:
    """Return a score with mean 0 and variance 1; a constant one as zeros."""
    centred = score - score.mean()
    sd = float(centred.std())
    scaled: Vector = centred / sd if sd > 0 else centred
    return scaled


def _bar(outcomes: Outcomes, statistic: Statistic, axis: Axis, row: Index) -> Bar:
    last = axis.bins.count - 1
    masks = [row == 0, row == last]
    shares = [float(mask.mean()) for mask in masks]
    low, high = (_ask(outcomes, statistic, mask) for mask in masks)
    return Bar(
        axis.name,
        low,
        high,
        difference(high, low),
        NAN,
        axis.label(0, shares[0]),
        axis.label(last, shares[1]),
        axis.driver.unit if axis.driver else "",
        {"low_share": shares[0], "high_share": shares[1]},
    )


def _ask(outcomes: Outcomes, statistic: Statistic, mask: npt.NDArray[np.bool_]) -> Interval:
    if not mask.any():
        return Interval(None, reason="no outcome lies there")
    return statistic.ask(outcomes.part(mask), outcomes.output)


def independence(row: Index, score: Vector, bins: int) -> float:
    """Return the p-value of "the mean of the score is the same in every bin".

    Parameters
    ----------
    row : uint8[n]
        Bin of each outcome.
    score : float64[n]
        Mean 0 and variance 1.
    bins : int
        Number of bins.
    """
    sums = [np.bincount(row, weights, minlength=bins) for weights in (None, score, score**2)]
    return equal_means(*sums)
