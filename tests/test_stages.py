"""Gates, write-offs, retries and portfolios against closed forms."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

import simcost
from simcost.errors import ModelError, NumericalError, UsageError
from simcost.run.views import STRIDE

COSTS, CHANCES = (10.0, 30.0, 60.0), (0.2, 0.3, 0.1)


def three_stages(salvage=0.0):
    model = simcost.Model("three stages", currency="USD")
    for name, cost, failure in zip("abc", COSTS, CHANCES, strict=True):
        model.stage(
            name,
            cost=cost,
            failure=failure,
            spent_at_failure={"uniform": {"low": 0, "high": 1}},
            salvage=salvage,
        )
    return model


def one_stage(failure, cost=1.0):
    model = simcost.Model("one stage", currency="USD")
    model.stage("only", cost=cost, failure=failure)
    return model


def near(interval, expected, widths=4.0):
    """The exact value lies within some standard errors of the estimate (4: one in 16,000)."""
    return abs(interval.value - expected) <= widths / 1.96 * interval.half_width


def test_spend_per_attempt_and_per_success():
    result = three_stages().run(draws=1_000_000, seed=1)
    assert near(result.mean("succeeded"), 0.504)
    assert near(result.mean("cost"), 61.32)
    assert near(result.ratio("cost", "succeeded"), 121.666667)
    failed = result.values["succeeded"] == 0
    assert result.values["cost"][failed].mean() == pytest.approx(22.016129, abs=0.15)
    assert np.array_equal(result.values["write_off"], np.where(failed, result.values["cost"], 0))


def test_salvage():
    result = three_stages(salvage=0.2).run(draws=1_000_000, seed=1)
    assert near(result.mean("cost"), 59.136)
    assert near(result.ratio("cost", "succeeded"), 117.333333)


def test_the_failed_stage_is_named_by_its_number():
    values = three_stages().run(draws=400_000, seed=2).values["failed_stage"]
    expected = [0.504, 0.2, 0.8 * 0.3, 0.56 * 0.1]
    for number, share in enumerate(expected):
        sd = math.sqrt(share * (1 - share) / values.size)
        assert np.mean(values == number) == pytest.approx(share, abs=4 * sd)


def test_retry_until_success_against_walds_identity():
    result = three_stages().run(draws=300_000, seed=3, per="success")
    assert near(result.mean("cost"), 121.666667)
    assert result.values["cost"].std() == pytest.approx(37.333404, rel=0.01)
    assert near(result.mean("attempts"), 1 / 0.504)
    assert result.values["succeeded"].min() == 1.0


@pytest.mark.parametrize(
    ("cap", "success", "spend"),
    [
        (1, 0.504, 61.32),
        (2, 0.753984, 91.73472),
        (3, 0.877976, 106.820421),
        (5, 0.969980, 118.014223),
    ],
)
def test_retry_with_a_cap(cap, success, spend):
    result = three_stages().run(draws=200_000, seed=4, per="success", cap=cap)
    assert near(result.mean("succeeded"), success)
    assert near(result.mean("cost"), spend)


def test_one_attempt_allowed_is_the_attempt_itself_to_the_bit():
    attempt = three_stages().run(draws=5_000, seed=5)
    capped = three_stages().run(draws=5_000, seed=5, per="success", cap=1)
    assert np.array_equal(attempt.values["cost"], capped.values["cost"])


def test_an_uncertain_chance_is_one_draw_for_all_attempts_of_a_project():
    # Number of attempts with p ~ Beta(4, 6): mean (a+b-1)/(a-1) = 3, where 1/E[p] would be 2.5.
    model = one_stage({"beta": {"alpha": 6, "beta": 4}})
    result = model.run(draws=200_000, seed=6, per="success")
    assert near(result.mean("attempts"), 3.0)
    assert result.quantile("attempts", 90).value == 6
    # One attempt knows only the mean chance.
    assert near(model.run(draws=200_000, seed=6).mean("succeeded"), 0.4)


def test_an_input_as_chance_is_shared_by_attempts_too():
    model = simcost.Model("named", currency="USD")
    model.input("risk", {"beta": {"alpha": 6, "beta": 4}})
    model.stage("only", cost=1.0, failure="risk")
    assert near(model.run(draws=200_000, seed=6, per="success").mean("attempts"), 3.0)


@pytest.mark.parametrize(("alpha", "what"), [(2.0, "variance"), (1.0, "mean")])
def test_a_retry_without_moments_needs_a_cap(alpha, what):
    model = one_stage({"beta": {"alpha": 3, "beta": alpha}})
    with pytest.raises(UsageError, match=f"has no {what}"):
        model.run(draws=10, per="success")
    model.run(draws=10, per="success", cap=5)


def test_portfolio_of_independent_projects():
    result = one_stage(0.3).run(draws=100_000, seed=7, per="portfolio", projects=20)
    failures = 20 - result.values["successes"]
    assert failures.mean() == pytest.approx(6.0, abs=0.03)
    assert failures.std() == pytest.approx(math.sqrt(20 * 0.3 * 0.7), rel=0.02)


@pytest.mark.parametrize(
    ("q", "rho", "sd"),
    [(0.1, 0.1, 1.7514), (0.1, 0.5, 3.2113), (0.3, 0.3, 4.3237), (0.3, 0.5, 5.4380)],
)
def test_portfolio_with_a_common_factor(q, rho, sd):
    # Vasicek (2002)
    result = one_stage(q).run(draws=100_000, seed=8, per="portfolio", projects=20, correlation=rho)
    failures = 20 - result.values["successes"]
    assert failures.mean() == pytest.approx(20 * q, abs=4 * sd / math.sqrt(100_000))
    assert failures.std() == pytest.approx(sd, rel=0.02)


def test_large_portfolio_quantile():
    q, rho = 0.1, 0.3
    z = special.ndtri
    rate = special.ndtr((z(q) + math.sqrt(rho) * z(0.9)) / math.sqrt(1 - rho))
    assert rate == pytest.approx(0.244225, abs=1e-6)
    result = one_stage(q).run(draws=4_000, seed=9, per="portfolio", projects=1000, correlation=rho)
    failures = 1000 - result.values["successes"]
    assert np.quantile(failures, 0.9) / 1000 == pytest.approx(rate, abs=0.015)


def test_a_portfolio_of_one_is_the_attempt_to_the_bit():
    attempt = three_stages().run(draws=5_000, seed=5)
    one = three_stages().run(draws=5_000, seed=5, per="portfolio", projects=1)
    assert np.array_equal(attempt.values["cost"], one.values["cost"])


def test_stages_left_unreached_cost_nothing_even_when_infinite():
    model = simcost.Model("infinite", currency="USD")
    model.input("x", {"uniform": {"low": 0, "high": 1}})
    model.stage("a", cost=1.0, failure=1.0)
    model.stage("b", cost="1 USD / (x - x)")
    assert model.run(draws=10).values["cost"].tolist() == [1.0] * 10


def test_figures_are_reported_in_the_first_stages_unit_and_added_across_units():
    model = simcost.Model("units", currency="USD")
    model.stage("a", cost="2 kUSD", duration="1 day", emissions="1 tCO2e")
    model.stage("b", cost="500 USD", duration="12 hour", emissions="500 kgCO2e")
    result = model.run(draws=3)
    assert {name: result.values[name][0] for name in ("cost", "duration", "emissions")} == {
        "cost": 2500.0,
        "duration": 1.5,
        "emissions": 1.5,
    }
    assert result.units["cost"] == "USD"
    assert result.units["duration"] == "day"


def test_products_of_units_are_reported_in_the_ordinary_unit():
    model = simcost.Model("units", currency="USD")
    model.stage(
        "a",
        cost="2 USD/hour * 1 day",
        duration="3 kWh / (2 kW)",
        emissions="500 W * 2 hour * 400 gCO2e/kWh",
    )
    result = model.run(draws=1)
    assert result.units == {"cost": "USD", "duration": "month", "emissions": "kgCO2e"} | {
        name: unit
        for name, unit in result.units.items()
        if name not in ("cost", "duration", "emissions")
    }
    assert result.values["cost"][0] == 48.0
    assert result.values["emissions"][0] == pytest.approx(0.4)
    assert result.values["duration"][0] == pytest.approx(1.5 / 730.5)


@pytest.mark.parametrize("key", ["failure", "spent_at_failure", "salvage"])
@pytest.mark.parametrize("value", [1.3, -0.1, {"normal": {"mean": 0.5, "sd": 0.2}}])
def test_a_share_outside_0_and_1_is_refused(key, value):
    model = simcost.Model("share", currency="USD")
    model.stage("a", cost=1.0, **{"failure": 0.5, key: value})
    with pytest.raises(ModelError, match=f"{key} of stage a is"):
        model.run(draws=10)


def test_a_computed_chance_outside_0_and_1_is_named():
    model = simcost.Model("share", currency="USD")
    model.input("x", {"uniform": {"low": 0, "high": 1}})
    model.stage("a", cost=1.0, failure="2 * x")
    with pytest.raises(NumericalError, match=r"a\.failure is 1\.\d+, which is not between 0 and 1"):
        model.run(draws=100)


def test_missing_unit_and_wrong_currency():
    model = simcost.Model("money", currency="USD")
    model.input("hours", {"uniform": {"low": 1, "high": 2}}, unit="hour")
    model.input("wage", {"uniform": {"low": 1, "high": 2}})
    model.stage("a", cost="hours * wage")
    with pytest.raises(ModelError, match="hour"):
        model.run(draws=10)
    euro = simcost.Model("money", currency="USD")
    euro.stage("a", cost="5 EUR")
    with pytest.raises(ModelError, match="EUR"):
        euro.run(draws=10)


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.0, 1e6, width=32)),
        min_size=1,
        max_size=5,
    ),
    st.integers(0, 2**32),
)
def test_what_a_project_spends_adds_up(stages, seed):
    model = simcost.Model("random", currency="USD")
    for number, (failure, spent, salvage, cost) in enumerate(stages):
        model.stage(
            f"s{number}", cost=cost, failure=failure, spent_at_failure=spent, salvage=salvage
        )
    result = model.run(draws=200, seed=seed)
    values = result.values
    total = sum(cost for *_, cost in stages)
    won = values["succeeded"] == 1
    assert np.all(values["write_off"][won] == 0)
    assert np.allclose(values["cost"][won], total)
    assert np.all(values["write_off"][~won] == values["cost"][~won])
    assert np.all((values["cost"] >= 0) & (values["cost"] <= total * (1 + 1e-12)))
    for number, (failure, spent, salvage, cost) in enumerate(stages, start=1):
        here = values["failed_stage"] == number
        if here.any() and salvage == 0 and failure > 0:
            before = [c * (1 - s) for _, _, s, c in stages[: number - 1]]
            assert np.allclose(values["cost"][here], sum(before) + spent * cost)


def test_constant_hazard_within_a_stage():
    # The share spent at failure follows from a constant hazard: E[share | fail] at λD = 2.
    hazard = 2.0
    q = 1 - math.exp(-hazard)
    model = simcost.Model("hazard", currency="USD")
    model.input("u", {"uniform": {"low": 0, "high": 1}})
    model.stage(
        "a", cost=1.0, failure=q, spent_at_failure=f"-log(1 - u * (1 - exp(-{hazard}))) / {hazard}"
    )
    result = model.run(draws=400_000, seed=1)
    lost = result.values["write_off"][result.values["succeeded"] == 0]
    assert lost.mean() == pytest.approx(0.343482, abs=4 * lost.std() / math.sqrt(lost.size))
    assert stats.binomtest(lost.size, 400_000, q).pvalue > 1e-4


@pytest.mark.parametrize(
    "view", [{"per": "portfolio", "projects": 60}, {"per": "success", "cap": 60}]
)
def test_an_outcome_that_is_not_finite_in_a_view_can_be_replayed_by_its_number(view):
    model = simcost.Model("views", currency="USD")
    model.input("x", {"normal": {"mean": 3.5, "sd": 1}})
    model.stage("a", cost="log(x) * 1 USD", failure=0.99)
    with pytest.raises(NumericalError, match=r"in outcome ([\d,]+)") as caught:
        model.run(draws=60, seed=1, **view)
    number = int(re.search(r"in outcome ([\d,]+)", str(caught.value)).group(1).replace(",", ""))
    assert number >= STRIDE  # not the first attempt, or the case shows nothing
    assert model.replay(number, seed=1).values["x"] < 0
