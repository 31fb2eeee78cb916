"""Speed of the backward questions on the reference project: a million outcomes, 30 inputs.

Run with ``pytest benchmarks/test_backward.py``; `extra_info` holds seconds.
"""

from pathlib import Path

import pytest

import simcost

REFERENCE = Path(__file__).parent / "reference.toml"


@pytest.fixture(scope="module")
def result():
    return simcost.load(REFERENCE).run(draws=1_000_000)


def test_discover(benchmark, result):
    """One box: peeled on a million outcomes, again on five fifths, scored on a million others."""
    ask = lambda: result.discover("cost", above="P90", boxes=1)  # noqa: E731
    benchmark.pedantic(ask, rounds=3, warmup_rounds=1)
    benchmark.extra_info["seconds"] = round(benchmark.stats.stats.min, 2)


def test_reverse(benchmark, result):
    ask = lambda: result.reverse("cost", target="P90 * 1.2")  # noqa: E731
    benchmark.pedantic(ask, rounds=3, warmup_rounds=1)
    benchmark.extra_info["seconds"] = round(benchmark.stats.stats.min, 2)


def test_rare(benchmark, result):
    ask = lambda: result.rare("cost", above=5e6)  # noqa: E731
    benchmark.pedantic(ask, rounds=3, warmup_rounds=1)
    benchmark.extra_info["seconds"] = round(benchmark.stats.stats.min, 2)
