"""Intervals of what is made of statistics that were drawn on the same random numbers.

References
----------
Bonett & Price (2012), Adjusted Wald confidence interval for a difference of binomial proportions
based on paired data.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from simcost.analyses._influence import Figure, Sampling
from simcost.result import Interval
from simcost.result._student import normal, student
from simcost.result.interval import around

Vector = npt.NDArray[np.float64]

ROUNDING = 1e-14


def difference(after: Figure, before: Figure, sampling: Sampling) -> Interval:
    """Return how much higher a statistic is, drawn on the same random numbers.

    Parameters
    ----------
    after, before : Figure
        The same statistic of outcomes 0 … n - 1 of two models.
    sampling : Sampling
        How both were drawn.
    """
    if after is before:
        return around(0.0, 0.0)
    counted = after.met is not None and before.met is not None
    if sampling.replicates == 1 and sampling.draws > 1 and counted:
        if after.statistic.kind == "chance":
            return _difference_of_chances(after, before, sampling)
        return _difference_of_quantiles(after, before, sampling)
    if after.deviations is not None and before.deviations is not None and sampling.draws > 1:
        pull = np.subtract(after.deviations, before.deviations)
        return around(after.value - before.value, half_width(pull, sampling))
    return combined([(1.0, after), (-1.0, before)], sampling)


def _difference_of_quantiles(after: Figure, before: Figure, sampling: Sampling) -> Interval:
    """Return what `combined` would, from counts: both influences take two values each."""
    n = sampling.draws
    assert after.met is not None
    assert before.met is not None
    p, q, both = (
        float(np.count_nonzero(met)) / n for met in (after.met, before.met, after.met & before.met)
    )
    a, b = after.slope, before.slope
    variance = a * a * p * (1 - p) + b * b * q * (1 - q) - 2 * a * b * (both - p * q)
    # Nothing but rounding is left where both move together.
    floor = ROUNDING * (a * a + b * b)
    error = math.sqrt(variance / (n - 1)) if variance > floor else 0.0
    return around(after.value - before.value, normal(sampling.confidence) * error)


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
    reasons = [figure.reason for _, figure in parts if figure.reason]
    if sampling.draws < 2:
        reasons = ["one outcome says nothing about its error"]
    if reasons:
        return Interval(value, reason=reasons[0])
    total = np.zeros(sampling.draws)
    for weight, figure in parts:
        pull = figure.influence
        if pull is not None:
            total += weight * pull
    return around(value, half_width(total, sampling))


def half_width(influence: Vector, sampling: Sampling) -> float:
    """Return the half-width of the interval of a mean of influences."""
    r, n = sampling.replicates, len(influence)
    if r == 1:
        squares = float(np.dot(influence, influence))  # their mean is 0
        error = math.sqrt(squares / (n - 1) / n)
        return normal(sampling.confidence) * error
    means = influence[: n // r * r].reshape(-1, r).mean(axis=0)
    error = float(np.std(means, ddof=1)) / math.sqrt(r)
    return student(sampling.confidence, r - 1) * error


def _difference_of_chances(after: Figure, before: Figure, sampling: Sampling) -> Interval:
    """Return the difference of two paired shares, also where few outcomes tell them apart."""
    value, n = after.value - before.value, sampling.draws
    assert after.met is not None
    assert before.met is not None
    up = float(np.count_nonzero(after.met & ~before.met))
    down = float(np.count_nonzero(before.met & ~after.met))
    p, q = (up + 1) / (n + 2), (down + 1) / (n + 2)
    error = math.sqrt((p + q - (p - q) ** 2) / (n + 2))
    reach = normal(sampling.confidence) * error
    return Interval(value, min(p - q - reach, value), max(p - q + reach, value))
