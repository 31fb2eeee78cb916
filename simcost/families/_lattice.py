"""Counts: laws on the whole numbers from 0 up, as a table."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcost import elementary
from simcost.errors import ParameterError
from simcost.families._atoms import LIMIT, AtomTable
from simcost.families._base import Vector
from simcost.families._text import show

# Uniform draws stop at 1e-16; a window in a tail looks a little further. What lies beyond the
# last value of at least the second is less than the first.
_NEGLIGIBLE = 1e-20
_FAINT = -60.0  # log of a probability
_SPLIT = 64


def table(log_mass: Callable[[Vector], Vector], mode: float, most: float) -> AtomTable:
    """Return the table of a count with values 0 … `most`, less 1e-20 of either tail.

    Parameters
    ----------
    log_mass : callable
        Log of the probability of each value.
    mode : float
        A most likely value: the probabilities rise up to it and fall from there.
    most : float
        Largest value.
    """
    first = mode - _reach(lambda steps: log_mass(mode - steps), mode)
    last = mode + _reach(lambda steps: log_mass(mode + steps), most - mode)
    values = np.arange(first, last + 1.0)
    masses = elementary.exp(log_mass(values))
    below = np.cumsum(masses)
    above = np.append(np.cumsum(masses[:0:-1])[::-1], 0.0)
    # A law of few values adds up to 1 but for rounding: below and above must not.
    inside = (below > _NEGLIGIBLE) & (np.append(1.0, above[:-1]) > _NEGLIGIBLE)
    return AtomTable.from_tails(values[inside], below[inside], above[inside])


def _reach(log_mass: Callable[[Vector], Vector], most: float) -> float:
    """Return how many steps from the mode the probabilities are worth listing."""
    doubled = np.minimum(np.ldexp(1.0, np.arange(54)), most)
    near = doubled[log_mass(doubled) > _FAINT]
    if not near.size or near[-1] == most:
        return float(most) if near.size else min(1.0, most)
    low, high = near[-1], 2.0 * near[-1]
    steps = np.minimum(np.floor(low + (high - low) / _SPLIT * np.arange(1, _SPLIT + 1)), most)
    past = steps[log_mass(steps) <= _FAINT]
    return float(past[0]) if past.size else float(steps[-1])


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
