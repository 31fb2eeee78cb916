"""The normal distribution function as a table, for coupled inputs.

A coupled input is made from a normal variate, turned into a probability that is kept away from
0 and 1 by 2^-53. So sizes beyond 8.5, with a probability below 1e-17, need not be told apart. Up to
there cells of equal width follow the curve, whose logarithm bends as much near 8 as near 1.
"""

from __future__ import annotations

import numpy as np

from simcost import elementary
from simcost.machine.grid import BELL
from simcost.machine.program import Floats
from simcost.machine.tables import Table, tabulate_tail


def tabulate_normal() -> Table:
    """Build the table of P(Z > size), within 1e-9 of that probability."""

    def tail(size: Floats) -> Floats:
        return np.asarray(elementary.ndtr(-size))

    return tabulate_tail(tail, BELL.edges())
