"""The intervals of a run cover the truth as often as they say: from a model to its percentiles.

The exact figures are closed forms: a product of lognormals is lognormal, a sum of normals normal.
"""

from __future__ import annotations

import math
from collections import Counter

import pytest
from scipy import stats

import simcost

PERCENTS = (10.0, 50.0, 90.0)
GSDS = (1.2, 1.3, 1.25)
SDS = (1.0, 2.0, 3.0)
SIGMA = math.hypot(*map(math.log, GSDS))


def closed_form():
    model = simcost.Model("closed form", currency="USD")
    factors = [
        model.input(f"f{i}", {"lognormal": {"median": 2, "gsd": gsd}}) for i, gsd in enumerate(GSDS)
    ]
    terms = [model.input(f"t{i}", {"normal": {"mean": 5, "sd": sd}}) for i, sd in enumerate(SDS)]
    model.output("product", factors[0] * factors[1] * factors[2])
    model.output("sum", terms[0] + terms[1] + terms[2])
    return model


def exact():
    laws = {
        "product": stats.lognorm(SIGMA, scale=8.0),
        "sum": stats.norm(15.0, math.hypot(*SDS)),
    }
    figures = {}
    for name, law in laws.items():
        figures |= {(name, f"P{percent:g}"): law.ppf(percent / 100) for percent in PERCENTS}
        figures[name, "mean"] = law.mean()
    # Mean of the worst tenth: of a lognormal E(X) Φ(σ - z)/0.1, of a normal μ + σ φ(z)/0.1.
    z = stats.norm.ppf(0.9)
    figures["product", "CVaR"] = 8 * math.exp(SIGMA**2 / 2) * stats.norm.cdf(SIGMA - z) / 0.1
    figures["sum", "CVaR"] = 15 + math.hypot(*SDS) * stats.norm.pdf(z) / 0.1
    return figures


def coverage(design, draws, runs, first_seed=0, shift=0.0):
    """Share of runs whose interval holds the exact figure, for each output and figure."""
    model, truth = closed_form(), exact()
    hits: Counter[tuple[str, str]] = Counter()
    for seed in range(first_seed, first_seed + runs):
        result = model.run(draws=draws, seed=seed, design=design, threads=1)
        for name in result.outputs:
            found = {f"P{percent:g}": result.quantile(name, percent) for percent in PERCENTS}
            found |= {"mean": result.mean(name), "CVaR": result.cvar(name, 90)}
            for figure, interval in found.items():
                value = truth[name, figure] * (1 + shift)
                hits[name, figure] += interval.low <= value <= interval.high
    return {key: hits[key] / runs for key in truth}


def pooled(shares):
    return sum(shares.values()) / len(shares)


@pytest.mark.parametrize(("design", "draws"), [("random", 1000), ("sobol", 1024), ("lhs", 1024)])
def test_intervals_cover_about_as_often_as_they_say(design, draws):
    found = coverage(design, draws, 150)
    # One figure over 150 runs has a standard error of 1.8 points.
    assert 0.92 <= pooled(found) <= 0.98, found
    assert all(share >= 0.87 for share in found.values()), found


def test_the_check_can_fail():
    assert pooled(coverage("random", 1000, 60, shift=0.05)) < 0.6


@pytest.mark.slow
@pytest.mark.parametrize("draws", [4096, 16_384])
def test_random_intervals_cover(draws):
    """3,000 runs: a figure's standard error is 0.40 points, so a true 92 % fails with 99.9 %
    probability and a true 95 % (3.8 standard errors inside the limits) almost never does."""
    found = coverage("random", draws, 3000)
    print(found)  # noqa: T201
    assert all(0.935 <= share <= 0.965 for share in found.values()), found


@pytest.mark.slow
@pytest.mark.parametrize("design", ["sobol", "lhs"])
@pytest.mark.parametrize("draws", [4096, 16_384])
def test_replicated_intervals_cover(design, draws):
    """1,000 runs: a standard error of 0.69 points, four of them between 92 and 95 %."""
    found = coverage(design, draws, 1000)
    print(found)  # noqa: T201
    assert all(share >= 0.92 for share in found.values()), found
