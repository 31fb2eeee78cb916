"""Ranks of a quantile and of the ends of its distribution-free interval.

The number B of outcomes at or below the p-quantile is binomial (n, p), whatever the distribution:
the order statistics whose ranks enclose B with the wanted probability enclose the quantile (David
& Nagaraja 2003, Order Statistics, section 7.1). Where the distribution has atoms the coverage is
higher still.
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simcost import elementary

Counts = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

_TIE = 1e-12  # a chance as near as this to the wanted one is the wanted one
_MARGIN = 16  # counts by which the normal approximation may be off


@lru_cache(maxsize=256)  # outputs share count and percentiles
def value_rank(count: int, percent: float) -> int:
    """Return the rank of the quantile, ``ceil(count * percent / 100)``, from 1.

    The percentage is read as the decimal number it is written as: 0.07 * 100 is more than 7 in
    doubles, and would give the eighth of 100 outcomes.
    """
    exact = Fraction(repr(float(percent))) * count / 100
    return min(max(math.ceil(exact), 1), count)


@lru_cache(maxsize=256)
def binomial_ranks(
    count: int, percent: float, confidence: float = 0.95
) -> tuple[int | None, int | None]:
    """Return the ranks of the ends of an exact interval of a quantile.

    Parameters
    ----------
    count : int
        Number n of independent outcomes.
    percent : float
        Which percentile, in per cent.
    confidence : float
        Level of the interval.

    Returns
    -------
    tuple of int or None
        Ranks from 1; `None` for an end that n outcomes cannot support.
    """
    p, alpha = percent / 100, (1.0 - confidence) / 2
    low = _smallest(count, p, alpha)
    # The same from the other end, for the outcomes above the quantile.
    high = count + 1 - _smallest(count, 1.0 - p, alpha, beyond=True)
    return (low if low >= 1 else None), (high if high <= count else None)


def _smallest(count: int, p: float, alpha: float, *, beyond: bool = False) -> int:
    """Return the smallest k with P(B <= k) at least `alpha`, or above it where `beyond`.

    One incomplete beta function next to the answer, and the probabilities of single counts from
    there on.
    """
    guess = count * p + float(elementary.ndtri(alpha)) * math.sqrt(count * p * (1.0 - p))
    first = max(int(guess) - _MARGIN, 0)
    while first > 0 and _at_most(count, p, first) >= alpha * (1.0 - 2.0 * _TIE):
        first = max(first - 16 * _MARGIN, 0)
    below = _at_most(count, p, first)
    while True:
        k = np.arange(first, min(first + 4 * _MARGIN, count) + 1)
        reached = below + np.append(0.0, np.cumsum(_masses(count, p, k[1:])))
        enough = reached > alpha * (1.0 + _TIE) if beyond else reached >= alpha * (1.0 - _TIE)
        enough |= k == count  # all of them, whatever rounding says
        if enough.any():
            return int(k[np.argmax(enough)])
        first, below = int(k[-1]), float(reached[-1])


def _at_most(count: int, p: float, k: int) -> float:
    """Return P(B <= k)."""
    if k >= count:
        return 1.0
    parts = elementary.beta_parts(count - k, k + 1, np.array([1.0 - p]), np.array([p]))
    return float(parts[0][0])


def _masses(count: int, p: float, k: Counts) -> Floats:
    """Return P(B = k) for k from 1 up."""
    inner = np.minimum(k, count - 0.5)
    logs = elementary.binomial_log(inner, count, p, 1.0 - p)
    all_of_them = count * float(elementary.log(p))
    return np.asarray(elementary.exp(np.where(k < count, logs, all_of_them)))


def enough(percent: float, confidence: float) -> int:
    """Return how many outcomes give both ends of an interval of a quantile."""
    p, log_alpha = percent / 100, math.log((1.0 - confidence) / 2)
    upper = math.ceil(log_alpha / math.log(p))  # p^n <= alpha
    lower = math.floor(log_alpha / math.log1p(-p)) + 1  # (1 - p)^n < alpha
    return max(upper, lower)
