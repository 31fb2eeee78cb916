"""Statistics of outcomes as numbers with influences, and intervals of what is made of them.

The influence of an outcome is how much it pulls an estimate: the estimate's error is the mean of
the influences, and that of a difference the mean of the differences of influences, outcome by
outcome. So an interval of a difference on common random numbers sees how far both move together:

- mean: ``y - mean``;
- chance to exceed a level: ``1{y > level} - chance``;
- percentile q of share p (Bahadur 1966): ``(p - 1{y <= q}) / f(q)``. The density f enters as the
  slope of the empirical quantile function over the ranks of the percentile's own interval, so that
  for one percentile this gives back the interval of order statistics, to first order.

References
----------
Hampel (1974), The influence curve and its role in robust estimation. Serfling (1980), Approximation
Theorems of Mathematical Statistics, 2.5. Bonett & Price (2012), Adjusted Wald confidence interval
for a difference of binomial proportions based on paired data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result import Interval, Result
from simcost.result._student import normal, student
from simcost.result.interval import around
from simcost.result.names import quantile_name
from simcost.result.ranks import binomial_ranks, enough, value_rank

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Statistic:
    """What is asked of the outcomes.

    Parameters
    ----------
    kind : str
        ``quantile``, ``mean`` or ``chance``.
    number : float
        Percentile in per cent, or the level whose chance to be exceeded is meant.
    """

    kind: str
    number: float = 0.0

    @property
    def name(self) -> str:
        """``P90``, ``mean`` or ``overrun``."""
        return quantile_name(self.number) if self.kind == "quantile" else _NAMES[self.kind]

    def of(self, result: Result, output: str) -> Interval:
        """Return the statistic of an output of a result, with its interval."""
        if self.kind == "mean":
            return result.mean(output)
        if self.kind == "chance":
            return result.exceedance(output, self.number)
        return result.quantile(output, self.number)


_NAMES = {"mean": "mean", "chance": "overrun"}


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A statistic of some outcomes.

    Parameters
    ----------
    statistic : Statistic
        Which.
    value : float
        Its estimate.
    influence : float64[n] or None
        Of each outcome, with mean 0; None where the outcomes do not support one.
    reason : str
        Why there is none.
    """

    statistic: Statistic
    value: float
    influence: Vector | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the outcomes were drawn, as far as errors depend on it."""

    draws: int
    replicates: int = 1
    confidence: float = 0.95


def figures(values: Vector, statistics: Iterable[Statistic], sampling: Sampling) -> list[Figure]:
    """Return statistics of outcomes with the influence of each outcome.

    Parameters
    ----------
    values : float64[n]
        Outcomes.
    statistics : iterable of Statistic
        Which.
    sampling : Sampling
        How they were drawn.
    """
    wanted = list(statistics)
    ordered = _order_statistics(values, wanted, sampling)
    return [_figure(values, one, sampling, ordered) for one in wanted]


def _figure(
    values: Vector, statistic: Statistic, sampling: Sampling, ordered: dict[int, float]
) -> Figure:
    if statistic.kind == "mean":
        mean = float(np.mean(values))
        pull: Vector = values - mean
        return Figure(statistic, mean, pull)
    if statistic.kind == "chance":
        above = values > statistic.number
        share = float(np.count_nonzero(above)) / len(values)
        return Figure(statistic, share, np.subtract(above, share, dtype=np.float64))
    n, percent = len(values), statistic.number
    value = ordered[value_rank(n, percent)]
    low, high = binomial_ranks(n, percent, sampling.confidence)
    if low is None or high is None:
        need = enough(percent, sampling.confidence)
        reason = f"an interval of {statistic.name} takes {need:,} outcomes or more"
        return Figure(statistic, value, None, reason)
    # The quantile function rises by so much over so many ranks: 1/f.
    slope = (ordered[high] - ordered[low]) * n / (high - low)
    at_most = values <= value
    share = float(np.count_nonzero(at_most)) / n
    return Figure(statistic, value, np.multiply(share - at_most, slope))


def estimate(values: Vector, statistic: Statistic) -> float:
    """Return a statistic of outcomes without its error."""
    if statistic.kind == "mean":
        return float(np.mean(values))
    if statistic.kind == "chance":
        return float(np.count_nonzero(values > statistic.number)) / len(values)
    place = value_rank(len(values), statistic.number) - 1
    return float(np.partition(values, place)[place]) + 0.0


def _order_statistics(
    values: Vector, statistics: list[Statistic], sampling: Sampling
) -> dict[int, float]:
    """Return the outcomes of the ranks that percentiles and their slopes take."""
    n = len(values)
    ranks: set[int] = set()
    for one in statistics:
        if one.kind == "quantile":
            ends = binomial_ranks(n, one.number, sampling.confidence)
            ranks |= {value_rank(n, one.number), *(end for end in ends if end is not None)}
    if not ranks:
        return {}
    places = sorted(rank - 1 for rank in ranks)
    parted = np.partition(values, places)
    return {place + 1: float(parted[place]) + 0.0 for place in places}


def difference(after: Figure, before: Figure, sampling: Sampling) -> Interval:
    """Return how much higher a statistic is, drawn on the same random numbers.

    Parameters
    ----------
    after, before : Figure
        The same statistic of outcomes 0 … n - 1 of two models.
    sampling : Sampling
        How both were drawn.
    """
    if after.statistic.kind == "chance" and sampling.replicates == 1:
        return _difference_of_chances(after, before, sampling)
    return combined([(1.0, after), (-1.0, before)], sampling)


def combined(terms: Iterable[tuple[float, Figure]], sampling: Sampling) -> Interval:
    """Return a weighted sum of statistics drawn on the same random numbers.

    Parameters
    ----------
    terms : iterable of (float, Figure)
        Weights and statistics.
    sampling : Sampling
        How all were drawn. Independent outcomes: normal interval. Replicates: Student's t over
        the mean influence of each.
    """
    parts = list(terms)
    value = math.fsum(weight * figure.value for weight, figure in parts)
    reasons = [figure.reason for _, figure in parts if figure.influence is None]
    if reasons:
        return Interval(value, reason=reasons[0])
    total = np.zeros(sampling.draws)
    for weight, figure in parts:
        if figure.influence is not None:
            total += weight * figure.influence
    return around(value, half_width(total, sampling))


def half_width(influence: Vector, sampling: Sampling) -> float:
    """Return the half-width of the interval of a mean of influences."""
    r = sampling.replicates
    if r == 1:
        error = float(np.std(influence, ddof=1)) / math.sqrt(len(influence))
        return normal(sampling.confidence) * error
    means = influence[: len(influence) // r * r].reshape(-1, r).mean(axis=0)
    error = float(np.std(means, ddof=1)) / math.sqrt(r)
    return student(sampling.confidence, r - 1) * error


def _difference_of_chances(after: Figure, before: Figure, sampling: Sampling) -> Interval:
    """Return the difference of two paired shares, also where few outcomes tell them apart."""
    value = after.value - before.value
    assert after.influence is not None
    assert before.influence is not None
    moved = np.rint((after.influence + after.value) - (before.influence + before.value))
    up, down, n = float(np.sum(moved > 0)), float(np.sum(moved < 0)), sampling.draws
    if after.influence is before.influence:
        return around(value, 0.0)
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    error = math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    reach = normal(sampling.confidence) * error
    return Interval(value, min(p - q - reach, value), max(p - q + reach, value))
