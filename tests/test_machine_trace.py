"""Replay of one outcome."""

import numpy as np
import pytest

from simcost.families import build
from simcost.graph.node import PROJECT, const, make, quantile, stream, walk
from simcost.machine import execute, lower, trace

X = quantile(stream("x"), build({"lognormal": {"p10": 1.0, "p90": 3.0}}))
GATE = quantile(stream("gate", PROJECT), build({"bernoulli": {"p": 0.5}}))
COST = make("where", GATE, make("exp", make("min", X, const(5.0))), X)


@pytest.mark.parametrize("engine", ["machine", "interpreter"])
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_replay_has_the_bits_of_the_run(engine, design):
    bases = (3, 100)
    dimensions = {"gate": 0, "x": 1}
    program = lower({"cost": COST, "x": X}, dimensions=dimensions)
    run = execute(program, seed=8, design=design, last=2000, engine=engine, bases=bases)
    for outcome in (0, 1, 1023, 1999):
        values = trace(
            [COST], seed=8, design=design, outcome=outcome, bases=bases, dimensions=dimensions
        )
        assert values[COST] == run[0, outcome]
        assert values[X] == run[1, outcome]


def test_replay_tells_every_node():
    values = trace([COST], seed=0, design="random", outcome=5)
    assert set(values) == set(walk([COST]))
    assert values[make("min", X, const(5.0))] == np.minimum(values[X], 5.0)
