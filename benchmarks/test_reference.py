"""The reference problem end to end, each contender by itself, and the parts of simcost.

Run with ``pytest benchmarks/test_reference.py``; `extra_info` holds million outcomes a second.
For ratios use ``python -m benchmarks.summary``, where the contenders take turns.
"""

from importlib import import_module

import pytest

import simcost
from benchmarks.summary import CONTENDERS
from simcost.machine import execute, lower

DRAWS = {"simcost_itself": 1_000_000, "openturns_peer": 100_000, "jax_peer": 100_000}
PERCENTILES = (10.0, 50.0, 90.0, 95.0)


@pytest.mark.parametrize("module", CONTENDERS)
def test_end_to_end(benchmark, module):
    try:
        contender = import_module(f"benchmarks.peers.{module}")
    except ImportError as missing:
        pytest.skip(f"not installed: {missing.name}")
    draws = DRAWS.get(module, 300_000)
    benchmark.pedantic(contender.run, (draws, 0), rounds=3, warmup_rounds=1)
    rate = draws / benchmark.stats.stats.min / 1e6
    benchmark.extra_info["million_outcomes_a_second"] = round(rate, 3)


@pytest.fixture(scope="module")
def plan():
    ours = import_module("benchmarks.peers.simcost_itself")
    return simcost.load(ours.MODEL).plan()


def test_reading_the_file(benchmark):
    ours = import_module("benchmarks.peers.simcost_itself")
    benchmark(lambda: simcost.load(ours.MODEL).plan())


def test_building_the_tables(benchmark, plan):
    ours = import_module("benchmarks.peers.simcost_itself")
    benchmark.pedantic(lower, (plan.outputs,), setup=ours.forget_tables, rounds=3)


@pytest.mark.parametrize("threads", [1, None])
def test_the_machine_alone(benchmark, plan, threads):
    program, draws = lower(plan.outputs), 1_000_000
    request = {"seed": 0, "last": draws, "engine": "machine", "threads": threads}
    benchmark.pedantic(execute, (program,), request, rounds=5, warmup_rounds=1)
    benchmark.extra_info["ns_an_outcome"] = round(benchmark.stats.stats.min / draws * 1e9, 1)


@pytest.mark.parametrize("question", ["estimate", "cvar", "digest"])
def test_one_question_to_a_million_outcomes(benchmark, plan, question):
    """Of all four outputs; a fresh Result each time, since a Result remembers its answers."""
    from simcost.run import Settings, run_plan

    drawn = run_plan(plan, Settings(draws=1_000_000, quantiles=PERCENTILES))

    def fresh():
        return (simcost.Result(drawn.values, drawn.units, drawn.meta),), {}

    def ask(result):
        if question == "digest":
            return result.digest
        if question == "cvar":
            return [result.cvar(name) for name in result.outputs]
        return [result.estimate(name) for name in result.outputs]

    benchmark.pedantic(ask, setup=fresh, rounds=5)
