"""What measuring weighted outcomes costs: pytest benchmarks/test_weighted.py."""

from __future__ import annotations

import numpy as np
import pytest

from simcost.machine import weigher_of
from simcost.result.column import Column
from simcost.result.weigher import NUMPY, Term

OUTCOMES, REPLICATES = 1 << 18, 16
RNG = np.random.default_rng(0)
X, W = RNG.lognormal(size=OUTCOMES), RNG.uniform(size=OUTCOMES)
BRACKETS = [(0.995 * q, 1.005 * q) for q in np.quantile(X, [0.1, 0.5, 0.9])]
ASK = {
    "sum": lambda weigher: weigher.see(X, None, REPLICATES, Term.VALUE),
    "weighted sum": lambda weigher: weigher.see(X, W, REPLICATES, Term.VALUE),
    "squares and three brackets": lambda weigher: weigher.see(
        X, None, REPLICATES, Term.SQUARE, 1.0, BRACKETS
    ),
    "mean, deviation and three percentiles": lambda weigher: figures(weigher),
}


def figures(weigher):
    """Ask what a report asks of an output with two rows."""
    rows = [(X, np.broadcast_to(0.3, OUTCOMES)), (2.0 * X, np.broadcast_to(0.7, OUTCOMES))]
    column = Column("y", "", rows, REPLICATES, 0.95, 0.0, weigher)
    column.look_for([0.1, 0.5, 0.9])
    return column.replicate_spreads, [column.at_most(column.at(p)) for p in (0.1, 0.5, 0.9)]


@pytest.mark.parametrize("what", ASK)
@pytest.mark.parametrize("weigher", [weigher_of("machine"), NUMPY], ids=["compiled", "numpy"])
def test_weighted(benchmark, weigher, what):
    benchmark.extra_info["outcomes"] = OUTCOMES
    benchmark(ASK[what], weigher)
