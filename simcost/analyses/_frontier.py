"""Targets that hold together: frontiers of pairs, and the same percentile for all."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._influence_of import Weights, half_width, result_of
from simcost.result import Interval, Meta
from simcost.result.ranks import binomial_ranks, value_rank

Vector = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Together:
    """Targets at one percentile that hold together.

    Parameters
    ----------
    level : Interval
        The percentile, in per cent.
    amounts : dict of str to Interval
        What each output is there.
    """

    level: Interval
    amounts: dict[str, Interval]


def frontier(
    x: Vector,
    y: Vector,
    confidence: float,
    points: int,
    meta: Meta,
    weights: Weights | None = None,
) -> tuple[Vector, list[Interval]]:
    """Return pairs of targets that hold together with a chance.

    For a target of x, the least target of y is a percentile too: that of y where x holds, and of
    infinity where it does not. So it has an exact interval like any other.

    Parameters
    ----------
    x, y : float64[n] or float64[patterns, n]
        Outcomes of two outputs.
    confidence : float
        The chance, 0 to 1.
    points : int
        How many targets of x, from where the chance can just be had to where y decides alone.
    meta : Meta
        Of the run.
    weights : float64[patterns, n] or None
        Of the outcomes, where they have patterns.

    Returns
    -------
    float64[k], list of Interval
        Targets of x, each once, and what they ask of y. An end beyond all outcomes is `None`.
    """
    shares = confidence + (1 - confidence) * np.arange(1, points + 1) / points
    percent = 100 * confidence
    if weights is not None:
        of_x = result_of(x, meta, weights=weights)
        limits = np.unique([float(of_x.quantile("y", min(100 * p, 100.0 - 1e-9))) for p in shares])
        return limits, _of_replicates(x, y, limits, percent, meta, weights)
    ordered = np.sort(x)
    n = len(x)
    limits = np.unique(ordered[np.ceil(n * shares).astype(int).clip(1, n) - 1])
    least = _exactly if meta.replicates == 1 and meta.design == "random" else _of_replicates
    return limits, least(x, y, limits, percent, meta)


def _exactly(x: Vector, y: Vector, limits: Vector, percent: float, meta: Meta) -> list[Interval]:
    """Return percentiles of independent outcomes; y is sorted once for all limits."""
    order = np.argsort(y, kind="stable")
    x, y = x[order], y[order]
    n = len(x)
    ranks = (value_rank(n, percent), *binomial_ranks(n, percent, meta.confidence))
    found = []
    for limit in limits:
        held = np.cumsum(x <= limit)  # how many hold, up to each outcome
        value, low, high = (
            None if rank is None or rank > held[-1] else float(y[np.searchsorted(held, rank)])
            for rank in ranks
        )
        found.append(Interval(value, low, high))
    return found


def _of_replicates(
    x: Vector,
    y: Vector,
    limits: Vector,
    percent: float,
    meta: Meta,
    weights: Weights | None = None,
) -> list[Interval]:
    # Infinity, as far as outcomes go: results hold finite numbers.
    beyond = float(np.nextafter(y.max() + abs(y.max()) * 1e-12, math.inf))
    found = []
    for limit in limits:
        bent = np.where(x <= limit, y, beyond)
        least = result_of(bent, meta, weights=weights).quantile("y", percent)
        low, high = (
            None if end is None or end >= beyond else end for end in (least.low, least.high)
        )
        found.append(Interval(float(least), low, high, least.reason))
    return found


def together(values: Mapping[str, Vector], confidence: float, meta: Meta) -> Together:
    """Return the percentile at which targets of all outputs hold together with a chance.

    Its error, and that of the amounts, counts that the percentiles themselves are estimated: to
    first order, the copula at (p, …, p) moves by its own error less its slopes times those of the
    outputs' shares (the empirical copula process; Fermanian, Radulović & Wegkamp 2004).

    Parameters
    ----------
    values : mapping of str to float64[n]
        Outcomes.
    confidence : float
        The chance, 0 to 1.
    meta : Meta
        Of the run.
    """
    ordered = {name: np.sort(one) for name, one in values.items()}
    # An outcome is within the k-th smallest exactly when fewer than k are less than it.
    ranks = np.array([np.searchsorted(ordered[name], one) + 1 for name, one in values.items()])
    n = ranks.shape[1]
    least = value_rank(n, 100 * confidence)
    k = int(np.partition(ranks.max(axis=0), least - 1)[least - 1])
    k = max(k, least)  # in an atom any percentile of it would do; none below the chance is named
    p = k / n
    within = ranks <= k
    slopes = _slopes(ranks, k)
    total = float(slopes.sum())
    if not total:  # all outcomes of an atom at once: nothing to move along
        return Together(Interval(100 * p), _at(ordered, k, dict.fromkeys(values)))
    moved = (slopes @ within - within.all(axis=0)) / total
    half = 100 * half_width(moved, meta)
    level = Interval(100 * p, max(100 * p - half, 0.0), min(100 * p + half, 100.0))
    reach = {
        name: half_width(moved - inside, meta) for name, inside in zip(values, within, strict=True)
    }
    return Together(level, _at(ordered, k, reach))


def _slopes(ranks: Ranks, k: int) -> Vector:
    """Return how the chance to hold together rises with the share of each output."""
    n = ranks.shape[1]
    window = max(math.ceil(n ** (2 / 3)), 1)
    slopes = []
    for own in range(len(ranks)):
        others = np.delete(ranks, own, axis=0) <= k
        near = (ranks[own] > k - window) & (ranks[own] <= k + window)
        possible = min(k + window, n) - max(k - window, 0)
        slopes.append((others.all(axis=0) & near).sum() / possible)
    return np.array(slopes)


def _at(
    ordered: Mapping[str, Vector], k: int, reach: Mapping[str, float | None]
) -> dict[str, Interval]:
    """Return the amounts of a rank, with intervals that reach so far in shares of 1."""
    found = {}
    for name, sorted_values in ordered.items():
        n, h = len(sorted_values), reach[name]
        low = high = None
        if h is not None:
            first, last = math.ceil(k - n * h), math.floor(k + n * h) + 1
            low = float(sorted_values[first - 1]) if first >= 1 else None
            high = float(sorted_values[last - 1]) if last <= n else None
        found[name] = Interval(float(sorted_values[k - 1]), low, high)
    return found
