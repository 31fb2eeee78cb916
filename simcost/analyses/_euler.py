"""Shares of a percentile, or of a mean of the worst outcomes, that add up.

If an output is a sum of items, so is its percentile: each item's share is its mean among the
outcomes at the percentile (Euler's rule; Tasche 1999), and of a CVaR its mean among the worst
outcomes. The percentile is approached by the outcomes within half a per cent of it, carried to it
along each item's slope there, so that the shares add up exactly.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Draw = Callable[[npt.NDArray[np.int64]], Vector]

HALF_WINDOW = 0.005  # of the outcomes, on each side of the percentile
FEWEST = 50  # outcomes in it


@dataclass(frozen=True, slots=True)
class Tail:
    """The outcomes that a target rests on.

    Parameters
    ----------
    target : float
        The percentile or CVaR.
    near : int64[k]
        Numbers of the outcomes around the percentile.
    quantile, error : float
        The percentile itself, and its standard error.
    beyond : int64[m] or None
        Of a CVaR, the outcomes above the percentile, or at it.
    weights : float64[m] or None
        How much each of them counts; they add up to the share of the tail.
    """

    target: float
    near: npt.NDArray[np.int64]
    quantile: float
    error: float
    beyond: npt.NDArray[np.int64] | None = None
    weights: Vector | None = None


def tail_of(y: Vector, percent: float, quantile: float, error: float, *, worst: bool) -> Tail:
    """Return the outcomes around a percentile, and those beyond it where `worst`."""
    n = len(y)
    window = max(HALF_WINDOW, FEWEST / 2 / n)
    low, high = np.quantile(y, [max(percent / 100 - window, 0.0), min(percent / 100 + window, 1.0)])
    near = np.flatnonzero((y >= low) & (y <= high))
    if not worst:
        return Tail(quantile, near, quantile, error)
    share = 1.0 - percent / 100
    beyond = np.flatnonzero(y >= quantile)
    above = y[beyond] > quantile
    weights = np.where(above, 1.0, 0.0)
    # Of the outcomes at the percentile as many count as the tail still lacks (they may be an atom).
    weights[~above] = (n * share - above.sum()) / max((~above).sum(), 1)
    target = float(weights @ y[beyond]) / (n * share)
    return Tail(target, near, quantile, error, beyond, weights / n)


@dataclass(frozen=True, slots=True)
class Shares:
    """What each item contributes to a target.

    Parameters
    ----------
    values, variances : float64[items]
        Contributions, and the squares of their standard errors.
    """

    values: Vector
    variances: Vector


def shares(tail: Tail, near: Vector, y_near: Vector, beyond: Vector | None, n: int) -> Shares:
    """Return the contributions of items to the target of a tail.

    Parameters
    ----------
    tail : Tail
        The target, and the outcomes that it rests on.
    near : float64[items, k]
        Items in the outcomes around the percentile.
    y_near : float64[k]
        Their sums.
    beyond : float64[items, m] or None
        Items in the outcomes of the tail.
    n : int
        Number of all outcomes.
    """
    at, error, slopes = _at_quantile(near, y_near, tail.quantile)
    if beyond is None or tail.weights is None:
        return Shares(at, error**2 + (slopes * tail.error) ** 2)
    share = float(tail.weights.sum())
    values = (beyond @ tail.weights) / share
    # The percentile is estimated too: only what an item exceeds its value there by is noise.
    excess = (beyond - at[:, None]) * (tail.weights > 0)
    mean = excess @ tail.weights
    square = (excess**2) @ tail.weights
    return Shares(values, np.maximum(square - mean**2, 0.0) / n / share**2)


def _at_quantile(near: Vector, y: Vector, quantile: float) -> tuple[Vector, Vector, Vector]:
    """Return the means of items given that their sum is at the percentile, errors and slopes."""
    k = len(y)
    middle = near.mean(axis=1)
    centred = y - y.mean()
    spread = float(centred @ centred)
    slopes = (near @ centred) / spread if spread > 0 else np.zeros(len(near))
    at = middle + slopes * (quantile - float(y.mean()))
    rest = near - middle[:, None] - slopes[:, None] * centred
    return at, np.sqrt(np.sum(rest**2, axis=1) / max(k - 2, 1)) / math.sqrt(k), slopes
