"""Heavy tails: when the error of a mean is not to be believed.

Two looks, because each misses something. The tail index that a model's inputs imply is exact,
and knows of a rare Pareto component that a million outcomes do not show. The data show
a variance that exists but that this many outcomes have not settled.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from simcost.result.means import NO_ERROR, NO_MEAN
from simcost.result.sample import Sample

ENOUGH = 4096  # below this, 64 top outcomes say little
MANY = 100_000  # below this, one outcome holds over 1 % of the squares of a plain lognormal too
CONCENTRATED = 0.01
ONE_SIDED = 1.64


def looks_at(sample: Sample) -> int:
    """Return how many of the largest outcomes are looked at, 0 for none."""
    if sample.tail_index >= 0.5 or sample.count < ENOUGH:
        return 0
    return math.isqrt(sample.count) + 1


def hill(sample: Sample) -> tuple[float, float] | None:
    """Return the tail index of the √n largest outcomes and its standard error (Hill 1975).

    `None` where they are not all positive.
    """
    k = math.isqrt(sample.count)
    top = sample.order.largest(k + 1)
    if top[0] <= 0.0:
        return None
    xi = float(np.mean(np.log(top[1:] / top[0])))
    return xi, xi / math.sqrt(k)


def tail_notes(samples: Iterable[Sample]) -> tuple[str, ...]:
    """Return what a reader of the means of these outputs must know, one sentence each."""
    notes, seen = [], []
    for sample in samples:
        static = sample.tail_index
        if static >= 0.5:
            notes.append(static_note(sample.name, static))
        elif signs := _signs(sample):
            seen.append(f"{sample.name} ({', '.join(signs)})")
    return (*notes, *said(seen))


def static_note(name: str, xi: float) -> str:
    """Return what to say of an output without a variance, or a mean, by its tail index."""
    return f"{name}: {(NO_MEAN if xi >= 1.0 else NO_ERROR).format(xi=xi)}"


def said(seen: Sequence[str]) -> tuple[str, ...]:
    """Return the note on outputs whose outcomes look heavy-tailed, if there are any."""
    if not seen:
        return ()
    return (
        "means whose intervals may be too narrow, since a few outcomes dominate: "
        f"{'; '.join(seen)}. Trust the percentiles more",
    )


def _signs(sample: Sample) -> list[str]:
    if sample.count < ENOUGH or sample.indicator:
        return []
    return [*_hill_sign(sample), *_concentration_sign(sample)]


def _hill_sign(sample: Sample) -> list[str]:
    estimate = hill(sample)
    if estimate is None or estimate[0] + ONE_SIDED * estimate[1] < 0.5:
        return []
    return [f"tail index {estimate[0]:.2f}"]


def _concentration_sign(sample: Sample) -> list[str]:
    share = sample.moments.concentration
    if sample.count < MANY or share <= CONCENTRATED:
        return []
    return [f"one outcome holds {share:.0%} of the squares"]
