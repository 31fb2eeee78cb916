"""Errors of estimates that are not means, from what each outcome adds to them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from simcost.result import Interval, Meta, Result
from simcost.result._student import normal, student
from simcost.result.cells import Cells
from simcost.result.weighted import WeightedResult

Vector = npt.NDArray[np.float64]
Weights = npt.NDArray[np.float64]  # float64[patterns, n] of a run whose gates were not drawn


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


def weights_of(result: Result) -> Weights | None:
    """Return the weights of every pattern in every outcome; None where outcomes are single."""
    return result.weights if isinstance(result, WeightedResult) else None


def per_outcome(values: npt.NDArray[np.float64], weights: Weights | None) -> Vector:
    """Return a figure of every outcome: its mean over the patterns, where it has these."""
    return values if weights is None else np.asarray((values * weights).sum(axis=0))


def quantile_influence(
    values: Vector, found: Interval, percent: float, meta: Meta, weights: Weights | None = None
) -> Vector:
    """Return what each outcome adds to a percentile, (p - [Y ≤ q]) / f.

    Parameters
    ----------
    values : float64[n] or float64[patterns, n]
        Outcomes.
    found : Interval
        The percentile with its interval.
    percent : float
        Which, in per cent.
    meta : Meta
        Of the run.
    weights : float64[patterns, n] or None
        Of the outcomes, where they have patterns.

    Returns
    -------
    float64[n]
        NaN where the percentile has no interval.
    """
    held = per_outcome((values <= float(found)).astype(np.float64), weights)
    below: Vector = percent / 100 - held
    return below * _sparsity(below, found, meta)


def quantile_step(values: Vector, found: Interval, percent: float, meta: Meta) -> float:
    """Return how much more an outcome above a percentile adds to it than one below, 1 / f.

    Parameters are those of `quantile_influence`.
    """
    held = (values <= float(found)).astype(np.float64)
    return _sparsity(percent / 100 - held, found, meta)


def _sparsity(below: Vector, found: Interval, meta: Meta) -> float:
    """Return 1 / f: the half-width of the percentile over that of the share below it."""
    if found.half_width is None or found.low is None or found.high is None:
        return math.nan
    share = half_width(below, meta)
    return 0.0 if share == 0.0 else (found.high - found.low) / 2 / share


def result_of(
    values: Vector, meta: Meta, unit: str = "", name: str = "y", weights: Weights | None = None
) -> Result:
    """Return derived outcomes as a result of one output, `name`, under the weights they had."""
    if weights is None:
        return Result({name: values}, {name: unit}, meta)
    k = len(weights)
    cells = Cells((*values, *weights), {name: tuple(range(k))}, tuple(range(k, 2 * k)))
    return WeightedResult(cells, {name: unit}, meta)


def chance_of(holds: npt.NDArray[np.bool_], meta: Meta, weights: Weights | None = None) -> Interval:
    """Return the chance of what some outcomes do, exact for independent ones."""
    return result_of(np.where(holds, 0.0, 1.0), meta, weights=weights).within("y", 0.5)
