"""Coverage of the 95 % intervals on a model with closed forms, and a control that fails."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from scipy import special, stats
from scipy.stats import qmc

from simcost.result import Meta, Result

LAW = stats.lognorm(0.8)
PERCENTS = (10.0, 50.0, 90.0)


def random_outcomes(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.lognormal(sigma=0.8, size=count)


def replicated(design, rng: np.random.Generator, count: int) -> np.ndarray:
    """16 randomisations in eight dimensions, interleaved; the sum of eight normals is one."""
    nets = [design(8, rng=rng).random(count // 16) for _ in range(16)]
    u = np.stack(nets, axis=1).reshape(-1, 8)
    return np.exp(0.8 * special.ndtri(np.clip(u, 1e-9, 1 - 1e-9)).sum(axis=1) / np.sqrt(8))


sobol_outcomes = partial(replicated, qmc.Sobol)
lhs_outcomes = partial(replicated, qmc.LatinHypercube)


def coverage(outcomes, design: str, replicates: int, count: int, runs: int) -> dict[str, float]:
    truths = {f"P{p:g}": LAW.ppf(p / 100) for p in PERCENTS}
    truths |= {"mean": LAW.mean(), "within": LAW.cdf(2.0)}
    hits = dict.fromkeys(truths, 0)
    rng = np.random.default_rng(2024)
    meta = Meta(model="m", seed=0, draws=count, design=design, replicates=replicates)
    for _ in range(runs):
        result = Result({"y": outcomes(rng, count)}, {}, meta)
        estimate = result.estimate("y")
        found = {**estimate.quantiles, "mean": estimate.mean, "within": result.within("y", 2.0)}
        for name, truth in truths.items():
            hits[name] += found[name].low <= truth <= found[name].high
    return {name: number / runs for name, number in hits.items()}


@pytest.mark.parametrize(
    ("outcomes", "design", "replicates"),
    [
        (random_outcomes, "random", 1),
        (sobol_outcomes, "sobol", 16),
        (lhs_outcomes, "lhs", 16),
    ],
)
def test_intervals_cover_roughly(outcomes, design, replicates):
    found = coverage(outcomes, design, replicates, 1024, 150)
    assert all(0.89 <= share <= 0.995 for share in found.values()), found


def test_independent_intervals_on_a_sobol_design_are_wrong():
    """The control: the order-statistic interval, applied to points that are not independent."""
    found = coverage(sobol_outcomes, "random", 1, 1024, 60)
    assert found["mean"] > 0.995, "far too wide: the check above would have failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcomes", "design", "replicates", "count", "runs"),
    [
        (random_outcomes, "random", 1, 5000, 5000),
        (sobol_outcomes, "sobol", 16, 8192, 2500),
        (lhs_outcomes, "lhs", 16, 4096, 2500),
    ],
)
def test_intervals_cover(outcomes, design, replicates, count, runs):
    found = coverage(outcomes, design, replicates, count, runs)
    assert all(0.935 <= share <= 0.965 for share in found.values()), found
