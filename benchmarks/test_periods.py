"""What periods cost: a project of 36 months with two rates of money, and the same without them.

Run with ``pytest benchmarks/test_periods.py``; `extra_info` holds the ratio of their times, the
instructions of both programs, and the room that the slots of one block of outcomes take.
"""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

import simcost
from simcost.machine import lower
from simcost.machine.block import BLOCK

SERVED = Path(__file__).parent.parent / "examples" / "served_model.toml"
DRAWS = 1_000_000


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The example as it is, and without its months."""
    text = SERVED.read_text(encoding="utf-8")
    plain = re.sub(r"\[time\].*?\n\n", "", text, flags=re.DOTALL)
    plain = re.sub(r"profile = .*\n", "", plain).replace(" ** (period / 12)", "")
    file = tmp_path_factory.mktemp("models") / "plain.toml"
    file.write_text(plain, encoding="utf-8")
    return simcost.load(SERVED), simcost.load(file)


def program(model):
    plan = model.plan()
    return lower(plan.outputs, dimensions=plan.dimensions)


def seconds(model) -> float:
    start = time.perf_counter()
    model.run(draws=DRAWS, keep=False)
    return time.perf_counter() - start


def test_a_project_of_36_months(benchmark, models):
    timed, plain = models
    seconds(plain)  # compiles the machine where that has not been done
    without = min(seconds(plain) for _ in range(3))
    ask = {"draws": DRAWS, "keep": False}
    benchmark.pedantic(timed.run, (), ask, rounds=3, warmup_rounds=1)
    info, code = benchmark.extra_info, program(timed)
    info["times as long as without months"] = round(benchmark.stats["min"] / without, 1)
    info["instructions"] = len(code.code)
    info["instructions without months"] = len(program(plain).code)
    info["MiB of slots"] = round(code.n_slots * BLOCK * 8 / 2**20, 2)


def test_a_timeline(benchmark, models):
    """Percentiles of 36 months and of the sums up to their ends, of a hundred thousand outcomes."""
    result = models[0].run(draws=100_000)
    benchmark.pedantic(result.timeline, ("cost",), rounds=3, warmup_rounds=1)
