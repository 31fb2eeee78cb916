"""What a report will ask of a result, so that one pass over the outcomes answers all of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from simcost.result.bracket import Sought
from simcost.result.gauges import DigestGauge, MomentsGauge, ProductsGauge, ThresholdGauge
from simcost.result.order import top
from simcost.result.quantiles import span
from simcost.result.sample import Sample
from simcost.result.tails import looks_at

SUCCEEDED = "succeeded"
FAILED_STAGE = "failed_stage"
_WORST = 50.0  # percentiles from here on come with the mean of what lies above


def report_gauges(
    samples: Sequence[Sample],
    percents: Sequence[float],
    thresholds: Mapping[str, Sequence[float]],
) -> Iterator[Sought]:
    """Yield what the report of some outputs needs, and their digest.

    Parameters
    ----------
    samples : sequence of Sample
        All outputs.
    percents : sequence of float
        Percentiles, in per cent.
    thresholds : mapping of str to sequence of float
        Levels by output, for the chances of staying within them.
    """
    independent = bool(samples) and samples[0].replicates == 1
    bottom = [sample for sample in samples if sample.name == SUCCEEDED and independent]
    for sample in samples:
        name = sample.name
        yield DigestGauge(name)
        yield from summary_gauges(sample, percents, tails=True)
        for level in thresholds.get(name, ()):
            yield ThresholdGauge(name, level, sample.replicates)
        if name not in (SUCCEEDED, FAILED_STAGE):
            for other in bottom:
                yield ProductsGauge(name, other.name)


def summary_gauges(
    sample: Sample, percents: Sequence[float], *, tails: bool = False
) -> Iterator[Sought]:
    """Yield what mean, standard deviation, percentiles and tail of an output need.

    Parameters
    ----------
    sample : Sample
        The output.
    percents : sequence of float
        Percentiles, in per cent.
    tails : bool
        Whether the means of what lies above the higher of them will be asked for.
    """
    yield MomentsGauge(sample.name)
    for percent in percents:
        yield sample.order.gauge(span(sample, percent), tails=tails and percent >= _WORST)
    if looks_at(sample) and sample.name not in (SUCCEEDED, FAILED_STAGE):
        yield sample.order.gauge(top(sample.count, looks_at(sample)))
