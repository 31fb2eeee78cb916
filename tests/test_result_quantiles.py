"""Percentiles and their intervals: published ranks, SciPy's binomial, Woodruff by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simcost.errors import UsageError
from simcost.result import Meta, Result
from simcost.result.names import quantile_name
from simcost.result.ranks import binomial_ranks, enough, value_rank


def result(values: np.ndarray, design: str = "random", replicates: int = 1, **meta) -> Result:
    where = Meta(model="m", seed=0, draws=len(values), design=design, replicates=replicates, **meta)
    return Result({"y": values}, {"y": "USD"}, where)


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (100, [(5, 17), (40, 61), (84, 96)]),
        (1_000, [(82, 120), (469, 532), (881, 919)]),
        (10_000, [(942, 1060), (4902, 5099), (8941, 9059)]),
        (10**6, [(99412, 100589), (499020, 500981), (899412, 900589)]),
        (
            10**9,
            [(99981407, 100018595), (499969010, 500030991), (899981406, 900018594)],
        ),
    ],
)
def test_ranks_of_p10_p50_p90(count, expected):
    assert [binomial_ranks(count, p) for p in (10, 50, 90)] == expected


@given(
    st.integers(1, 10**9),
    st.floats(0.01, 99.99),
    st.sampled_from([0.5, 0.9, 0.95, 0.99, 0.999]),
)
@settings(deadline=None)
def test_ranks_agree_with_scipy(count, percent, confidence):
    p, alpha = percent / 100, (1 - confidence) / 2
    low, high = binomial_ranks(count, percent, confidence)
    expected = int(stats.binom.ppf(alpha, count, p)), int(stats.binom.isf(alpha, count, p)) + 1
    assert (low or 0, high or count + 1) == expected


@given(st.integers(1, 5000), st.floats(0.1, 99.9), st.sampled_from([0.8, 0.95]))
def test_ranks_cover_at_least_what_they_say(count, percent, confidence):
    low, high = binomial_ranks(count, percent, confidence)
    b = stats.binom(count, percent / 100)
    upper = 1.0 if high is None else b.cdf(high - 1)
    lower = 0.0 if low is None else b.cdf(low - 1)
    assert upper - lower >= confidence - 1e-12


@pytest.mark.parametrize(
    ("count", "percent", "rank"),
    [(100, 7, 7), (1000, 10, 100), (100, 99.9, 100), (1000, 99.9, 999), (1, 50, 1), (3, 0.1, 1)],
)
def test_the_rank_of_a_percentile_is_exact_in_decimals(count, percent, rank):
    assert value_rank(count, percent) == rank


def test_a_percentile_is_an_outcome_and_its_interval_the_ranks_say():
    values = np.random.default_rng(0).permutation(1000).astype(float) + 1
    p90 = result(values).quantile("y", 90)
    assert (p90.value, p90.low, p90.high) == (900.0, 881.0, 919.0)


def test_too_few_draws_for_an_end_leave_it_open_and_say_how_many_it_takes():
    r = result(np.arange(100.0))
    top = r.quantile("y", 99.9)
    assert (top.value, top.high) == (99.0, None)
    assert top.low is not None
    assert top.half_width is None
    assert f"{enough(99.9, 0.95):,}" in top.reason
    bottom = r.quantile("y", 1)
    assert bottom.low is None
    assert bottom.high is not None


@given(st.floats(0.1, 99.9), st.sampled_from([0.5, 0.9, 0.95]))
def test_enough_is_the_least_that_gives_both_ends(percent, confidence):
    count = enough(percent, confidence)
    assert None not in binomial_ranks(count, percent, confidence)
    assert count == 1 or None in binomial_ranks(count - 1, percent, confidence)


def test_an_atom_makes_a_point_and_is_named():
    values = np.r_[np.zeros(7000), np.arange(1.0, 3001.0)]
    estimate = result(np.random.default_rng(1).permutation(values)).estimate("y")
    p50 = estimate.quantiles["P50"]
    assert (p50.value, p50.low, p50.high, p50.half_width) == (0.0, 0.0, 0.0, 0.0)
    assert estimate.atom_mass == {"P10": 0.7, "P50": 0.7}


@pytest.mark.parametrize("count", [160, 16 * 1024])
def test_woodruff_by_hand(count):
    values = np.random.default_rng(2).lognormal(size=count)
    p90 = result(values, "sobol", 16).quantile("y", 90)
    pooled = np.sort(values)
    q = pooled[math.ceil(0.9 * count) - 1]
    shares = [np.mean(values[r::16] <= q) for r in range(16)]
    h = stats.t.ppf(0.975, 15) * np.std(shares, ddof=1) / 4
    assert p90.value == q
    assert p90.low == pooled[math.ceil(count * (0.9 - h)) - 1]
    high = math.floor(count * (0.9 + h)) + 1
    assert p90.high == (pooled[high - 1] if high <= count else None)


def test_replicates_that_agree_give_a_narrower_interval_than_independent_outcomes():
    n = 4096
    shift = np.random.default_rng(3).random(16)
    grid = (np.arange(n // 16)[:, None] + shift) / (n // 16)  # 16 shifted grids, interleaved
    values = grid.reshape(-1)
    pooled, naive = (
        result(values, d, r).quantile("y", 50) for d, r in [("lhs", 16), ("random", 1)]
    )
    assert pooled.low <= 0.5 <= pooled.high
    assert pooled.half_width < naive.half_width / 10


def test_a_design_without_replicates_has_no_interval():
    p50 = result(np.arange(64.0), "sobol", 1).quantile("y", 50)
    assert (p50.value, p50.low, p50.high) == (31.0, None, None)
    assert "replicate" in p50.reason


def test_one_outcome():
    e = result(np.array([5.0])).estimate("y")
    assert (e.mean.value, e.mean.low, e.quantiles["P50"].value) == (5.0, None, 5.0)


@pytest.mark.parametrize(
    ("percent", "name"),
    [(10, "P10"), (10.0, "P10"), (2.5, "P2.5"), (99.9, "P99.9"), (99.99999, "P99.99999")],
)
def test_names(percent, name):
    assert quantile_name(percent) == name


@pytest.mark.parametrize("percent", [0, 100, -1, 101, float("nan")])
def test_percentiles_outside_are_refused(percent):
    with pytest.raises(UsageError, match="between 0 and 100"):
        result(np.arange(10.0)).quantile("y", percent)


def test_asking_again_gives_the_same_whatever_was_asked_before():
    values = np.random.default_rng(4).lognormal(size=200_000)
    first, second = result(values), result(values)
    second.estimate("y", [1, 33, 90])
    assert first.quantile("y", 90) == second.quantile("y", 90)
    assert first.estimate("y") == second.estimate("y")
