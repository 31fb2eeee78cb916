"""The rows of a table from its cells: straightened where nothing is left, rounded, judged."""

from __future__ import annotations

import numpy as np

from simcost import elementary
from simcost.machine.fit import Fit
from simcost.machine.grid import FOLDED
from simcost.machine.program import Floats
from simcost.machine.tolerance import ABSOLUTE_U, RELATIVE_U, RELATIVE_X, Mask, accepted, u_error

# Upper cells below this hold so few representable u that a straight line between the ends is as
# good, and cannot ring.
LINEAR_BELOW = 2.0**-45
EDGES = FOLDED.edges()
CELLS = len(EDGES) - 1  # on either side; arrays of both hold the lower side first
NARROW = int(np.count_nonzero(EDGES < LINEAR_BELOW))
STRAIGHT = slice(CELLS, CELLS + NARROW)
TOLERANCE = np.tile(np.maximum(RELATIVE_U * EDGES[:-1], ABSOLUTE_U), 2)


def finished(fit: Fit) -> tuple[Floats, Mask, float]:
    """Return the rows of a table, which cells they hold, and the largest error in u of these.

    Parameters
    ----------
    fit : Fit
        Cells of both sides, the lower first. The last of the upper ones become straight lines,
        and coefficients are rounded.

    Returns
    -------
    rows : float64[r, 6]
        NaN in cells that are not good enough.
    good : bool[n]
        Cells that are.
    error : float
        Largest error in u.
    """
    known = elementary.provided("finished")
    if known is not None:
        found: tuple[Floats, Mask, float] = known(fit, TOLERANCE, STRAIGHT)
        return found
    _straighten(fit)
    fit.round()
    good = accepted(fit, TOLERANCE, RELATIVE_X)
    rows = np.full((2, FOLDED.size, fit.coefficients.shape[1]), np.nan)
    rows[:, :-1][good.reshape(2, -1)] = fit.coefficients[good]
    rows[:, -1] = 0.0
    rows[:, -1, 0] = fit.values[[CELLS - 1, -1], 1]
    error = u_error(fit if good.all() else fit.take(good))
    return rows.reshape(-1, rows.shape[-1]), good, error


def _straighten(fit: Fit) -> None:
    """Replace the last upper cells by straight lines."""
    last = STRAIGHT
    low, high = fit.values[last].T
    with np.errstate(invalid="ignore", over="ignore"):
        fit.coefficients[last] = 0.0
        fit.coefficients[last, 0] = np.where(low == high, low, 0.5 * (low + high))
        fit.coefficients[last, 1] = np.where(low == high, 0.0, 0.5 * (high - low))
    fit.error[last][np.isfinite(fit.coefficients[last]).all(axis=1)] = 0.0
