"""The five methods of a tornado against closed forms and published values."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import simcost
from simcost.analyses._bars import holm
from simcost.analyses._conditional import independence, standardised
from simcost.analyses._rank import contribution, ranks

STAGED = Path(__file__).parent / "models" / "staged.toml"
NORMALS = {"a": 3.0, "b": 2.0, "c": 1.0}


def normals(**correlations):
    model = simcost.Model("Sum")
    for name, sd in NORMALS.items():
        model.input(name, simcost.normal(mean=10, sd=sd), unit="USD")
    for pair, value in correlations.items():
        model.correlate(*pair, latent=value)
    model.output("y", "a - b + c", unit="USD")
    return model


def gated():
    """A stage that fails with chance 0.3, and then has spent a share of 1000."""
    model = simcost.Model("Gated", currency="USD")
    model.input("share", simcost.uniform(low=0.2, high=1))
    model.input("extra", simcost.normal(mean=100, sd=10), unit="USD")
    model.stage("data", cost=1000, failure=0.3, spent_at_failure="share")
    model.stage("rest", cost="extra")
    return model


@pytest.fixture(scope="module")
def run():
    return normals().run(draws=200_000)


def bar(data, name):
    return data.sel(input=name)


def within(data, name, truth, key="effect", slack=1.6):
    """Whether the truth lies in the interval, widened by a factor: many are looked at."""
    one = bar(data, name)
    low, high = float(one[f"{key}_lower"]), float(one[f"{key}_upper"])
    middle, half = (low + high) / 2, (high - low) / 2
    return abs(middle - truth) <= slack * half


# -- conditional ----------------------------------------------------------------------------------


def test_bin_means_of_independent_normals_are_the_published_ones(run):
    # the mean of a standard normal in its outermost tenth is 10 φ(1.2816) = 1.754983
    data = run.tornado("y")
    for name, sign in (("a", 1), ("b", -1), ("c", 1)):
        assert within(data, name, sign * 2 * 1.754983 * NORMALS[name])
    assert list(data["input"].values) == ["a", "b", "c"]
    assert bool(data["significant"].all())
    assert data.attrs["unit"] == "USD"


def test_a_spider_has_the_published_bin_means_in_between(run):
    expected = np.array([1.75498, 1.04464, 0.67731, 0.3865, 0.126])
    line = run.spider("y").sel(input="a")
    means = (line["statistic"].values - 10) / NORMALS["a"]
    half = (line["statistic_upper"].values - line["statistic_lower"].values) / 2 / NORMALS["a"]
    assert np.all(np.abs(means - [*-expected, *expected[::-1]]) < 1.6 * half)
    assert list(line["percentile"].values) == [5, 15, 25, 35, 45, 55, 65, 75, 85, 95]


def test_labels_say_where_the_ends_lie(run):
    one = bar(run.tornado("y"), "a")
    edge = 10 - 3 * stats.norm.isf(0.1)
    assert str(one["low_label"].values) == f"≤ {edge:.2f} USD"
    assert str(one["high_label"].values) == "≥ 13.8 USD"


def test_percentiles_shift_like_the_rest_of_a_normal_given_its_input():
    # given a in its upper tenth, y is a + normal: compare with the exact distribution function
    data = normals().run(draws=400_000).tornado("y", statistic="P90")
    rest = math.hypot(2, 1)

    def chance(y):
        a = 10 + 3 * stats.norm.ppf(np.linspace(0.9, 1, 20001)[:-1] + 0.1 / 40000)
        return np.mean(stats.norm.cdf(y, a, rest))

    one = bar(data, "a")
    for end in ("high_lower", "high_upper"):
        assert abs(chance(float(one[end])) - 0.9) < 0.02
    assert chance(float(one["high"])) == pytest.approx(0.9, abs=0.005)


@pytest.mark.parametrize(
    ("statistic", "options"), [("overrun", {"budget": 14.0}), ("CVaR80", {}), ("P12.5", {})]
)
def test_other_statistics_are_those_of_the_outcomes_in_the_bin(run, statistic, options):
    data = run.tornado("y", statistic=statistic, **options)
    base = {
        "overrun": lambda: run.exceedance("y", 14.0),
        "CVaR80": lambda: run.cvar("y", 80),
        "P12.5": lambda: run.quantile("y", 12.5),
    }[statistic]()
    assert float(data["base"]) == base.value
    one = bar(data, "a")
    assert float(one["effect"]) == float(one["high"]) - float(one["low"])
    assert float(one["low"]) < base.value < float(one["high"])
    assert data.attrs["unit"] == ("" if statistic == "overrun" else "USD")


def test_inputs_without_effect_are_called_significant_once_in_twenty_at_most():
    model = simcost.Model("Null")
    model.input("x", simcost.lognormal(median=1, gsd=2))
    names = [f"z{k}" for k in range(60)]
    for name in names:
        model.input(name, simcost.uniform(low=0, high=1))
    model.output("y", "x + " + " + ".join(f"0 * {name}" for name in names))
    data = model.run(draws=10_000).tornado("y")
    noise = data.sel(input=names)
    assert not noise["significant"].any()
    assert bool(bar(data, "x")["significant"])
    # p-values are uniform where there is nothing
    assert stats.kstest(noise["p_value"].values, "uniform").pvalue > 0.001
    floor = float(data["noise_floor"])
    assert np.mean(np.abs(noise["effect"].values) > floor) < 0.3
    assert floor < 8 * np.median(np.abs(noise["effect"].values))


@pytest.mark.parametrize("statistic", ["mean", "P90"])
def test_the_noise_floor_has_the_size_that_theory_gives(run, statistic):
    # a bin holds 20,000 of 200,000 outcomes, a bar is the difference of two of them, and the
    # largest of 16 normals is 1.2 to 3.2 standard deviations from 0 in 999 of 1,000 cases
    data = run.tornado("y", statistic=statistic)
    sd = math.sqrt(14)
    error = {"mean": sd, "P90": 0.3 * sd / stats.norm.pdf(stats.norm.ppf(0.9))}[statistic]
    assert 1.2 < float(data["noise_floor"]) / (error * math.sqrt(2 / 20_000)) < 3.2


def test_the_test_of_no_effect_has_the_size_it_claims_on_an_output_with_failures():
    # N·η² of inputs without effect is χ² with 9 degrees of freedom, whatever the output
    rng = np.random.default_rng(4)
    y = np.where(rng.random(10_000) < 0.3, 15 * rng.random(10_000), 16 + rng.normal(size=10_000))
    bins = (10 * rng.random((1000, 10_000))).astype(np.uint8)
    p = np.array([independence(row, standardised(y), 10) for row in bins])
    assert 0.02 < np.mean(p < 0.05) < 0.07  # a little less than 5%, see `equal_means`
    assert np.mean(stats.chi2.isf(p, 9)) == pytest.approx(9, abs=0.5)


@pytest.mark.parametrize("kind", ["spread", "heavy"])
def test_an_input_that_moves_the_spread_only_is_not_called_significant_too_often(kind):
    # N·η² alone would say so in 11% of the first cases, each bin's own variance in 12% of the other
    rng = np.random.default_rng(6)
    p = []
    for _ in range(600):
        z = rng.normal(size=4000)
        if kind == "spread":
            u, y = stats.norm.cdf(z), z * rng.choice([-1.0, 1.0], size=4000)
        else:
            u, y = rng.random(4000), np.exp(2 * z)
        p.append(independence((10 * u).astype(np.uint8), standardised(y), 10))
    assert np.mean(np.array(p) < 0.05) < 0.05 + 0.02


def test_a_tornado_of_a_balanced_design_has_intervals_too():
    data = normals().run(draws=65_536, design="sobol").tornado("y")
    assert within(data, "a", 2 * 1.754983 * 3)
    assert data.attrs["draws"] == 65_536


# -- discrete inputs and gates --------------------------------------------------------------------


def test_discrete_inputs_are_cut_at_their_levels():
    model = simcost.Model("Levels")
    model.input("k", simcost.discrete(values=[1, 2, 5], weights=[50, 45, 5]), unit="label")
    model.input("many", simcost.poisson(mean=40))
    model.input("noise", simcost.normal(mean=0, sd=1))
    model.output("z", "k / (1 label) + noise + many")
    data = model.run(draws=100_000).tornado("z")
    one = bar(data, "k")
    assert within(data, "k", 4.0)
    assert str(one["low_label"].values) == "1 label (50%)"
    assert str(one["high_label"].values) == "5 label (5.1%)"
    # a Poisson's tenths end where its levels do
    law = stats.poisson(40)
    low, high = law.ppf(0.1), law.ppf(0.9) + 1
    levels = np.arange(0, 200)
    expected = np.average(levels[int(high) :], weights=law.pmf(levels[int(high) :])) - np.average(
        levels[: int(low) + 1], weights=law.pmf(levels[: int(low) + 1])
    )
    assert within(data, "many", expected)


def test_a_gates_effect_is_the_difference_of_the_conditional_means():
    data = gated().run(draws=100_000).tornado("cost", method="gate")
    one = bar(data, "data.gate")
    # passing costs 1000 + 100 on average, failing 0.6 x 1000
    assert within(data, "data.gate", 600 - 1100)
    assert abs(float(one["low"]) - 1100) < 1
    assert str(one["high_label"].values).startswith("fails (30%")
    assert list(data["input"].values) == ["data.gate"]


def test_a_gate_of_uncertain_chance_is_cut_by_whether_it_fails():
    model = simcost.Model("Uncertain", currency="USD")
    model.stage("pilot", cost=100, failure=simcost.beta(alpha=2, beta=3), salvage=0.5)
    one = bar(model.run(draws=50_000).tornado("cost", method="gate"), "pilot.gate")
    assert float(one["low"]) == 100
    assert float(one["high"]) == 50
    assert float(one["high_share"]) == pytest.approx(0.4, abs=0.01)


def test_an_input_that_acts_only_after_a_failure_says_why_its_swing_is_zero():
    result = gated().run(draws=100_000)
    conditional, swing = result.tornado("cost"), result.tornado("cost", method="swing")
    # 0.3 of the projects fail, and 0.8 x 0.9 x 1000 lie between the mean of the end tenths
    assert within(conditional, "share", 0.3 * 720)
    assert bool(bar(conditional, "share")["significant"])
    assert float(bar(swing, "share")["effect"]) == 0.0
    assert not bool(bar(swing, "share")["significant"])
    (note,) = [note for note in conditional.attrs["notes"] if "share" in note]
    assert "only after a failure of data" in note


def test_the_swing_itself_says_why_it_is_zero():
    result = gated().run(draws=5000)
    for gates_at, said in (("pass", 1), ("fail", 0), ("expected", 0)):
        notes = result.tornado("cost", method="swing", gates_at=gates_at).attrs["notes"]
        assert len([note for note in notes if "only after a failure of data" in note]) == said
    both = result.comparison("cost", methods=["conditional", "swing"]).attrs["notes"]
    assert len([note for note in both if "one at a time (swing)" in note]) == 1
    # the same number as in the conditional tornado of the same run: none is drawn anew
    one = result.tornado("cost")
    assert float(bar(one, "share")["effect"]) == float(
        result.comparison("cost")["effect"].sel(tornado="conditional", input="share")
    )


def test_several_failures_are_explained_in_one_sentence():
    model = simcost.Model("Two", currency="USD")
    for name in ("first", "second"):
        share = simcost.uniform(low=0, high=1)
        model.stage(name, cost=1000, failure=0.4, spent_at_failure=share)
    (note,) = [
        note
        for note in model.run(draws=20_000).tornado("cost").attrs["notes"]
        if "one at a time" in note
    ]
    assert "first.spent_at_failure after a failure of first" in note
    assert "second.spent_at_failure after a failure of second" in note


# -- swing ----------------------------------------------------------------------------------------


def test_a_swing_is_the_formula_at_the_percentiles():
    model = simcost.Model("Product")
    laws = {"a": simcost.lognormal(median=2, gsd=3), "b": simcost.uniform(low=1, high=5)}
    for name, law in laws.items():
        model.input(name, law)
    model.output("y", "a * (b - 3) ** 2 + a")
    data = model.run(draws=1000).tornado("y", method="swing")
    low, high = laws["a"].quantile(np.array([0.1, 0.9]))
    assert float(data["base"]) == pytest.approx(2.0)
    assert float(bar(data, "a")["low"]) == pytest.approx(low)
    assert float(bar(data, "a")["high"]) == pytest.approx(high)
    # symmetric about its median: both ends are equal, and the points between show that it moves
    b = bar(data, "b")
    assert float(b["effect"]) == pytest.approx(0, abs=1e-9)
    assert float(b["most"]) - float(b["least"]) == pytest.approx(2 * 1.6**2)
    assert bool(b["significant"])
    assert any("b" in note and "extremes" in note for note in data.attrs["notes"])


def test_where_gates_stand_is_chosen_and_said():
    result = gated().run(draws=1000)
    base = {
        g: result.tornado("cost", method="swing", gates_at=g) for g in ("pass", "fail", "expected")
    }
    assert float(base["pass"]["base"]) == pytest.approx(1100)
    assert float(base["fail"]["base"]) == pytest.approx(600)
    assert float(base["expected"]["base"]) == pytest.approx(0.7 * 1100 + 0.3 * 600)
    share = bar(base["expected"], "share")
    assert float(share["effect"]) == pytest.approx(0.3 * 0.64 * 1000)
    assert float(bar(base["fail"], "share")["effect"]) == pytest.approx(640)
    gate = bar(base["pass"], "data.gate")
    assert float(gate["effect"]) == pytest.approx(-500)
    assert any("all gates fail" in note for note in base["fail"].attrs["notes"])


def test_a_swings_spider_has_five_points():
    data = gated().run(draws=1000).spider("cost", method="swing", gates_at="fail")
    assert list(data["percentile"].values) == [10, 30, 50, 70, 90]
    line = data["statistic"].sel(input="share").values
    assert line == pytest.approx(1000 * (0.2 + 0.8 * np.array([0.1, 0.3, 0.5, 0.7, 0.9])))


# -- regression and rank --------------------------------------------------------------------------


def test_standardised_coefficients_of_a_linear_model_are_exact_up_to_noise():
    data = normals(ab=0.6).run(draws=100_000).tornado("y", method="regression")
    variance = 9 + 4 + 1 - 2 * 0.6 * 6
    for name, slope in (("a", 1), ("b", -1), ("c", 1)):
        truth = slope * NORMALS[name] / math.sqrt(variance)
        assert float(bar(data, name)["effect"]) == pytest.approx(truth, abs=0.01)
        assert within(data, name, truth)
        assert within(data, name, slope * NORMALS[name], "mapped")
    assert float(bar(data, "c")["mapped"]) == pytest.approx(1.0, abs=0.02)
    assert data.attrs["r2"] == pytest.approx(1.0)
    assert any("explains 100% of the variance" in note for note in data.attrs["notes"])


def test_rank_correlations_are_spearmans():
    model = normals(ab=0.5)
    result = model.run(draws=50_000)
    data = result.tornado("y", method="rank")
    sd = math.sqrt(14 - 2 * 0.5 * 6)
    for name, covariance in (("a", 9 - 3), ("b", -4 + 3), ("c", 1)):
        r = covariance / NORMALS[name] / sd
        assert within(data, name, 6 / math.pi * math.asin(r / 2))
    shares = data["ctv_rank"].values
    assert np.abs(shares).sum() == pytest.approx(1)
    assert shares == pytest.approx(contribution(data["effect"].values))
    truths = contribution(
        [6 / math.pi * math.asin(r / 2) for r in (6 / 3 / sd, -1 / 2 / sd, 1 / sd)]
    )
    for name, truth in zip("abc", truths, strict=True):
        assert within(data, name, truth, "ctv_rank")


def test_ranks_with_ties_are_those_of_scipy():
    values = np.array([3.0, 1.0, 1.0, 2.0, 3.0, 3.0])
    assert ranks(values) == pytest.approx((stats.rankdata(values) - 0.5) / 6)


def test_contribution_to_variance_of_the_published_example():
    # Crystal Ball's technical note: two assumptions, one forecast, three trials
    forecast = ranks(np.array([23.01, 47.22, 7.7]))
    assumptions = [[12.43, 4.82, 6.01], [-2.44, -5.9, -12.53]]
    r = [np.corrcoef(ranks(np.array(a)), forecast)[0, 1] for a in assumptions]
    assert r == pytest.approx([-0.5, 0.5])
    assert contribution(r) == pytest.approx([-0.5, 0.5], abs=1e-12)


def test_ranks_survive_an_infinite_variance():
    model = simcost.Model("Heavy")
    model.input("loss", simcost.pareto(minimum=1, alpha=1.5))
    model.input("other", simcost.uniform(low=0, high=1))
    model.output("y", "loss + other")
    data = model.run(draws=20_000).tornado("y", method="rank")
    assert float(bar(data, "loss")["effect"]) > 0.8


# -- several at once, groups, significance --------------------------------------------------------


def test_methods_that_disagree_are_flagged():
    data = gated().run(draws=50_000).comparison("cost", methods=["conditional", "swing", "gate"])
    assert list(data["tornado"].values) == ["conditional", "swing", "gate"]
    assert bool(data["disagree"].sel(input="share"))
    assert math.isnan(float(data["rank"].sel(tornado="gate", input="share")))
    assert not bool(data["disagree"].sel(input="data.gate"))
    assert any("the methods disagree on share" in note for note in data.attrs["notes"])


@pytest.mark.parametrize("method", ["conditional", "swing", "regression", "rank"])
def test_a_group_moves_its_inputs_together(run, method):
    data = run.tornado("y", method=method, groups={"ab": ["a", "b"]})
    assert set(data["input"].values) == {"ab", "c"}
    # along its best direction the pair is one normal with sd √13, whatever the signs
    together = math.sqrt(13)
    truth = {
        "conditional": 2 * 1.754983 * together,
        "swing": 2 * stats.norm.isf(0.1) * 5,
        "regression": together / math.sqrt(14),
        "rank": 6 / math.pi * math.asin(together / math.sqrt(14) / 2),
    }[method]
    assert float(bar(data, "ab")["effect"]) == pytest.approx(truth, rel=0.01)


def test_a_group_without_effect_gets_no_bar_from_being_searched_for():
    model = simcost.Model("Null group")
    model.input("x", simcost.normal(mean=0, sd=1))
    names = [f"z{k}" for k in range(30)]
    for name in names:
        model.input(name, simcost.uniform(low=0, high=1))
    model.output("y", "x + " + " + ".join(f"0 * {name}" for name in names))
    data = model.run(draws=5000).tornado("y", groups={"nothing": names})
    assert abs(float(bar(data, "nothing")["effect"])) < 2 * float(data["noise_floor"])
    assert not bool(bar(data, "nothing")["significant"])


def test_holm_steps_down_until_the_first_that_fails():
    # Holm (1979): 0.01 < 0.05/4, 0.015 < 0.05/3, 0.03 > 0.05/2 stops, whatever follows
    assert holm([0.03, 0.01, 0.04, 0.015]).tolist() == [False, True, False, True]
    assert holm([float("nan"), 0.001]).tolist() == [False, True]


# -- whatever the run looked like -----------------------------------------------------------------


def same(one, other):
    assert one.attrs == other.attrs
    for name in one.variables:
        assert np.array_equal(one[name].values, other[name].values, equal_nan=False) or (
            np.allclose(one[name].values, other[name].values, rtol=0, atol=0, equal_nan=True)
        ), name


@pytest.mark.parametrize("method", ["conditional", "swing", "regression", "rank", "gate"])
def test_bars_depend_on_neither_engine_nor_threads_nor_memory(method):
    model = simcost.load(STAGED)
    first = model.run(draws=70_000, engine="machine", threads=2).tornado("cost", method=method)
    for settings in (
        {"engine": "interpreter", "threads": 1},
        {"engine": "machine", "threads": 1, "segment": 1000, "keep": False},
    ):
        same(first, model.run(draws=70_000, **settings).tornado("cost", method=method))


@pytest.mark.parametrize("options", [{"gates": "exact"}, {"design": "best"}, {"precision": 0.03}])
def test_a_run_with_exact_gates_is_looked_at_with_drawn_ones(options):
    model = gated()
    result = model.run(draws=65_536, **options)
    data = result.tornado("cost")
    assert data.attrs["draws"] == result.meta.draws
    assert within(data, "data.gate", 600 - 1100)
    assert any("gates are drawn" in note for note in data.attrs["notes"])
    shares = result.sensitivity("cost", walks=4096)
    assert float(shares["first"].sel(input="data.gate")) == pytest.approx(0.7656, abs=0.03)
    parts = result.contingency("cost")
    assert float(parts["target"]) == pytest.approx(result.quantile("cost", 80).value, rel=0.02)


def test_a_scenario_has_a_tornado_of_its_own():
    model = simcost.load(STAGED)
    wide = model.run(draws=20_000).tornado("cost")
    slow = model.run(draws=20_000, scenario="slow").tornado("cost")
    assert slow.attrs["scenario"] == "slow"
    effects = [abs(float(bar(data, "rate")["effect"])) for data in (wide, slow)]
    assert effects[1] < effects[0] / 2
