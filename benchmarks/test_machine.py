"""Speed of the engines on a problem of the usual size: 30 inputs, 86 operations.

Run with ``pytest benchmarks/test_machine.py``; `extra_info` holds nanoseconds an outcome.
"""

import numpy as np
import pytest

from simcost.designs import DESIGNS
from simcost.families import build
from simcost.graph.node import const, make, quantile, stream
from simcost.machine import execute, library, lower
from simcost.machine.block import BLOCK
from simcost.machine.grid import FOLDED
from simcost.machine.packing import ROW_WIDTH
from simcost.machine.tables import tabulate
from simcost.machine.triangle import triangle

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


BLOCKS = 64


def timed(benchmark, one):
    """Time `one`, which is given the number of a block, over many blocks of outcomes.

    Each block is a call from Python, which adds about 0.4 ns an outcome to every figure.
    """

    def all_blocks():
        for number in range(BLOCKS):
            one(number)

    benchmark.pedantic(all_blocks, rounds=30, warmup_rounds=2)
    least = benchmark.stats.stats.min / (BLOCKS * BLOCK)
    benchmark.extra_info["ns_an_outcome"] = round(least * 1e9, 3)


@pytest.mark.parametrize("loops", ["96 at a time", "plain"])
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_phase_stream(benchmark, design, loops):
    from simcost.machine import streams

    fill = streams.plain.fill if loops == "plain" else streams.fill
    tables = DESIGNS[design].tables(0, "x", 3)
    directions, seeds = (np.asarray(a, np.uint64) for a in (tables.directions, tables.seeds))
    out = np.empty(BLOCK)
    timed(
        benchmark,
        lambda number: fill(
            tables.kind, directions, seeds, tables.key0, tables.key1, number * BLOCK, out
        ),
    )


@pytest.mark.parametrize("after", ["with bounds", "without"])
@pytest.mark.parametrize("loops", ["24 at a time", "plain"])
def test_phase_rows(benchmark, loops, after):
    """The second half of a look-up; 24 tables in turn, as in a program."""
    from simcost.machine import table_loops

    plain = loops == "plain"
    evaluate = table_loops.plain if plain else table_loops.evaluate
    curve = table_loops.plain_curve if plain else table_loops.evaluate_curve
    tables = library.join([tabulate(build(SHAPES[0](k))) for k in range(24)], [])
    u = np.random.default_rng(0).random((BLOCKS, BLOCK))
    row, places = FOLDED.locate(np.minimum(u, 1.0 - u).ravel())
    found = ROW_WIDTH * (row.reshape(u.shape) + np.where(u > 0.5, FOLDED.size, 0))
    places, rows, out = places.reshape(u.shape), tables.packed_rows, np.empty(BLOCK)
    found += ROW_WIDTH * tables.meta[np.arange(BLOCKS) % 24, 0][:, None]
    if after == "without":
        timed(benchmark, lambda k: curve(found[k], places[k], rows, out, BLOCK))
    else:
        timed(
            benchmark,
            lambda k: evaluate(found[k], places[k], u[k], rows, -1e300, 1e300, out, BLOCK),
        )


@pytest.mark.parametrize("how", ["root", "table"])
def test_phase_triangular(benchmark, how):
    from simcost.machine import table_loops

    law = build(SHAPES[2](0))
    tables = library.join([tabulate(law)], [], [triangle(*law.params)])
    u = np.random.default_rng(0).random((BLOCKS, BLOCK))
    out, places, found = np.empty(BLOCK), np.empty(BLOCK), np.empty(BLOCK, dtype=np.int64)
    coarse = tables.packed_rows, tables.bounds[0], tables.meta[0]
    fine = tables.fine_left, tables.fine_scale, tables.fine_rows
    if how == "root":
        timed(benchmark, lambda k: table_loops.triangular(u[k], out, tables.triangles[0], BLOCK))
    else:
        timed(
            benchmark,
            lambda k: table_loops.table(u[k], out, *coarse, *fine, places, found, BLOCK),
        )


@pytest.mark.parametrize("op", ["ndtri", "ndtr", "exp", "log"])
def test_phase_function(benchmark, op):
    from simcost.machine import loops
    from simcost.machine.opcodes import OPCODES

    x, out = np.random.default_rng(0).random((BLOCKS, BLOCK)), np.empty(BLOCK)
    timed(benchmark, lambda k: loops.functions(OPCODES[op], x[k], out, BLOCK))


@pytest.mark.parametrize("op", ["where", "mul", "div"])
def test_phase_arithmetic(benchmark, op):
    from simcost.machine import loops
    from simcost.machine.opcodes import OPCODES

    a, b, c = np.random.default_rng(0).random((3, BLOCK))
    c, out, code = np.round(c), np.empty(BLOCK), OPCODES[op]
    if op == "where":
        timed(benchmark, lambda k: loops.selections(code, c, a, b, out, BLOCK))
    else:
        timed(benchmark, lambda k: loops.arithmetic(code, a, b, out, BLOCK))
