"""Student's t distribution function as a table over the size of its argument."""

from __future__ import annotations

from simcost.families import build
from simcost.machine.grid import HALF_LINE
from simcost.machine.program import Floats
from simcost.machine.tables import Table, tabulate_tail


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

    return tabulate_tail(tail, HALF_LINE.edges())
