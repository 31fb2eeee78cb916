"""Student's t distribution function as a table over the size of its argument."""

from __future__ import annotations

import numpy as np

from simcost.families import build
from simcost.machine.fit import fit_cells
from simcost.machine.grid import HALF_LINE
from simcost.machine.program import Floats
from simcost.machine.tables import Table


def tabulate_student(df: float) -> Table:
    """Build the table of P(T > size), the smaller of the two probabilities.

    Parameters
    ----------
    df : float
        Degrees of freedom, positive.

    Raises
    ------
    ValueError
        When `df` is not positive.
    """
    if not df > 0.0:
        raise ValueError(f"Student's t needs positive degrees of freedom, not {df!r}")

    law = build({"student_t": {"df": df}})

    def tail(size: Floats) -> Floats:
        p: Floats = law.sf(size)
        return p

    edges = HALF_LINE.edges()
    fit = fit_cells(tail, edges[:-1], edges[1:])
    fit.round()
    end = np.zeros((1, fit.coefficients.shape[1]))
    end[0, 0] = fit.values[-1, 1]
    return Table(
        rows=np.concatenate([fit.coefficients, end]),
        bounds=(float(end[0, 0]), 0.5),
        error=float(fit.error.max()),
    )
