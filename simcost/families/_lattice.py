"""Counts: laws on the whole numbers from 0 up, as a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcost.errors import ParameterError
from simcost.families._atoms import LIMIT, AtomTable
from simcost.families._base import Flags, Vector
from simcost.families._text import show

# Uniform draws stop at 1e-16; a window in a tail looks a little further.
_NEGLIGIBLE = 1e-20


def table(
    cdf: Callable[[Vector], Vector], sf: Callable[[Vector], Vector], most: float
) -> AtomTable:
    """Return the table of a count with values 0 … `most`, less 1e-20 of either tail."""
    first = _first(lambda k: cdf(k) > _NEGLIGIBLE, most)
    last = _first(lambda k: sf(k) <= _NEGLIGIBLE, most)
    values = np.arange(first, last + 1.0)
    return AtomTable.from_tails(values, cdf(values), sf(values))


def _first(holds: Callable[[Vector], Flags], most: float) -> float:
    """Return the least whole number for which a monotone condition holds."""
    low, high = -1.0, 1.0
    while high < most and not holds(np.array([high]))[0]:
        low, high = high, 2.0 * high
    high = min(high, most)
    while high - low > 1.0:
        middle = np.floor((low + high) / 2.0)
        if holds(np.array([middle]))[0]:
            high = middle
        else:
            low = middle
    return high


def affordable(family: str, mean: float, sd: float) -> None:
    """Check that a table of the count would not be huge.

    Raises
    ------
    ParameterError
        Advising a continuous family.
    """
    # 1e-20 is 9.3 standard deviations of a normal; a skewed count needs more of them, a few
    # dozen at most, and has then far fewer values than this bound.
    if 18.6 * sd > LIMIT:
        raise ParameterError(
            f"this {family} spreads over more than {LIMIT} different counts",
            f"At that size it is as good as continuous: write normal = {{ mean = {show(mean)}, "
            f"sd = {show(sd)} }}.",
        )


def whole(x: Vector, most: float) -> tuple[Vector, Flags]:
    """Return the whole numbers below `x`, inside 0 … `most`, and where `x` is below 0."""
    x = np.asarray(x, dtype=np.float64)
    return np.floor(np.clip(x, 0.0, most)), x < 0.0
