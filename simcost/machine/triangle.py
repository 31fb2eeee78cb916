"""Triangular quantile functions in closed form: one square root, no table.

A table is at its worst here: next to the mode a triangular quantile function has a kink that no
polynomial follows. Both sides are monotone to the last bit, since multiplication, addition and
square root are, and neither goes past the mode, so the whole is; both ends are exact.

Source: Kotz & van Dorp (2004), Beyond Beta, ch. 1.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from simcost.machine.program import Floats

COLUMNS = 6
ALMOST_ONE = 1.0 - 2.0**-53


def triangle(low: float, mode: float, high: float) -> tuple[float, ...]:
    """Return what the evaluation needs to know of a triangle.

    Parameters
    ----------
    low, mode, high : float
        Ascending, `low` below `high`.

    Returns
    -------
    tuple of 6 floats
        `low`, `mode`, `high`, the largest u that counts from `low` (never 1, which is `high`),
        and what the root is multiplied with on either side.
    """
    width = high - low
    below, above = (mode - low) / width, (high - mode) / width
    return low, mode, high, min(below, ALMOST_ONE), width * sqrt(below), width * sqrt(above)


def evaluate(row: Floats, u: Floats) -> Floats:
    """Return the quantiles at `u`; what is no probability is taken as the nearer of 0 and 1."""
    low, mode, high, below, left, right = row.tolist()
    under = u <= below
    share = np.where(under, u, 1.0 - u)
    root = np.sqrt(np.where(share < 0.0, 0.0, share))
    down, up = low + left * root, high - right * root
    down, up = np.where(down > mode, mode, down), np.where(up < mode, mode, up)
    return np.where(u != u, u, np.where(under, down, up))
