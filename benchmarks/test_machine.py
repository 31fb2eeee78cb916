"""Speed of the engines on a problem of the usual size: 30 inputs, 86 operations.

Run with ``pytest benchmarks/test_machine.py``; `extra_info` holds nanoseconds an outcome.
"""

import pytest

from simcost.families import build
from simcost.graph.node import const, make, quantile, stream
from simcost.machine import execute, lower
from simcost.machine.tables import tabulate

INPUTS = 30
SHAPES = (
    lambda k: {"lognormal": {"p10": 1.0 + k, "p90": 3.0 + 2 * k}},
    lambda k: {"pert": {"low": 1.0, "mode": 2.0 + k, "high": 9.0 + 2 * k}},
    lambda k: {"triangular": {"low": 1.0, "mode": 2.0, "high": 6.0 + k}},
    lambda k: {"uniform": {"low": 5.0, "high": 10.0 + k}},
    lambda k: {"gamma": {"mean": 3.0 + k, "sd": 1.0}},
    lambda k: {"bernoulli": {"p": 0.1 + k / 100}},
)


def reference():
    """Six stages, each of five inputs: cost, duration, a gate and what a failure leaves."""
    x = [quantile(stream(f"x{k}"), build(SHAPES[k % 6](k // 6))) for k in range(INPUTS)]
    cost, time, alive = const(0.0), const(0.0), const(1.0)
    for k in range(0, INPUTS, 6):
        hours = make("div", x[k], x[k + 3])
        stage = make("add", make("mul", hours, x[k + 1]), make("max", x[k + 2], const(1.5)))
        grown = make("mul", stage, make("exp", make("mul", x[k + 4], const(-0.1))))
        spent = make("where", x[k + 5], make("mul", grown, const(0.4)), grown)
        cost = make("add", cost, make("mul", alive, spent))
        time = make("add", time, make("mul", alive, make("div", hours, const(140.0))))
        alive = make("mul", alive, make("not", x[k + 5]))
        cost = make("add", cost, make("mul", make("gt", grown, x[k]), const(0.25)))
    write_off = make("where", alive, const(0.0), cost)
    return lower({"cost": cost, "time": time, "write_off": write_off, "succeeded": alive})


@pytest.mark.parametrize(("engine", "outcomes"), [("machine", 1_000_000), ("interpreter", 100_000)])
@pytest.mark.parametrize("design", ["random", "sobol"])
def test_outcomes(benchmark, engine, outcomes, design):
    program = reference()
    execute(program, seed=0, last=10, engine=engine)
    request = {"seed": 0, "design": design, "last": outcomes, "engine": engine, "threads": 1}
    benchmark.pedantic(lambda: execute(program, **request), rounds=5)
    benchmark.extra_info["ns_an_outcome"] = round(benchmark.stats.stats.min / outcomes * 1e9, 1)
    benchmark.extra_info["instructions"] = len(program.code)


def test_lowering(benchmark):
    """With the tables built already, as in a what-if session."""
    reference()
    benchmark(reference)


@pytest.mark.parametrize("shape", SHAPES[:5])
def test_one_table(benchmark, shape):
    benchmark(tabulate, build(shape(1)))
