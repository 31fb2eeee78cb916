"""How far off a table may be.

An error in x is judged as the error in u that it amounts to, since that is what a Monte Carlo
result can feel: its own error at a billion draws is 2e-5.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost.machine.fit import Fit
from simcost.machine.program import Floats

Mask = npt.NDArray[np.bool_]

# Tolerated error in u, relative to the nearer tail probability; and absolute, which is the
# spacing of the generator's numbers.
RELATIVE_U = 1e-9
ABSOLUTE_U = 2.0**-52
# Tolerated error relative to the value itself: 256 ulp, the noise of iterative quantile functions.
RELATIVE_X = 2.0**-44


def accepted(fit: Fit, tolerance: Floats, relative: float, largest: float = 1.0) -> Mask:
    """Return whether each cell's error is tolerable: in u, or relative to the value.

    Parameters
    ----------
    fit : Fit
        The cells.
    tolerance : float64[n]
        Tolerated error in u of each.
    relative : float
        Tolerated error as a part of the value.
    largest : float
        However narrow the cell, no error above this part of its rise is tolerated.
    """
    share = np.minimum(tolerance / (fit.right - fit.left), largest)
    with np.errstate(invalid="ignore", over="ignore"):
        limit = np.maximum(share * fit.rise, relative * fit.scale)
        tolerable: Mask = (fit.error <= limit) & np.isfinite(limit) | (fit.error == 0.0)
    return tolerable


def u_error(fit: Fit) -> float:
    """Return the largest error in u: what the error in x is worth at the cell's mean slope."""
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        beyond = np.maximum(fit.error - RELATIVE_X * fit.scale, 0.0)
        worth = np.where(beyond > 0.0, beyond / fit.rise * (fit.right - fit.left), 0.0)
    return float(worth.max(initial=0.0))
