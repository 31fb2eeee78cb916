"""The result of a run whose gates were not drawn: every outcome in every pattern, weighted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError
from simcost.result import weighted_figures as figures
from simcost.result.asking import SUCCEEDED
from simcost.result.cells import Cells, Stacked
from simcost.result.column import Column
from simcost.result.estimate import Estimate
from simcost.result.interval import Interval
from simcost.result.meta import Meta
from simcost.result.names import check_output, check_percent, quantile_name
from simcost.result.result import Result, finite, sequential_notes
from simcost.result.threads import MANY, each
from simcost.result.weigher import NUMPY, Weigher
from simcost.result.weighted_tails import tail_notes

Vector = npt.NDArray[np.float64]


class WeightedResult(Result):
    """Outcomes in every pattern of the gates; answers what a `Result` does.

    Parameters
    ----------
    cells : Cells
        Values and weights.
    units : mapping of str to str
        Unit of each output; empty for a plain number.
    meta : Meta
        Where it came from; names the patterns.
    weigher : Weigher
        What measures the outcomes; any gives the same bits.

    Raises
    ------
    UsageError
        When these do not fit together.
    """

    def __init__(
        self, cells: Cells, units: Mapping[str, str], meta: Meta, weigher: Weigher = NUMPY
    ) -> None:
        if cells.count != meta.draws or meta.draws % meta.replicates or meta.replicates < 2:
            raise UsageError(
                f"{cells.count} outcomes are no multiple of {meta.replicates} replicates"
            )
        if len(cells.weights) != len(meta.patterns):
            raise UsageError(f"{len(cells.weights)} weights for {len(meta.patterns)} patterns")
        self._cells = cells
        self._units = MappingProxyType({name: units.get(name, "") for name in cells.values})
        self._meta, self._weigher = meta, weigher
        self._columns: dict[str, Column] = {}
        self._found: dict[tuple[str, float], Interval] = {}

    def under(self, meta: Meta) -> WeightedResult:
        """Return the same outcomes under another description."""
        result = WeightedResult(self._cells, self._units, meta, self._weigher)
        result._columns, result._found = self._columns, self._found
        return result.of(self._origin)

    @property
    def kept(self) -> bool:
        """Always true."""
        return True

    @property
    def values(self) -> Mapping[str, Vector]:
        """Outcomes by output, float64[patterns, draws], read-only; they need `weights`."""
        return Stacked(self._cells)

    @property
    def weights(self) -> Vector:
        """Probability of each pattern in each outcome, float64[patterns, draws], read-only."""
        return self._cells.all_weights

    def parts(self, first: int, last: int) -> Iterator[Vector]:
        """Yield the weights and then each output of a range, float64[patterns, last - first]."""
        cells = self._cells
        for places in (cells.weights, *cells.values.values()):
            yield np.stack([cells.rows[row][first:last] for row in places])

    @cached_property
    def digest(self) -> str:
        """Fingerprint of names, patterns, outcomes and weights, however they were computed."""
        return self._cells.digest(self._meta.patterns, self._weigher)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know: the run's own notes, early stopping, heavy tails."""
        tails = tail_notes(self._column(name) for name in self.outputs)
        return (*self._meta.notes, *sequential_notes(self._meta), *tails)

    def caveats(self, name: str) -> tuple[str, ...]:
        """Return what a reader of the mean of one output must know: its tail, where it is heavy."""
        return tail_notes([self._column(name)])

    def outcome(self, number: int, pattern: int | str | None = None) -> dict[str, float]:
        """Return one outcome by its number, from 0, in one pattern by its number or name.

        Raises
        ------
        UsageError
            When there is no such outcome or pattern, or no pattern is given.
        """
        if not 0 <= number < self._meta.draws:
            raise UsageError(f"there are outcomes 0 to {self._meta.draws - 1:,}, not {number!r}")
        place = pattern_number(self._meta.patterns, pattern)
        return {
            name: float(self._cells.rows[places[place]][number])
            for name, places in self._cells.values.items()
        }

    def prepare(
        self,
        quantiles: Sequence[float] | None = None,
        thresholds: Mapping[str, Sequence[float]] | None = None,
        *,
        digest: bool = True,
    ) -> None:
        """Find what a report needs, several outputs at a time where they are large."""
        percents = self._meta.quantiles if quantiles is None else quantiles
        figures_in_all = sum(map(len, self._cells.values.values())) * self._meta.draws
        if figures_in_all >= MANY:  # or else each when it is asked for
            each(lambda name: self.estimate(name, percents), self.outputs, figures_in_all)

    def estimate(self, name: str, quantiles: Sequence[float] | None = None) -> Estimate:
        """Return mean, standard deviation and percentiles (in per cent) of an output."""
        column = self._column(name)
        percents = self._meta.quantiles if quantiles is None else quantiles
        column.look_for([check_percent(p) / 100 for p in percents if (name, p) not in self._found])
        return Estimate(
            name=name,
            unit=column.unit,
            mean=self.mean(name),
            sd=self.sd(name),
            quantiles={quantile_name(p): self.quantile(name, p) for p in map(float, percents)},
            indicator=column.indicator,
        )

    def mean(self, name: str) -> Interval:
        """Return the mean of an output."""
        return figures.mean(self._column(name))

    def sd(self, name: str) -> Interval:
        """Return the standard deviation of an output."""
        return figures.sd(self._column(name))

    def quantile(self, name: str, percent: float) -> Interval:
        """Return a percentile of an output; `percent` between 0 and 100."""
        column, wanted = self._column(name), check_percent(percent)
        if (name, wanted) not in self._found:
            self._found[name, wanted] = figures.quantile(column, wanted)
        return self._found[name, wanted]

    def cvar(self, name: str, percent: float = 90.0) -> Interval:
        """Return the mean of the worst (100 - `percent`) % of an output's outcomes."""
        return figures.cvar(self._column(name), check_percent(percent))

    def exceedance(self, name: str, threshold: float) -> Interval:
        """Return the probability that an output is above a threshold."""
        column = self._column(name)
        return figures.probability(column, 1.0 - column.at_most(finite(threshold)))

    def within(self, name: str, threshold: float) -> Interval:
        """Return the probability that an output is at most a threshold."""
        column = self._column(name)
        return figures.probability(column, column.at_most(finite(threshold)))

    def exactly(self, name: str, value: float) -> Interval:
        """Return the probability that an output is exactly a value: a write-off of 0, say."""
        column, limit = self._column(name), finite(value)
        below = column.at_most(math.nextafter(limit, -math.inf))
        return figures.probability(column, column.at_most(limit) - below)

    def ratio(self, top: str, bottom: str) -> Interval:
        """Return mean(top)/mean(bottom): ``ratio("cost", "succeeded")`` is cost per success."""
        return figures.ratio(self._column(top), self._column(bottom))

    @property
    def success(self) -> Interval | None:
        """Chance of success; `None` for a model without stages."""
        return self.mean(SUCCEEDED) if SUCCEEDED in self._units else None

    def _column(self, name: str) -> Column:
        if name not in self._columns:
            check_output(name, self._units)
            self._columns[name] = Column(
                name,
                self._units[name],
                self._cells.weighted(name),
                self._meta.replicates,
                self._meta.confidence,
                self._meta.tail_index.get(name, 0.0),
                self._weigher,
            )
        return self._columns[name]

    def __reduce__(self) -> tuple[Any, ...]:
        return WeightedResult, (self._cells, dict(self._units), self._meta)


def pattern_number(patterns: Sequence[str], pattern: int | str | None) -> int:
    """Return the number of a pattern given by its number, from 0, or by its name.

    Raises
    ------
    UsageError
        When there is no such pattern.
    """
    if isinstance(pattern, str) and pattern in patterns:
        return patterns.index(pattern)
    if isinstance(pattern, str) and pattern.isdecimal():
        pattern = int(pattern)
    if isinstance(pattern, int) and 0 <= pattern < len(patterns):
        return pattern
    listed = "; ".join(f"{number} {label}" for number, label in enumerate(patterns))
    if pattern is None:
        raise UsageError(f"an outcome has several patterns, so say which: {listed}")
    raise UsageError(f"there is no pattern {pattern!r}; there are: {listed}")
