"""Conditional value at risk: the mean of the worst outcomes."""

from __future__ import annotations

import math

from simcost.result._student import normal
from simcost.result.excess import Excess
from simcost.result.interval import Interval
from simcost.result.means import NO_ERROR, NO_MEAN, spread
from simcost.result.names import quantile_name
from simcost.result.quantiles import span
from simcost.result.ranks import value_rank
from simcost.result.sample import Sample
from simcost.result.sums import replicate_sizes

TAIL = 30  # fewer outcomes beyond the quantile say too little about their mean's error


def cvar(sample: Sample, percent: float) -> Interval:
    """Return the mean of the worst (100 - `percent`) % of the outcomes.

    q + Σ(y - q)₊/(n(1 - p)) with q the quantile (Rockafellar & Uryasev 2000), right for atoms
    too. The derivative in q vanishes at q, so the error of q is of second order: the interval is
    that of the mean of (y - q)₊/(1 - p), over the outcomes or over the replicates.
    """
    if sample.tail_index >= 1.0:
        return Interval(None, reason=NO_MEAN.format(xi=sample.tail_index))
    rank = value_rank(sample.count, percent)
    tail = (100.0 - percent) / 100.0
    excess = sample.order.excess(span(sample, percent), rank)
    mean_excess = math.fsum(excess.first) / sample.count / tail / excess.scale
    value = sample.order.at(rank) + mean_excess
    reason = _why_not(sample, percent, tail)
    if reason:
        return Interval(value, reason=reason)
    half = _error(sample, excess) / tail / excess.scale
    return Interval(value, value - half, value + half)


def _error(sample: Sample, excess: Excess) -> float:
    """Return the half-width of the interval of the mean excess, scaled."""
    n = sample.count
    if sample.replicates > 1:
        means = excess.first / replicate_sizes(n, sample.replicates)
        return spread(means, sample.confidence)
    first, second = float(excess.first[0]), float(excess.second[0])
    variance = max(second - first * first / n, 0.0) / (n - 1)
    return normal(sample.confidence) * math.sqrt(variance / n)


def _why_not(sample: Sample, percent: float, tail: float) -> str:
    if sample.tail_index >= 0.5:
        return NO_ERROR.format(xi=sample.tail_index)
    if sample.count * tail < TAIL:
        return f"fewer than {TAIL} outcomes lie beyond {quantile_name(percent)}"
    return sample.why_no_interval
