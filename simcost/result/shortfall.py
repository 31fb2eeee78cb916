"""Conditional value at risk: the mean of the worst outcomes."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simcost.result._student import normal
from simcost.result.interval import Interval
from simcost.result.means import NO_ERROR, NO_MEAN, spread
from simcost.result.moments import scale_of
from simcost.result.names import quantile_name
from simcost.result.ranks import value_rank
from simcost.result.sample import Sample
from simcost.result.sums import replicate_sizes, replicate_sums

Vector = npt.NDArray[np.float64]

_TAIL = 30  # fewer outcomes beyond the quantile say too little about their mean's error


def cvar(sample: Sample, percent: float) -> Interval:
    """Return the mean of the worst (100 - `percent`) % of the outcomes.

    q + Σ(y - q)₊/(n(1 - p)) with q the quantile (Rockafellar & Uryasev 2000), right for atoms
    too. The derivative in q vanishes at q, so the error of q is of second order: the interval is
    that of the mean of (y - q)₊/(1 - p), over the outcomes or over the replicates.
    """
    if sample.tail_index >= 1.0:
        return Interval(None, reason=NO_MEAN.format(xi=sample.tail_index))
    q = sample.order.at(value_rank(sample.count, percent))
    scale = scale_of(sample.moments.low, sample.moments.high)
    tail = (100.0 - percent) / 100.0

    def excesses(x: Vector) -> tuple[Vector, Vector]:
        excess = np.maximum(x * scale - q * scale, 0.0)
        return excess, np.square(excess)

    first, second = replicate_sums([sample.values], sample.replicates, excesses)
    value = q + math.fsum(first) / sample.count / tail / scale
    reason = _why_not(sample, percent, tail)
    if reason:
        return Interval(value, reason=reason)
    half = _error(sample, first, second) / tail / scale
    return Interval(value, value - half, value + half)


def _error(sample: Sample, first: Vector, second: Vector) -> float:
    """Return the half-width of the interval of the mean excess."""
    n = sample.count
    if sample.replicates > 1:
        return spread(first / replicate_sizes(n, sample.replicates), sample.confidence)
    variance = max(float(second[0]) - float(first[0]) ** 2 / n, 0.0) / (n - 1)
    return normal(sample.confidence) * math.sqrt(variance / n)


def _why_not(sample: Sample, percent: float, tail: float) -> str:
    if sample.tail_index >= 0.5:
        return NO_ERROR.format(xi=sample.tail_index)
    if sample.count * tail < _TAIL:
        return f"fewer than {_TAIL} outcomes lie beyond {quantile_name(percent)}"
    return sample.why_no_interval
