"""The outcomes of a run, and the questions that can be asked of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError
from simcost.result import digest, means
from simcost.result.asking import FAILED_STAGE, SUCCEEDED, report_gauges, summary_gauges
from simcost.result.budget import Budget
from simcost.result.estimate import Estimate
from simcost.result.gauges import DigestGauge
from simcost.result.interval import Interval
from simcost.result.ledger import Ledger
from simcost.result.meta import Meta
from simcost.result.names import check_output, check_percent, quantile_name
from simcost.result.proportion import proportion
from simcost.result.quantiles import quantiles
from simcost.result.questions import ask, drawn
from simcost.result.sample import Sample
from simcost.result.shortfall import cvar
from simcost.result.source import LEAF, Arrays
from simcost.result.sums import replicate_sizes
from simcost.result.tails import tail_notes
from simcost.result.tools import NUMPY, Tools

if TYPE_CHECKING:
    import xarray

Vector = npt.NDArray[np.float64]

_SEQUENTIAL = (
    "the number of draws was chosen by looking at the result, which makes intervals slightly "
    "optimistic (95% ones cover 93.5% to 96%)"
)


class Result:
    """Outcomes of every output of a model; immutable.

    Parameters
    ----------
    values : mapping of str to float64[n]
        Outcomes of each output. An array that is read-only is taken as it is; any other is copied.
    units : mapping of str to str
        Unit of each output; empty for a plain number.
    meta : Meta
        Where it came from.
    tools : Tools
        What measures; all tools give the same bits.

    Raises
    ------
    UsageError
        When arrays, units and `meta` do not fit together.
    """

    _origin: object = None
    _later: Callable[[], Mapping[str, Vector]] | None = None

    def __init__(
        self,
        values: Mapping[str, npt.ArrayLike],
        units: Mapping[str, str],
        meta: Meta,
        tools: Tools = NUMPY,
    ) -> None:
        arrays = {name: _frozen(array) for name, array in values.items()}
        _check(arrays, meta)
        self._settle(Ledger(Arrays(arrays), meta.replicates, tools), arrays, units, meta)
        self._values: Mapping[str, Vector] | None = MappingProxyType(arrays)

    @classmethod
    def of_ledger(
        cls,
        ledger: Ledger,
        units: Mapping[str, str],
        meta: Meta,
        values: Mapping[str, Vector] | None = None,
        later: Callable[[], Mapping[str, Vector]] | None = None,
    ) -> Result:
        """Return the result of outcomes that something else makes, or has made.

        If they are not kept it still answers everything that does not need all outcomes at once,
        in the same bits. What the ledger has not measured yet takes another pass over the source.

        Parameters
        ----------
        ledger : Ledger
            What is known of the outcomes, and where they come from.
        units : mapping of str to str
            Unit of each output, all of them.
        meta : Meta
            Where it came from.
        values : mapping of str to float64[n], optional
            The outcomes, read-only, if they are kept.
        later : callable, optional
            Makes them when they are asked for, if they are not.
        """
        result = cls.__new__(cls)
        result._settle(ledger, units, units, meta)
        result._values = None if values is None else MappingProxyType(dict(values))
        result._later = later
        return result

    def under(self, meta: Meta) -> Result:
        """Return the same outcomes under another description; what was measured stays known."""
        return Result.of_ledger(self._ledger, self._units, meta, self._values, self._later).of(
            self._origin
        )

    def _settle(
        self,
        ledger: Ledger,
        names: Iterable[str],
        units: Mapping[str, str],
        meta: Meta,
    ) -> None:
        self._ledger = ledger
        self._units = MappingProxyType({name: units.get(name, "") for name in names})
        self._meta = meta
        self._samples: dict[str, Sample] = {}
        self._quantiles: dict[tuple[str, float], Interval] = {}

    @property
    def kept(self) -> bool:
        """Whether every outcome is in memory."""
        return self._values is not None

    @property
    def values(self) -> Mapping[str, Vector]:
        """Outcomes by output, float64[draws], read-only; drawn anew if they were not kept.

        Raises
        ------
        UsageError
            When they were not kept.
        """
        if self._values is None and self._later is not None:
            self._values = MappingProxyType(dict(self._later()))
        if self._values is None:
            raise UsageError(
                f"the {self._meta.draws:,} outcomes were not kept, only what was measured of them; "
                "run with keep=True, or with fewer draws"
            )
        return self._values

    @property
    def units(self) -> Mapping[str, str]:
        """Unit by output."""
        return self._units

    @property
    def meta(self) -> Meta:
        """Where the result came from."""
        return self._meta

    def of(self, origin: object) -> Self:
        """Return the same outcomes, with what they can be drawn from again.

        Parameters
        ----------
        origin : object
            Opaque here: analyses know what it is.
        """
        result = object.__new__(type(self))
        result.__dict__.update(self.__dict__)
        result._origin = origin
        return result

    @property
    def origin(self) -> object:
        """What the outcomes can be drawn from again; `None` where that is not known.

        A result that was sent to another process does not know it.
        """
        return self._origin

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(self._units)

    @cached_property
    def digest(self) -> str:
        """Fingerprint of names and outcomes, however they were computed."""
        gauges = {name: DigestGauge(name) for name in self.outputs}
        self._ledger.ensure(gauges.values())
        hashes = {name: self._ledger.get(gauge).hashes for name, gauge in gauges.items()}
        return digest.digest(hashes, self._meta.draws)

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Outcomes, summary and provenance as a labelled dataset, made on first use."""
        from simcost.result.dataset import make_dataset

        return make_dataset(self)

    @cached_property
    def notes(self) -> tuple[str, ...]:
        """What a reader must know: the run's own notes, early stopping, heavy tails."""
        tails = tail_notes(
            self._sample(name) for name in self.outputs if name not in (SUCCEEDED, FAILED_STAGE)
        )
        return (*self._meta.notes, *sequential_notes(self._meta), *tails)

    def caveats(self, name: str) -> tuple[str, ...]:
        """Return what a reader of the mean of one output must know: its tail, where it is heavy."""
        return tail_notes([self._sample(name)])

    def outcome(self, number: int) -> dict[str, float]:
        """Return one outcome by its number, from 0.

        Raises
        ------
        UsageError
            When there is no such outcome.
        """
        if not 0 <= number < self._meta.draws:
            raise UsageError(f"there are outcomes 0 to {self._meta.draws - 1:,}, not {number!r}")
        leaf, place = divmod(number, LEAF)

        def pick(_: int, values: Mapping[str, Vector]) -> dict[str, float]:
            return {name: float(array[place]) for name, array in values.items()}

        return next(iter(self._ledger.source.map(pick, self.outputs, leaf, leaf + 1)))

    def prepare(
        self,
        quantiles: Sequence[float] | None = None,
        thresholds: Mapping[str, Sequence[float]] | None = None,
        *,
        digest: bool = True,
    ) -> None:
        """Measure what a report needs in one pass; anything else is measured when asked.

        Parameters
        ----------
        quantiles : sequence of float, optional
            Percentiles; those of the run where left out. From P50 on, with `cvar`.
        thresholds : mapping of str to sequence of float, optional
            Levels by output, for `exceedance` and `within`.
        digest : bool
            Whether to take the fingerprint, too.
        """
        percents = self._meta.quantiles if quantiles is None else quantiles
        samples = [self._sample(name) for name in self.outputs]
        wanted = [check_percent(percent) for percent in percents]
        gauges = report_gauges(samples, wanted, thresholds or {})
        self._ledger.ensure(g for g in gauges if digest or not isinstance(g, DigestGauge))

    def estimate(self, name: str, quantiles: Sequence[float] | None = None) -> Estimate:
        """Return mean, standard deviation and percentiles (in per cent) of an output."""
        sample = self._sample(name)
        percents = self._meta.quantiles if quantiles is None else quantiles
        self._ledger.ensure(summary_gauges(sample, [check_percent(p) for p in percents]))
        return Estimate(
            name=name,
            unit=sample.unit,
            mean=self.mean(name),
            sd=self.sd(name),
            quantiles=self._named_quantiles(name, quantiles),
            indicator=sample.indicator,
        )

    def mean(self, name: str) -> Interval:
        """Return the mean of an output."""
        return means.mean(self._sample(name))

    def sd(self, name: str) -> Interval:
        """Return the standard deviation of an output."""
        return means.sd(self._sample(name))

    def quantile(self, name: str, percent: float) -> Interval:
        """Return a percentile of an output; `percent` between 0 and 100."""
        return self._find_quantiles(name, [percent])[0]

    def cvar(self, name: str, percent: float = 90.0) -> Interval:
        """Return the mean of the worst (100 - `percent`) % of an output's outcomes."""
        return cvar(self._sample(name), check_percent(percent))

    def exceedance(self, name: str, threshold: float) -> Interval:
        """Return the probability that an output is above a threshold."""
        limit = finite(threshold)
        sample = self._sample(name)
        sizes = replicate_sizes(sample.count, sample.replicates)
        return proportion(sample, sizes - sample.order.at_most(limit))

    def within(self, name: str, threshold: float) -> Interval:
        """Return the probability that an output is at most a threshold."""
        limit = finite(threshold)
        sample = self._sample(name)
        return proportion(sample, sample.order.at_most(limit))

    def exactly(self, name: str, value: float) -> Interval:
        """Return the probability that an output is exactly a value: a write-off of 0, say."""
        limit = finite(value)
        sample = self._sample(name)
        below = sample.order.at_most(math.nextafter(limit, -math.inf))
        return proportion(sample, sample.order.at_most(limit) - below)

    def ratio(self, top: str, bottom: str) -> Interval:
        """Return mean(top)/mean(bottom): ``ratio("cost", "succeeded")`` is cost per success."""
        return means.ratio(self._sample(top), self._sample(bottom))

    @property
    def success(self) -> Interval | None:
        """Chance of success; `None` for a model without stages."""
        if SUCCEEDED not in self._units or self._sample(SUCCEEDED).moments.high > 1.0:
            return None
        return self.mean(SUCCEEDED)

    def budget(self, name: str = "cost", quantiles: Sequence[float] | None = None) -> Budget:
        """Return percentiles, mean and spread of an output, and the chance to stay within each."""
        found = self.estimate(name, quantiles)
        levels = {**found.quantiles, "mean": found.mean}
        return Budget(
            name=name,
            unit=found.unit,
            quantiles=found.quantiles,
            mean=found.mean,
            sd=found.sd,
            chance={
                level: self.within(name, interval.value)
                for level, interval in levels.items()
                if interval.value is not None
            },
            draws=self._meta.draws,
            confidence=self._meta.confidence,
        )

    def plot(self, path: str | Path | None = None, kind: str = "scurve", **options: Any) -> Any:
        """Draw a figure, to a file where a path is given: `simcost.report.figures.draw`.

        Parameters
        ----------
        path : str or Path, optional
            Ends in ``.svg``, ``.png`` or ``.pdf``.
        kind : str
            ``scurve``, ``histogram``, ``waterfall`` or ``convergence``.
        **options
            ``output``, and ``budget`` of an S-curve.

        Returns
        -------
        matplotlib.figure.Figure or Path
            The figure, or `path`.
        """
        return drawn(self, path, kind, **options)

    def tornado(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return how far each input moves a statistic of an output: `analyses.tornado`."""
        return ask("tornado", self, output, **options)

    def comparison(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return several tornadoes side by side: `analyses.comparison`."""
        return ask("comparison", self, output, **options)

    def spider(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return a statistic of an output along each input's percentiles: `analyses.spider`."""
        return ask("spider", self, output, **options)

    def sensitivity(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return each input's share of an output's variance: `analyses.sensitivity`."""
        return ask("sensitivity", self, output, **options)

    def reverse(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return the least implausible world in which a target holds: `analyses.reverse`."""
        return ask("reverse", self, output, **options)

    def discover(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return ranges of a few inputs that hold most bad outcomes: `analyses.discover`."""
        return ask("discover", self, output, **options)

    def rare(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return the chance of an outcome that a run hardly ever sees: `analyses.rare`."""
        return ask("rare", self, output, **options)

    def contingency(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return what a budget above the base is made of: `analyses.contingency`."""
        return ask("contingency", self, output, **options)

    def joint(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return the chance that targets hold together, and targets that do: `analyses.joint`."""
        return ask("joint", self, output, **options)

    def timeline(self, output: str = "cost", **options: Any) -> xarray.Dataset:
        """Return what is spent of an output in each period: `analyses.timeline`."""
        return ask("timeline", self, output, **options)

    def _named_quantiles(self, name: str, percents: Sequence[float] | None) -> dict[str, Interval]:
        wanted = [*map(float, self._meta.quantiles if percents is None else percents)]
        found = self._find_quantiles(name, wanted)
        return dict(zip(map(quantile_name, wanted), found, strict=True))

    def _find_quantiles(self, name: str, percents: Sequence[float]) -> list[Interval]:
        sample = self._sample(name)
        wanted = [check_percent(percent) for percent in percents]
        missing = [p for p in wanted if (name, p) not in self._quantiles]
        for percent, interval in zip(missing, quantiles(sample, missing), strict=True):
            self._quantiles[name, percent] = interval
        return [self._quantiles[name, percent] for percent in wanted]

    def _sample(self, name: str) -> Sample:
        if name not in self._samples:
            check_output(name, self._units)
            meta = self._meta
            self._samples[name] = Sample(
                name,
                self._units[name],
                self._ledger,
                random=meta.design == "random",
                confidence=meta.confidence,
                tail_index=meta.tail_index.get(name, 0.0),
            )
        return self._samples[name]

    def __reduce__(self) -> tuple[Any, ...]:
        if self._values is None:
            parts = self._ledger, dict(self._units), self._meta, None, self._later
            return Result.of_ledger, parts
        return Result, (dict(self._values), dict(self._units), self._meta)

    def __repr__(self) -> str:
        meta = self._meta
        return (
            f"<Result of {meta.model!r}: {meta.draws:,} outcomes of {', '.join(self.outputs)}; "
            f"seed {meta.seed}, {meta.design} design>"
        )


def _frozen(array: npt.ArrayLike) -> Vector:
    values = np.asarray(array, dtype=np.float64)
    if values.flags.writeable or not values.flags.c_contiguous:
        values = np.array(values, order="C")
        values.flags.writeable = False
    return values


def _check(values: Mapping[str, Vector], meta: Meta) -> None:
    if meta.draws < meta.replicates:
        raise UsageError(f"{meta.draws} draws are fewer than {meta.replicates} replicates")
    if LEAF % meta.replicates and meta.draws > LEAF:
        raise UsageError(f"the number of replicates must divide {LEAF:,}, not {meta.replicates}")
    for name, array in values.items():
        if array.shape != (meta.draws,):
            raise UsageError(f"{name!r} has shape {array.shape}, not ({meta.draws},)")


def sequential_notes(meta: Meta) -> tuple[str, ...]:
    """Return the note on a number of draws chosen by a precision, if it was."""
    return (_SEQUENTIAL,) * meta.sequential


def finite(threshold: float) -> float:
    """Return a threshold as a float; UsageError for NaN."""
    value = float(threshold)
    if value != value:
        raise UsageError("a threshold must be a number, not NaN")
    return value
