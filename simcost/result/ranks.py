"""Ranks of a quantile and of the ends of its distribution-free interval.

The number B of outcomes at or below the p-quantile is binomial (n, p), whatever the distribution:
the order statistics whose ranks enclose B with the wanted probability enclose the quantile (David
& Nagaraja 2003, Order Statistics, section 7.1). Where the distribution has atoms the coverage is
higher still.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from scipy import special


def value_rank(count: int, percent: float) -> int:
    """Return the rank of the quantile, ``ceil(count * percent / 100)``, from 1.

    The percentage is read as the decimal number it is written as: 0.07 * 100 is more than 7 in
    doubles, and would give the eighth of 100 outcomes.
    """
    exact = Fraction(repr(float(percent))) * count / 100
    return min(max(math.ceil(exact), 1), count)


@lru_cache(maxsize=256)  # outputs share count and percentiles
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

    def at_most(k: int) -> float:
        return float(special.betainc(count - k, k + 1, 1.0 - p)) if k < count else 1.0

    def above(k: int) -> float:
        return float(special.betainc(k + 1, count - k, p)) if k < count else 0.0

    low = _smallest(count, lambda k: at_most(k) >= alpha)
    high = _smallest(count, lambda k: above(k) <= alpha) + 1
    return (low if low >= 1 else None), (high if high <= count else None)


def _smallest(count: int, holds: Callable[[int], bool]) -> int:
    """Return the smallest k in 0 … count for which a monotone condition holds."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def enough(percent: float, confidence: float) -> int:
    """Return how many outcomes give both ends of an interval of a quantile."""
    p, log_alpha = percent / 100, math.log((1.0 - confidence) / 2)
    upper = math.ceil(log_alpha / math.log(p))  # p^n <= alpha
    lower = math.floor(log_alpha / math.log1p(-p)) + 1  # (1 - p)^n < alpha
    return max(upper, lower)
