"""Targets that hold together, of outcomes that carry weights: gates that were not drawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt

from simcost.analyses._frontier import Together
from simcost.analyses._influence_of import Weights, half_width, per_outcome
from simcost.result import Interval, Meta
from simcost.result.column import SAME

Matrix = npt.NDArray[np.float64]


class _Ordered:
    """All values of an output, ascending, with the share of all weight up to each of them."""

    def __init__(self, values: Matrix, weights: Weights) -> None:
        order = np.argsort(values, axis=None, kind="stable")
        self.values = values.ravel()[order]
        self.shares = np.cumsum(weights.ravel()[order]) / weights.shape[1]

    def less_than(self, values: Matrix) -> Matrix:
        """Return the share of all that is less than each of some values."""
        first = np.searchsorted(self.values, values, side="left")
        return np.asarray(np.concatenate([[0.0], self.shares])[first])

    def at(self, share: float, side: Literal["left", "right"]) -> float:
        """Return the smallest value with that share, or more than that, up to it."""
        place = int(np.searchsorted(self.shares, share, side=side))
        return float(self.values[min(place, len(self.values) - 1)])


def together_weighted(
    values: Mapping[str, Matrix], weights: Weights, confidence: float, meta: Meta
) -> Together:
    """Return the percentile at which targets of all outputs hold together with a chance.

    As `simcost.analyses._frontier.together`, with shares of weight instead of ranks.

    Parameters
    ----------
    values : mapping of str to float64[patterns, n]
        Outcomes.
    weights : float64[patterns, n]
        Their weights; those of an outcome add up to 1.
    confidence : float
        The chance, 0 to 1.
    meta : Meta
        Of the run.
    """
    ordered = {name: _Ordered(one, weights) for name, one in values.items()}
    # An outcome is within the percentile p exactly when a share of less than p is less than it.
    less = np.array([ordered[name].less_than(one) for name, one in values.items()])
    found = _Ordered(less.max(axis=0), weights).at(confidence - SAME, "left")
    within = less <= found + SAME
    p = max(found, confidence)  # in an atom any percentile would do; none below the chance is named
    amounts = {name: one.at(found + SAME, "right") for name, one in ordered.items()}
    slopes = _slopes(less, within, weights, p)
    total = float(slopes.sum())
    if not total:  # all outcomes of an atom at once: nothing to move along
        return Together(Interval(100 * p), {name: Interval(x) for name, x in amounts.items()})
    moved = (np.tensordot(slopes, within, 1) - within.all(axis=0)) / total
    half = 100 * half_width(per_outcome(moved, weights), meta)
    level = Interval(100 * p, max(100 * p - half, 0.0), min(100 * p + half, 100.0))
    spread = {}
    for (name, one), inside in zip(ordered.items(), within, strict=True):
        reach = half_width(per_outcome(moved - inside, weights), meta)
        low = one.at(p - reach, "left") if p - reach > SAME else None
        high = one.at(p + reach, "right") if p + reach < 1.0 - SAME else None
        spread[name] = Interval(amounts[name], low, high)
    return Together(level, spread)


def _slopes(
    less: Matrix, within: npt.NDArray[np.bool_], weights: Weights, p: float
) -> npt.NDArray[np.float64]:
    """Return how the chance to hold together rises with the share of each output."""
    n = weights.shape[1]
    window = n ** (-1 / 3)
    possible = min(p + window, 1.0) - max(p - window, 0.0)
    slopes = []
    for own in range(len(less)):
        others = np.delete(within, own, axis=0).all(axis=0)
        near = np.abs(less[own] - p) <= window
        slopes.append(float(weights[others & near].sum()) / n / possible)
    return np.array(slopes)
