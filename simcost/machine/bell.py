"""The normal distribution function as a table, for coupled inputs.

A coupled input is made from a normal variate, turned into a probability that is kept away from
0 and 1 by 2^-53. So sizes beyond 8.5, with a probability below 1e-17, need not be told apart. Up to
there cells of equal width follow the curve, whose logarithm bends as much near 8 as near 1.
"""

from __future__ import annotations

import numpy as np

from simcost import elementary
from simcost.machine.fit import fit_cells
from simcost.machine.grid import BELL
from simcost.machine.program import Floats
from simcost.machine.tables import Table


def tabulate_normal() -> Table:
    """Build the table of P(Z > size), within 1e-9 of that probability."""

    def tail(size: Floats) -> Floats:
        return np.asarray(elementary.ndtr(-size))

    edges = BELL.edges()
    fit = fit_cells(tail, edges[:-1], edges[1:])
    fit.round()
    end = np.zeros((1, fit.coefficients.shape[1]))
    end[0, 0] = fit.values[-1, 1]
    return Table(
        rows=np.concatenate([fit.coefficients, end]),
        bounds=(float(end[0, 0]), 0.5),
        error=float(fit.error.max()),
    )
