"""Quantiles with intervals: exact for independent outcomes, Woodruff's for replicates."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simcost.result._student import normal, student
from simcost.result.interval import Interval
from simcost.result.names import quantile_name
from simcost.result.ranks import binomial_ranks, enough, value_rank
from simcost.result.sample import Sample
from simcost.result.sums import replicate_sizes

ATOM = 0.01  # a value that more than this share of the outcomes takes is worth a word

Ranks = tuple[int | None, int | None]


def quantiles(sample: Sample, percents: Sequence[float]) -> tuple[Interval, ...]:
    """Return percentiles of an output, each with its interval.

    The estimate is the inverse of the empirical distribution function, an actual outcome. For
    independent outcomes the interval is that of `binomial_ranks`. For replicates of a design the
    pooled distribution function is inverted at p ± h, where h is Student's t-interval of the
    shares of the replicates that lie at or below the estimate (Woodruff 1952; Kaplan, Li,
    Nakayama & Tuffin 2019, who show that a mean of replicates' quantiles is biased).

    Parameters
    ----------
    sample : Sample
        The output.
    percents : sequence of float
        Which percentiles, in per cent.

    Returns
    -------
    tuple of Interval
        In the unit of the output. An end that the draws do not support is `None`.
    """
    sample.order.prepare(span(sample, percent) for percent in percents)
    return tuple(_quantile(sample, percent) for percent in percents)


def span(sample: Sample, percent: float) -> tuple[int, int]:
    """Return the ranks that a percentile and its interval need, as far as they are known.

    How far the interval of replicates reaches shows later: it is hardly ever wider than that of
    as many independent outcomes, of which this is twice the width.
    """
    n, rank = sample.count, value_rank(sample.count, percent)
    if sample.why_no_interval:
        return rank, rank
    if sample.replicates == 1:
        low, high = binomial_ranks(n, percent, sample.confidence)
        return low or 1, high or n
    z = 2.0 * normal(sample.confidence)
    reach = math.ceil(z * math.sqrt(n * percent / 100 * (1.0 - percent / 100)))
    return max(rank - reach, 1), min(rank + reach, n)


def _quantile(sample: Sample, percent: float) -> Interval:
    rank = value_rank(sample.count, percent)
    if sample.why_no_interval:
        return _interval(sample, rank, (None, None), sample.why_no_interval)
    if sample.replicates == 1:
        ends = binomial_ranks(sample.count, percent, sample.confidence)
    else:
        ends = _woodruff(sample, rank, percent)
    return _interval(sample, rank, ends, _why(sample, percent) if None in ends else "")


def _interval(sample: Sample, rank: int, ends: Ranks, reason: str) -> Interval:
    low, high = (None if end is None else sample.order.at(end) for end in ends)
    mass = sample.order.multiplicity(rank) / sample.count
    atom = mass if mass > ATOM and sample.count * mass > 1.5 else 0.0
    return Interval(sample.order.at(rank), low, high, reason, atom)


def _woodruff(sample: Sample, rank: int, percent: float) -> Ranks:
    value, n, r = sample.order.at(rank), sample.count, sample.replicates
    shares = sample.order.at_most(value) / replicate_sizes(n, r)
    h = student(sample.confidence, r - 1) * float(np.std(shares, ddof=1)) / math.sqrt(r)
    low = math.ceil(n * (percent / 100 - h))
    # The empirical function is a step at a whole rank: its upper inverse is the next outcome.
    high = math.floor(n * (percent / 100 + h)) + 1
    return (low if low >= 1 else None), (high if high <= n else None)


def _why(sample: Sample, percent: float) -> str:
    name = quantile_name(percent)
    if sample.replicates > 1:
        return f"{sample.count:,} outcomes do not enclose {name} on both sides; take more draws"
    need = enough(percent, sample.confidence)
    return f"both ends of an interval of {name} take {need:,} outcomes or more"
