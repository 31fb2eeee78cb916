"""Means, probabilities, CVaR and ratios against closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from simcost.errors import NumericalError, UsageError
from simcost.result import Meta, Result
from simcost.result.proportion import clopper_pearson

N = 1 << 18


def result(design: str = "random", replicates: int = 1, units=None, meta=None, **values) -> Result:
    draws = len(next(iter(values.values())))
    where = Meta(
        model="m", seed=0, draws=draws, design=design, replicates=replicates, **(meta or {})
    )
    units = {"cost": "USD", "write_off": "USD"} if units is None else units
    return Result(values, units, where)


@pytest.fixture(scope="module")
def lognormal() -> np.ndarray:
    return np.random.default_rng(11).lognormal(size=N)


def inside(interval, truth: float) -> bool:
    return interval.low <= truth <= interval.high


def test_mean_of_independent_outcomes_is_the_normal_interval(lognormal):
    m = result(cost=lognormal).mean("cost")
    half = 1.959963984540054 * lognormal.std(ddof=1) / math.sqrt(N)
    assert m.value == pytest.approx(lognormal.mean(), rel=1e-13)
    assert (m.low, m.high) == pytest.approx((m.value - half, m.value + half), rel=1e-12)


def test_mean_of_replicates_is_the_t_interval(lognormal):
    m = result("sobol", 16, cost=lognormal).mean("cost")
    means = lognormal.reshape(-1, 16).mean(axis=0)
    expected = stats.t.interval(0.95, 15, means.mean(), stats.sem(means))
    assert (m.low, m.high) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize(("design", "replicates"), [("random", 1), ("lhs", 16)])
def test_sd(lognormal, design, replicates):
    values = np.log(lognormal)
    found = result(design, replicates, cost=values).sd("cost")
    assert found.value == pytest.approx(values.std(ddof=1), rel=1e-12)
    assert float(found) == found.value
    # the sd of a normal's standard deviation is 1/√(2n)
    assert found.half_width == pytest.approx(
        1.96 / math.sqrt(2 * N), rel=0.02 if replicates == 1 else 0.5
    )


@pytest.mark.parametrize(("design", "replicates"), [("random", 1), ("sobol", 16)])
def test_cvar_of_a_lognormal(lognormal, design, replicates):
    truth = 6.415895  # e^(1/2) Φ(1 - z.9)/.1
    assert truth == pytest.approx(math.exp(0.5) * stats.norm.cdf(1 - stats.norm.ppf(0.9)) / 0.1)
    found = result(design, replicates, cost=lognormal).cvar("cost", 90)
    assert inside(found, truth)
    assert found.half_width < 0.1


def test_cvar_is_the_mean_of_the_worst_outcomes():
    found = result(cost=np.random.default_rng(1).permutation(1000.0 + np.arange(1000)))
    assert found.cvar("cost", 90).value == pytest.approx(1000 + np.arange(900, 1000).mean())


def test_cvar_splits_an_atom():
    values = np.r_[np.zeros(95), np.full(5, 10.0)].repeat(100)
    assert result(cost=values).cvar("cost", 90).value == pytest.approx(5.0)


def test_cvar_of_a_thin_tail_has_no_interval():
    found = result(cost=np.arange(100.0)).cvar("cost", 99)
    assert found.value == 99.0
    assert found.low is None
    assert "P99" in found.reason


@given(st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
@settings(deadline=None)
def test_clopper_pearson_agrees_with_scipy(pair):
    met, count = pair
    low, high = clopper_pearson(met, count, 0.95)
    assert low == pytest.approx(stats.beta.ppf(0.025, met, count - met + 1) if met else 0.0)
    assert high == pytest.approx(
        stats.beta.ppf(0.975, met + 1, count - met) if met < count else 1.0
    )


def test_exceedance_and_within_are_two_sides(lognormal):
    r = result(cost=lognormal)
    above, within = r.exceedance("cost", 3.0), r.within("cost", 3.0)
    assert above.value + within.value == pytest.approx(1.0)
    assert above.low + within.high == pytest.approx(1.0)
    assert inside(above, stats.lognorm.sf(3.0, 1.0))


def test_a_threshold_on_an_atom_is_not_exceeded():
    r = result(cost=np.array([0.0, 0.0, 1.0, 1.0]))
    assert r.exceedance("cost", 0.0).value == 0.5
    assert r.within("cost", 1.0).value == 1.0


def test_what_never_happened_is_not_impossible(lognormal):
    for design, replicates in (("random", 1), ("sobol", 16)):
        never = result(design, replicates, cost=lognormal).exceedance("cost", 1e9)
        assert (never.value, never.low) == (0.0, 0.0)
        assert never.high == pytest.approx(-math.log(0.025) / N, rel=1e-3)


def test_the_quantile_and_the_probability_say_the_same(lognormal):
    r = result(cost=lognormal[:2000])
    p90 = r.quantile("cost", 90)
    for threshold in np.quantile(lognormal[:2000], [0.87, 0.885, 0.9, 0.91, 0.93]):
        chance = r.within("cost", threshold)
        assert (p90.low <= threshold < p90.high) == (chance.low < 0.9 < chance.high)


def test_success_is_a_proportion():
    yes = np.r_[np.ones(60), np.zeros(40)]
    r = result(succeeded=yes)
    assert (r.success.low, r.success.high) == clopper_pearson(60, 100, 0.95)
    assert r.estimate("succeeded").indicator
    assert result(cost=yes).success is None
    assert not result(cost=yes).estimate("cost").indicator, "an amount in USD is no yes or no"


def test_cost_per_success_by_the_delta_method():
    rng = np.random.default_rng(5)
    ok = (rng.random(N) < 0.5).astype(float)
    cost = 10 + 5 * ok + rng.normal(size=N)
    truth = 12.5 / 0.5
    for design, replicates in (("random", 1), ("sobol", 16)):
        found = result(design, replicates, cost=cost, succeeded=ok).ratio("cost", "succeeded")
        assert found.value == pytest.approx(cost.mean() / ok.mean(), rel=1e-12)
        # residual cost - 25 ok has variance 1 + 20²/4, over .5² n
        half = 1.96 * math.sqrt(101 / N) / 0.5
        assert found.half_width == pytest.approx(half, rel=0.02 if replicates == 1 else 0.6)
        assert inside(found, truth)


def test_no_success_no_ratio():
    found = result(cost=np.ones(10), succeeded=np.zeros(10)).ratio("cost", "succeeded")
    assert found.value is None
    assert "succeeded" in found.reason


@pytest.mark.parametrize(
    ("xi", "exists", "has_interval"), [(0.0, True, True), (0.6, True, False), (1.2, False, False)]
)
def test_a_mean_that_does_not_exist_is_not_given(lognormal, xi, exists, has_interval):
    r = result(cost=lognormal, succeeded=np.ones(N), meta={"tail_index": {"cost": xi}})
    for found in (r.mean("cost"), r.cvar("cost"), r.ratio("cost", "succeeded")):
        assert (found.value is not None) == exists
        assert (found.low is not None) == has_interval
        assert bool(found.reason) != has_interval
    assert (r.sd("cost").value is not None) == (xi < 0.5)
    assert r.quantile("cost", 90).half_width is not None
    assert any("tail index" in note for note in r.notes) != has_interval


@pytest.mark.parametrize(
    ("values", "flagged"),
    [
        (stats.norm(5, 1), False),
        (stats.lognorm(1.0), False),
        (stats.lognorm(2.0), True),
        (stats.pareto(1.5), True),
    ],
)
def test_heavy_tails_are_seen_in_the_data(values, flagged):
    rng = np.random.default_rng(6)
    r = result(cost=values.ppf(rng.random(1_000_000)))
    assert any("too narrow" in note for note in r.notes) == flagged


def test_stopping_by_precision_is_said():
    assert "optimistic" in result(cost=np.arange(10.0), meta={"sequential": True}).notes[0]


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_a_nan_or_infinity_has_no_estimate_and_names_its_outcome(bad):
    values = np.arange(10.0)
    values[7] = bad
    with pytest.raises(NumericalError, match="outcome 7 of 'cost'"):
        result(cost=values).mean("cost")


def test_a_misspelt_output_is_guessed():
    with pytest.raises(UsageError, match="did you mean 'cost'"):
        result(cost=np.ones(3)).mean("csot")
