"""Cells cut in two, again and again, until a quintic is good enough in each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from simcost.machine.fit import Fit, fit_cells, joined
from simcost.machine.program import Floats
from simcost.machine.tolerance import RELATIVE_X, accepted

# A noisy quantile function would be chased for ever: after a few cuts an error of 2e-12 of the
# value is let pass, and past this many cells everything is.
LAX_AFTER = 5
MOST_CELLS = 1 << 16
# A curve that is off by more than this part of its rise crosses a jump, however narrow its cell.
SMOOTH = 1.0 / 64.0


def refine(
    function: Callable[[Floats], Floats], cells: Fit, tolerance: Floats, cuts: Floats
) -> Fit:
    """Cut cells until each is accepted.

    Parameters
    ----------
    function : callable
        What is tabulated.
    cells : Fit
        Cells that were refused.
    tolerance : float64[n]
        Tolerated error in u of each.
    cuts : float64[k]
        Ascending: where a cell is best cut (kinks). Elsewhere it is halved.

    Returns
    -------
    Fit
        Accepted cells, ascending. A cell as narrow as the tolerance is a step: it holds the
        function's value at its left edge, so that no value in between two atoms is invented.
    """
    done: list[Fit] = []
    depth = 0
    while len(cells.left):
        middle = _cut(cells, cuts)
        left = np.concatenate([cells.left, middle])
        right = np.concatenate([middle, cells.right])
        tolerance = np.concatenate([tolerance, tolerance])
        cells = fit_cells(function, left, right)
        depth += 1
        good = accepted(cells, tolerance, RELATIVE_X * 2.0 ** min(depth, LAX_AFTER), SMOOTH)
        narrow = ~good & ((right - left <= tolerance) | (np.nextafter(left, right) >= right))
        _flatten(cells, narrow)
        good |= narrow
        if np.count_nonzero(~good) > MOST_CELLS:
            good[:] = np.isfinite(cells.coefficients).all(axis=1)
        done.append(cells.take(good))
        cells, tolerance = cells.take(~good), tolerance[~good]
    if not done:
        return cells
    whole = joined(done)
    return whole.take(np.argsort(whole.left))


def distinct(x: Floats) -> Floats:
    """Return the different numbers of `x`, ascending; `np.unique` would import masked arrays."""
    x = np.sort(x)
    return x[np.append(True, x[1:] != x[:-1])] if len(x) else x


def _cut(cells: Fit, cuts: Floats) -> Floats:
    """Return the first of `cuts` inside each cell, or its middle."""
    middle: Floats = cells.left + 0.5 * (cells.right - cells.left)
    if len(cuts):
        next_cut = np.append(cuts, np.inf)[np.searchsorted(cuts, cells.left, side="right")]
        middle = np.where(next_cut < cells.right, next_cut, middle)
    return middle


def _flatten(cells: Fit, chosen: np.ndarray) -> None:
    """Turn cells into steps."""
    cells.coefficients[chosen] = 0.0
    cells.coefficients[chosen, 0] = cells.values[chosen, 0]
    cells.error[chosen] = 0.0
