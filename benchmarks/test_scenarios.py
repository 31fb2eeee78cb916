"""Twenty scenarios of the reference problem at a million draws, against twenty plain runs.

Run with ``pytest benchmarks/test_scenarios.py``; `extra_info` holds the ratio, at most 1: a stress
draws one output instead of four, and five scenarios are one program, in which what they share is
computed once.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import simcost
from simcost.analyses.stress import stress
from simcost.model import Change, Scenario

REFERENCE = Path(__file__).parent / "reference.toml"
DRAWS = 1_000_000
SCENARIOS = 20


@pytest.fixture(scope="module")
def model():
    """Ten inputs held to their worst tenth, and ten scaled."""
    loaded = simcost.load(REFERENCE)
    names = [name for name, one in loaded.spec.inputs.items() if not one.distribution.discrete]
    changes = [Change(percentiles=(90.0, 100.0))] * 10 + [Change(scale=1.3)] * 10
    scenarios = {
        f"case {number}": Scenario({name: change})
        for number, (name, change) in enumerate(zip(names, changes, strict=False))
    }
    assert len(scenarios) == SCENARIOS
    return loaded.extended(scenarios)


def plain(model) -> float:
    """Return the seconds of one run that reports P10, P50, P90 and mean of its four outputs."""
    start = time.perf_counter()
    result = model.run(draws=DRAWS)
    for name in result.outputs:
        result.estimate(name)
    return time.perf_counter() - start


def test_twenty_scenarios_cost_at_most_twenty_plain_runs(benchmark, model):
    plain(model)  # compiles the machine where that has not been done
    one = min(plain(model) for _ in range(3))
    benchmark.pedantic(stress, (model, "cost"), {"draws": DRAWS}, rounds=3, warmup_rounds=1)
    ratio = benchmark.stats["min"] / (SCENARIOS * one)
    benchmark.extra_info["share of twenty plain runs"] = round(ratio, 2)
    assert ratio <= 1.0
