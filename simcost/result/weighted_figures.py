"""Estimates of weighted outcomes, each with its interval: Student's t over the replicates.

The estimators are those of unweighted replicates (see `quantiles`, `means`, `shortfall`,
`proportion`) with sums of weights in place of counts.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simcost.result.column import SAME, Column
from simcost.result.interval import Interval, around
from simcost.result.means import NO_ERROR, NO_MEAN, NO_SD, NO_SD_ERROR, spread
from simcost.result.names import quantile_name
from simcost.result.quantiles import ATOM
from simcost.result.shortfall import TAIL
from simcost.result.weigher import Term

Vector = npt.NDArray[np.float64]


def mean(column: Column) -> Interval:
    """Return the mean; that of a yes or no is a probability."""
    xi = column.tail_index
    if xi >= 1.0:
        return Interval(None, reason=NO_MEAN.format(xi=xi))
    if column.indicator:
        return probability(column, column.replicate_means)
    if xi >= 0.5:
        return Interval(column.mean, reason=NO_ERROR.format(xi=xi))
    return around(column.mean, spread(column.replicate_means, column.confidence))


def sd(column: Column) -> Interval:
    """Return the standard deviation; the error of the variance carried over."""
    xi, value = column.tail_index, math.sqrt(float(np.mean(column.replicate_spreads)))
    if xi >= 0.5:
        return Interval(None, reason=NO_SD.format(xi=xi))
    if xi >= 0.25:
        return Interval(value, reason=NO_SD_ERROR.format(xi=xi))
    half = spread(column.replicate_spreads, column.confidence) / 2
    return around(value, half / value if value else 0.0)


def probability(column: Column, shares: Vector) -> Interval:
    """Return the probability of what has so much weight in each replicate, float64[R].

    Where the replicates agree to the last digit, either the probability is known (the chance of
    success of a project whose chances of failure are numbers), or nothing rare has been seen. The
    latter may still happen with the probability that n outcomes can miss, as in Clopper and
    Pearson's interval of no outcome in n.
    """
    value = min(max(float(np.mean(shares)), 0.0), 1.0)
    half = spread(shares, column.confidence)
    if half <= SAME:
        alpha = (1.0 - column.confidence) / 2
        half = 0.0 if column.constant else -math.expm1(math.log(alpha) / column.count)
    return Interval(value, max(value - half, 0.0), min(value + half, 1.0))


def quantile(column: Column, percent: float) -> Interval:
    """Return a percentile: the inverse of the pooled distribution function, Woodruff's interval."""
    share, n = percent / 100, column.count
    value = column.at(share)
    half = spread(column.at_most(value), column.confidence)
    low = column.at(share - half) if share - half > SAME else None
    # The pooled function is a step: where it is just p + h its upper inverse is the next value.
    high = column.at(share + half, above=True) if share + half < 1.0 - SAME else None
    reason = ""
    if low is None or high is None:
        name = quantile_name(percent)
        reason = f"{n:,} outcomes do not enclose {name} on both sides; take more draws"
    mass = column.mass_at(value)
    return Interval(value, low, high, reason, mass if mass > ATOM and n * mass > 1.5 else 0.0)


def cvar(column: Column, percent: float) -> Interval:
    """Return the mean of the worst (100 - `percent`) %: q + E(y - q)₊/(1 - p)."""
    xi = column.tail_index
    if xi >= 1.0:
        return Interval(None, reason=NO_MEAN.format(xi=xi))
    tail = (100.0 - percent) / 100.0
    q = column.at(percent / 100)
    excess = column.excess(q) / tail
    value = q + float(np.mean(excess))
    if xi >= 0.5:
        return Interval(value, reason=NO_ERROR.format(xi=xi))
    if column.count * tail < TAIL:
        reason = f"fewer than {TAIL} outcomes lie beyond {quantile_name(percent)}"
        return Interval(value, reason=reason)
    return around(value, spread(excess, column.confidence))


def ratio(top: Column, bottom: Column) -> Interval:
    """Return mean(`top`)/mean(`bottom`), its error by the delta method over the replicates."""
    xi = max(top.tail_index, bottom.tail_index)
    if xi >= 1.0:
        return Interval(None, reason=NO_MEAN.format(xi=xi))
    if bottom.mean == 0.0:
        return Interval(None, reason=f"{bottom.name!r} is 0 on average in these outcomes")
    value = top.mean / bottom.mean
    if xi >= 0.5:
        return Interval(value, reason=NO_ERROR.format(xi=xi))
    rest = (top.replicate_means - value * bottom.replicate_means) / bottom.mean
    return around(value, spread(rest, top.confidence))


def hill(column: Column) -> tuple[float, float] | None:
    """Return the tail index of the largest √n of n outcomes and its error (Hill 1975)."""
    k = math.isqrt(column.count)
    least = column.at(1.0 - k / column.count)
    if least <= 0.0:
        return None
    values, weights = column.above(least)
    xi = float(np.sum(np.log(values / least) * weights)) / max(float(weights.sum()), 1.0)
    return xi, xi / math.sqrt(k)


def concentration(column: Column) -> float:
    """Return the largest weighted square over the sum of squares."""
    squares = float(column.total(Term.SQUARE).sum())
    largest = max(row.largest_square() for row in column.rows)
    return largest / squares if squares else 0.0
