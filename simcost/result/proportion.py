"""Probabilities with intervals."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost import elementary
from simcost.result._student import student
from simcost.result.interval import Interval
from simcost.result.sample import Sample
from simcost.result.sums import replicate_sizes

Counts = npt.NDArray[np.int64]


def proportion(sample: Sample, counts: Counts) -> Interval:
    """Return the probability of what so many outcomes of each replicate did, int64[R].

    Independent outcomes: Clopper & Pearson's exact interval. It never covers less than it says,
    it is not a point when no outcome (or each) meets the condition, and it is the interval of
    the quantiles read the other way: a budget lies inside the interval of P90 exactly when 90 %
    lies inside the interval of the chance to keep it. Wilson's is narrower and is none of these.

    Replicates: Student's t over their shares, cut to 0 … 1. When these are all 0 or all 1 they
    show no spread, and the exact interval of the pooled outcomes is the cautious answer.
    """
    met, count = int(counts.sum()), sample.count
    if sample.why_no_interval and not sample.random:
        return Interval(met / count, reason=sample.why_no_interval)
    if sample.replicates == 1 or met in (0, count):
        return Interval(met / count, *clopper_pearson(met, count, sample.confidence))
    shares = counts / replicate_sizes(count, sample.replicates)
    t = student(sample.confidence, sample.replicates - 1)
    half = t * float(np.std(shares, ddof=1)) / sample.replicates**0.5
    return Interval(met / count, max(met / count - half, 0.0), min(met / count + half, 1.0))


def clopper_pearson(met: int, count: int, confidence: float) -> tuple[float, float]:
    """Return the exact binomial interval (Clopper & Pearson 1934)."""
    alpha = np.array([(1.0 - confidence) / 2])
    low = high = None
    if met:
        low = elementary.beta_point(met, count - met + 1, alpha)[0]
    if met < count:
        high = elementary.beta_point(count - met, met + 1, alpha)[1]
    return 0.0 if low is None else float(low[0]), 1.0 if high is None else float(high[0])
