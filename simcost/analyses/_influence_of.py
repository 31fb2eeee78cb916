"""Errors of estimates that are not means, from what each outcome adds to them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simcost.result import Interval, Meta, Result
from simcost.result._student import normal, student

Vector = npt.NDArray[np.float64]


def half_width(influence: Vector, meta: Meta) -> float:
    """Return the half-width of a mean's interval: independent outcomes, or replicates of them.

    Parameters
    ----------
    influence : float64[n]
        What each outcome adds to the estimate, to first order (Hampel 1974).
    meta : Meta
        Of the run.
    """
    n, r = len(influence), meta.replicates
    if r == 1:
        return normal(meta.confidence) * float(influence.std()) / math.sqrt(n)
    means = influence.reshape(-1, r).mean(axis=0)  # outcome k belongs to replicate k % r
    return student(meta.confidence, r - 1) * float(means.std(ddof=1)) / math.sqrt(r)


def quantile_influence(values: Vector, found: Interval, percent: float, meta: Meta) -> Vector:
    """Return what each outcome adds to a percentile, (p - [Y ≤ q]) / f.

    The density f is read off the interval: its half-width is that of the share below, over f.

    Parameters
    ----------
    values : float64[n]
        Outcomes.
    found : Interval
        The percentile with its interval.
    percent : float
        Which, in per cent.
    meta : Meta
        Of the run.

    Returns
    -------
    float64[n]
        NaN where the percentile has no interval.
    """
    below: Vector = percent / 100 - (values <= float(found)).astype(np.float64)
    share = half_width(below, meta)
    if found.half_width is None:
        return np.full(len(values), math.nan)
    if found.low is None or found.high is None or share == 0.0:
        return below * 0.0
    return below * ((found.high - found.low) / 2 / share)


def result_of(values: Vector, meta: Meta, unit: str = "", name: str = "y") -> Result:
    """Return derived outcomes as a result of one output, `name`."""
    return Result({name: values}, {name: unit}, meta)


def chance_of(holds: npt.NDArray[np.bool_], meta: Meta) -> Interval:
    """Return the chance of what some outcomes do, exact for independent ones."""
    return result_of(np.where(holds, 0.0, 1.0), meta).within("y", 0.5)
