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
Theorems of Mathematical Statistics, 2.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result import Interval, Result
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


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the outcomes were drawn, as far as errors depend on it."""

    draws: int
    replicates: int = 1
    confidence: float = 0.95


@dataclass(frozen=True, slots=True, eq=False)
class Figure:
    """A statistic of some outcomes.

    Parameters
    ----------
    statistic : Statistic
        Which.
    value : float
        Its estimate.
    met : bool[n] or None
        Of a percentile, which outcomes are at most it; of a chance, which exceed the level.
    slope : float
        The influence of an outcome is this times (met - share of met); 0 at an atom.
    deviations : float64[n] or None
        Of a mean: the influences themselves.
    reason : str
        Why there is no influence.
    """

    statistic: Statistic
    value: float
    met: npt.NDArray[np.bool_] | None = None
    slope: float = 0.0
    deviations: Vector | None = None
    reason: str = ""

    @property
    def influence(self) -> Vector | None:
        """Influence of each outcome, float64[n], with mean 0; None where there is none."""
        if self.met is None:
            return self.deviations
        share = float(np.count_nonzero(self.met)) / len(self.met)
        return np.multiply(np.subtract(self.met, share, dtype=np.float64), self.slope)


def figures(
    values: Vector,
    statistics: Iterable[Statistic],
    sampling: Sampling,
    known: Callable[[float], Interval] | None = None,
) -> list[Figure]:
    """Return statistics of outcomes with the influence of each outcome.

    Parameters
    ----------
    values : float64[n]
        Outcomes.
    statistics : iterable of Statistic
        Which.
    sampling : Sampling
        How they were drawn.
    known : callable, optional
        Gives a percentile with its interval, where it has been measured already.
    """
    wanted = list(statistics)
    quantiles = [one.number for one in wanted if one.kind == "quantile"]
    if known is None or sampling.replicates > 1:
        known = _order_statistics(values, quantiles, sampling).__getitem__
    return [_figure(values, one, sampling, known) for one in wanted]


def _figure(
    values: Vector, statistic: Statistic, sampling: Sampling, known: Callable[[float], Interval]
) -> Figure:
    if statistic.kind == "mean":
        mean = float(np.mean(values))
        pull: Vector = values - mean
        return Figure(statistic, mean, deviations=pull)
    if statistic.kind == "chance":
        above = values > statistic.number
        share = float(np.count_nonzero(above)) / len(values)
        return Figure(statistic, share, above, 1.0)
    n, percent = len(values), statistic.number
    found = known(percent)
    assert found.value is not None
    ranks = binomial_ranks(n, percent, sampling.confidence)
    if found.low is None or found.high is None or ranks[0] is None or ranks[1] is None:
        need = enough(percent, sampling.confidence)
        reason = f"both ends of an interval of {statistic.name} take {need:,} outcomes or more"
        return Figure(statistic, found.value, reason=reason)
    # The quantile function rises by so much over so many ranks: 1/f.
    slope = (found.high - found.low) * n / (ranks[1] - ranks[0])
    return Figure(statistic, found.value, values <= found.value, -slope)


def _order_statistics(
    values: Vector, percents: list[float], sampling: Sampling
) -> dict[float, Interval]:
    """Return percentiles with the outcomes of the ranks of independent ones' intervals."""
    n = len(values)
    wanted = {
        percent: (value_rank(n, percent), *binomial_ranks(n, percent, sampling.confidence))
        for percent in percents
    }
    ranks = {rank for three in wanted.values() for rank in three if rank is not None}
    if not ranks:
        return {}
    parted = np.partition(values, sorted(rank - 1 for rank in ranks))

    def at(rank: int | None) -> float | None:
        return None if rank is None else float(parted[rank - 1]) + 0.0

    return {
        percent: Interval(at(middle), at(low), at(high))
        for percent, (middle, low, high) in wanted.items()
    }


def estimate(values: Vector, statistic: Statistic) -> float:
    """Return a statistic of outcomes without its error."""
    if statistic.kind == "mean":
        return float(np.mean(values))
    if statistic.kind == "chance":
        return float(np.count_nonzero(values > statistic.number)) / len(values)
    place = value_rank(len(values), statistic.number) - 1
    return float(np.partition(values, place)[place]) + 0.0
