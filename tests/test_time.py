"""Stages in time against closed forms, SciPy and sums outcome by outcome."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

import simcost
from simcost.errors import ModelError, NumericalError, UsageError
from simcost.graph.node import make
from simcost.graph.profiles import PARAMETERS, profile
from simcost.machine import lower
from simcost.machine.interpreter import OPERATIONS
from simcost.run import Settings
from simcost.run.drivers import observe

X = np.linspace(0.0, 1.0, 101)


def near(interval, expected, widths=4.0):
    """The exact value lies within some standard errors of the estimate (4: one in 16,000)."""
    return abs(interval.value - expected) <= widths / 1.96 * interval.half_width


def amounts_of(model, output, draws=500, **settings):
    """Return what each outcome spends in each period, and after them, float64[draws, T + 1]."""
    plan = model.plan()
    nodes = {str(n): node for n, node in enumerate(plan.schedule.amounts(output))}
    chosen = Settings(draws=draws, **settings)
    return np.array([*observe(plan, nodes, chosen, 0, draws).values()]).T


# -- profiles ---------------------------------------------------------------------------------


def curve(given, x):
    """Evaluate a profile's operations with NumPy."""
    node = profile(given).spent(make("stream", name="x"))
    known = {}

    def value(one):
        if one not in known:
            args = [value(arg) for arg in one.args]
            if one.op == "const":
                known[one] = np.float64(one.value)
            else:
                known[one] = x if one.op == "stream" else OPERATIONS[one.op](*args)
        return known[one]

    return value(node)


@pytest.mark.parametrize(
    ("given", "law"),
    [
        ("uniform", stats.uniform()),
        ("front_loaded", stats.beta(1, 2)),
        ("back_loaded", stats.beta(2, 1)),
        ("beta", stats.beta(2, 2)),
        ({"beta": {"alpha": 1, "beta": 1}}, stats.beta(1, 1)),
        ({"beta": {"alpha": 3, "beta": 7}}, stats.beta(3, 7)),
        ({"beta": {"alpha": 12, "beta": 12}}, stats.beta(12, 12)),
        ({"rayleigh": {"peak": 0.3}}, stats.rayleigh(scale=0.3)),
        ({"weibull": {"shape": 1.7, "scale": 0.4}}, stats.weibull_min(1.7, scale=0.4)),
        ({"weibull": {"shape": 0.6, "scale": 2.0}}, stats.weibull_min(0.6, scale=2.0)),
    ],
)
def test_a_profile_is_its_distribution_function_cut_at_the_end(given, law):
    assert curve(given, X) == pytest.approx(law.cdf(X) / law.cdf(1.0), rel=1e-12, abs=1e-15)


def test_a_plain_rayleigh_holds_97_percent_of_the_endless_curve():
    sigma = profile("rayleigh").values[0]
    assert stats.rayleigh(scale=sigma).cdf(1.0) == pytest.approx(0.97, rel=1e-12)


whole = st.integers(1, 12).map(float)
positive = st.floats(0.05, 20.0)
profiles = st.one_of(
    st.sampled_from(["uniform", "front_loaded", "back_loaded", "beta", "rayleigh"]),
    st.builds(lambda a, b: {"beta": {"alpha": a, "beta": b}}, whole, whole),
    st.builds(lambda p: {"rayleigh": {"peak": p}}, positive),
    st.builds(lambda k, s: {"weibull": {"shape": k, "scale": s}}, positive, positive),
)


@given(profiles)
def test_every_profile_rises_from_nothing_to_all(given):
    spent = np.broadcast_to(curve(given, X), X.shape)
    assert spent[0] == 0.0
    assert spent[-1] == pytest.approx(1.0, abs=1e-15)
    assert np.all(np.diff(spent) >= -1e-12)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("betta", "Did you mean beta"),
        ("weibull", "needs shape"),
        ({"weibull": {"shape": 2}}, "needs scale"),
        ({"beta": {"alpha": 2.5}}, "not a whole number"),
        ({"beta": {"alfa": 2}}, "has no alfa"),
        ({"beta": {"alpha": 13}}, "not a whole number up to 12"),
        ({"rayleigh": {"peak": 0}}, "not above 0"),
        ({"rayleigh": {"peak": "early"}}, "not a number"),
        ({"beta": {}, "rayleigh": {}}, "one name"),
        ({"beta": 2}, "belong in a table"),
        (3, "no profile"),
        ({"uniform": {"low": 1}}, "takes no numbers"),
    ],
)
def test_a_profile_that_cannot_be(given, said):
    with pytest.raises(ModelError, match=said):
        profile(given)


# -- discounting ------------------------------------------------------------------------------


def delayed(horizon=10, lump=True, **time):
    """A payment after, or over, a time T ~ Gamma(4, 0.5 years)."""
    model = simcost.Model("delayed", currency="USD")
    model.input("T", simcost.gamma(shape=4, scale=0.5), unit="year")
    model.time("year", horizon, **time)
    if lump:
        model.stage("wait", duration="T")
        model.stage("pay", cost=1.0)
    else:
        model.stage("pay", cost=1.0, duration="T")
    return model


@pytest.mark.parametrize(("lump", "exact"), [(True, 0.854804), (False, 0.925030)])
@pytest.mark.parametrize("design", ["random", "sobol"])
def test_present_value_of_a_gamma_time(lump, exact, design):
    """E exp(-rT) = (1 + rθ)^-k, and (1 - (1 + rθ)^(1-k)) / (rθ(k-1)) if spent evenly."""
    model = delayed(lump=lump, discount_rate=0.08, compounding="continuous")
    result = model.run(draws=200_000, seed=1, design=design)
    assert near(result.mean("present_value"), exact + (-3e-7 if lump else 0.0), 5.0)
    assert result.mean("present_value").half_width < 5e-4


def test_annual_compounding_is_the_power_of_one_plus_the_rate():
    model = delayed(discount_rate=0.08)
    values = model.run(draws=1000).values
    assert values["present_value"] == pytest.approx(1.08 ** -values["duration"], rel=1e-13)


def test_nothing_is_lost_without_a_rate():
    for lump in (True, False):
        values = delayed(lump=lump, discount_rate=0.0).run(draws=1000).values
        assert np.array_equal(values["present_value"], values["cost"])


def test_escalation_undoes_an_equal_discount_rate():
    values = delayed(lump=False, discount_rate=0.05, escalation=0.05).run(draws=1000).values
    assert values["present_value"] == pytest.approx(values["cost"], rel=1e-13)
    t = values["duration"]
    growth = math.log(1.05)
    assert values["nominal_cost"] == pytest.approx(np.expm1(growth * t) / (growth * t), rel=1e-12)


def test_prices_rise_from_their_year_to_the_start():
    late = delayed(escalation=0.04, price_year=2024, start_year=2027).run(draws=100)
    same = delayed(escalation=0.04, price_year=2024).run(draws=100)
    ratio = late.values["nominal_cost"] / same.values["nominal_cost"]
    assert ratio == pytest.approx(np.full(100, 1.04**3), rel=1e-12)
    assert "cost is in prices of 2024" in late.notes


def test_an_uncertain_rate_is_one_draw_a_project():
    model = delayed(discount_rate={"uniform": {"low": 0.02, "high": 0.1}})
    trace = model.replay(7)
    result = model.run(draws=10)
    years = result.values["duration"][7]
    rate = result.values["present_value"][7] ** (-1 / years) - 1
    assert 0.02 < rate < 0.1
    assert trace.values["present_value"] == result.values["present_value"][7]
    model = simcost.Model("named", currency="USD")
    model.input("rate", 0.1)
    model.time("year", 3, discount_rate="rate")
    model.stage("wait", duration="2 year")
    model.stage("pay", cost=1.0)
    assert model.run(draws=1).values["present_value"][0] == pytest.approx(1.1**-2)


def test_a_beta_profile_is_discounted_month_by_month_close_to_its_integral():
    model = simcost.Model("curve", currency="USD")
    model.time("month", 40, discount_rate=0.1, compounding="continuous")
    model.stage("wait", duration="5 month")
    model.stage("pay", cost=1.0, duration="30.5 month", profile={"beta": {"alpha": 2, "beta": 5}})
    law = stats.beta(2, 5)
    exact, _ = integrate.quad(lambda x: law.pdf(x) * math.exp(-0.1 * (5 + 30.5 * x) / 12), 0, 1)
    assert model.run(draws=1).values["present_value"][0] == pytest.approx(exact, rel=1e-5)


# -- amounts ----------------------------------------------------------------------------------


def project(salvage=0.0, horizon=12, profiles=("beta", "rayleigh"), **time):
    model = simcost.Model("two stages", currency="USD")
    model.input("months", simcost.lognormal(p10=2, p90=6), unit="month")
    model.input("energy", simcost.uniform(low=500, high=2000), unit="kWh")
    model.time("month", horizon, **time)
    model.stage(
        "data",
        cost=1000,
        duration="months",
        failure=0.3,
        spent_at_failure={"uniform": {"low": 0, "high": 1}},
        salvage=salvage,
        profile=profiles[0],
    )
    model.stage(
        "training",
        cost={"lognormal": {"median": 4000, "gsd": 1.5}},
        duration="months / 2",
        emissions="energy * 0.4 kgCO2e/kWh * 0.97 ** period",
        failure=0.2,
        salvage=salvage / 2,
        profile=profiles[1],
    )
    return model


@pytest.mark.parametrize("output", ["cost", "nominal_cost", "present_value", "emissions"])
@pytest.mark.parametrize("salvage", [0.0, 0.4])
@pytest.mark.parametrize("horizon", [1, 5, 24])
@pytest.mark.parametrize("names", [("uniform", "uniform"), ("beta", "rayleigh")])
def test_amounts_add_up_outcome_by_outcome(output, salvage, horizon, names):
    model = project(salvage, horizon, names, discount_rate=0.08, escalation=0.03)
    total = model.run(draws=500).values[output]
    summed = amounts_of(model, output).sum(axis=1)
    assert summed == pytest.approx(total, rel=1e-11, abs=1e-9)


def test_amounts_are_those_of_an_independent_calculation():
    model = project(salvage=0.4, horizon=8)
    result = model.run(draws=100)
    spent = {key: [] for key in ("data", "training", "first", "second", "failed")}
    for number in range(100):
        trace = model.replay(number).values
        spent["data"].append(trace["data.cost spent"])
        spent["training"].append(trace["training.cost spent"])
        spent["first"].append(trace["data.duration spent"])
        spent["second"].append(trace["training.duration spent"])
        spent["failed"].append(trace["succeeded"] == 0)
    data, training, first, second, failed = (np.array(one) for one in spent.values())
    edges = np.arange(0, 9)
    law, curve_of = stats.rayleigh(scale=profile("rayleigh").values[0]), stats.beta(2, 2)
    for n in range(8):
        expected = np.zeros(100)
        for cost, start, length, done in (
            (data, np.zeros(100), first, curve_of.cdf),
            (training, first, second, lambda x: law.cdf(np.clip(x, 0, 1)) / law.cdf(1)),
        ):
            with np.errstate(all="ignore"):
                a, b = ((edges[k] - start) / length for k in (n, n + 1))
            part = np.where(length > 0, done(b) - done(a), 0.0)
            expected += cost * np.nan_to_num(part)
        end = first + second
        back = np.where(failed, 0.4 * data + 0.2 * training, 0.0)
        expected -= back * ((end > edges[n]) & (end <= edges[n + 1]))
        assert amounts_of(model, "cost", 100)[:, n] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert result.values["cost"] == pytest.approx(
        data + training - np.where(failed, 0.4 * data + 0.2 * training, 0), rel=1e-12
    )


def test_a_stage_that_takes_no_time_falls_on_one_period():
    model = simcost.Model("instants", currency="USD")
    model.time("month", 4)
    model.stage("first", cost=1.0)
    model.stage("wait", duration="2 month")
    model.stage("second", cost=10.0, profile="beta")
    model.stage("rest", cost=100.0, duration="2 month", profile="back_loaded")
    assert amounts_of(model, "cost", 1)[0] == pytest.approx([1.0, 0.0, 10.0 + 25.0, 75.0, 0.0])


def test_what_comes_after_the_horizon_is_kept_apart():
    model = simcost.Model("long", currency="USD")
    model.time("quarter", 2)
    model.stage("work", cost=12.0, duration="1 year")
    assert amounts_of(model, "cost", 1)[0] == pytest.approx([3.0, 3.0, 6.0])


def grid(now):
    model = simcost.Model("grid")
    model.input("energy", simcost.uniform(low=500, high=2000), unit="kWh")
    model.time("month", 24)
    model.stage("build", duration="3 month")
    model.stage("serve", duration="12 month", emissions=f"energy * {now}", profile="front_loaded")
    return model


def test_a_grid_that_does_not_change_gives_the_same_emissions():
    still = grid("0.4 kgCO2e/kWh * 1 ** period").run(draws=500).values["emissions"]
    plain = grid("0.4 kgCO2e/kWh").run(draws=500).values["emissions"]
    assert still == pytest.approx(plain, rel=1e-13)


def test_a_grid_that_decarbonises_weighs_each_period_by_what_is_used_in_it():
    values = grid("0.4 kgCO2e/kWh * 0.9 ** (period / 12)").run(draws=100).values["emissions"]
    plain = grid("0.4 kgCO2e/kWh").run(draws=100).values["emissions"]
    x = np.arange(13) / 12
    weights = np.diff(1 - (1 - x) ** 2)
    factor = weights @ 0.9 ** ((np.arange(12) + 4) / 12)  # months 4 to 15
    assert values == pytest.approx(plain * factor, rel=1e-12)


def test_periods_change_no_draw_and_no_other_figure():
    with_time = project(profiles=("beta", "uniform")).run(draws=1000)
    model = simcost.Model("two stages", currency="USD")
    model.input("months", simcost.lognormal(p10=2, p90=6), unit="month")
    model.stage(
        "data",
        cost=1000,
        duration="months",
        failure=0.3,
        spent_at_failure={"uniform": {"low": 0, "high": 1}},
    )
    model.stage(
        "training",
        cost={"lognormal": {"median": 4000, "gsd": 1.5}},
        duration="months / 2",
        failure=0.2,
    )
    without = model.run(draws=1000)
    for name in ("cost", "duration", "succeeded", "write_off"):
        assert np.array_equal(with_time.values[name], without.values[name])


def test_both_engines_give_the_same_bits_in_every_period():
    model = project(salvage=0.3, discount_rate=0.08)
    one = amounts_of(model, "present_value", engine="machine")
    other = amounts_of(model, "present_value", engine="interpreter")
    assert np.array_equal(one, other)


def test_a_stage_never_reached_costs_nothing_whatever_it_would_have_cost():
    model = simcost.Model("never", currency="USD")
    model.input("x", simcost.uniform(low=0, high=1))
    model.time("month", 3, discount_rate=0.1)
    model.stage("first", cost=1.0, duration="1 month", failure=1)
    model.stage("second", cost="1 USD / floor(x) * period", duration="1 month / floor(x)")
    assert amounts_of(model, "cost", 10)[0] == pytest.approx([1, 0, 0, 0])


def test_a_share_out_of_range_is_found_in_every_output():
    model = simcost.Model("share", currency="USD")
    model.input("chance", simcost.uniform(low=0, high=2))
    model.time("month", 3, discount_rate=0.1)
    model.stage("first", cost=1.0, duration="1 month", failure="chance * 1")
    with pytest.raises(NumericalError, match="not between 0 and 1"):
        model.run(draws=1000)
    with pytest.raises(NumericalError):
        amounts_of(model, "present_value", 1000)


times = st.floats(0.0, 30.0, allow_subnormal=False)


@given(
    st.lists(st.tuples(times, st.floats(0, 1e6), profiles), min_size=1, max_size=4),
    st.integers(1, 12),
    st.floats(0.0, 0.5),
)
@settings(max_examples=20, deadline=None)
def test_any_project_adds_up_and_is_never_worth_more_than_it_costs(stages, horizon, rate):
    model = simcost.Model("any", currency="USD")
    model.time("month", horizon, discount_rate=rate)
    for number, (duration, cost, how) in enumerate(stages):
        model.stage(str(number), cost=cost, duration=f"{duration!r} month", profile=how)
    values = model.run(draws=1).values
    for output in ("cost", "present_value"):
        amounts = amounts_of(model, output, 1)[0]
        assert amounts.sum() == pytest.approx(values[output][0], rel=1e-9, abs=1e-6)
        assert np.all(amounts >= -1e-6)
    assert values["present_value"][0] <= values["cost"][0] * (1 + 1e-12) + 1e-9


# -- timelines --------------------------------------------------------------------------------


def test_a_timeline_is_a_dimension_of_the_result():
    model = project(salvage=0.2, discount_rate=0.08)
    result = model.run(draws=4000)
    data = result.timeline("cost", quantiles=[10, 50, 90])
    assert data["amount"].dims == ("period", "quantile")
    assert data["period"].values.tolist() == [*range(1, 13)]
    assert data["quantile"].values.tolist() == ["P10", "P50", "P90"]
    amounts = amounts_of(model, "cost", 4000)
    third = float(data["amount"].sel(period=3, quantile="P90"))
    assert third == np.sort(amounts[:, 2])[3600 - 1]
    upto = np.sort(amounts[:, :3].sum(axis=1))[2000 - 1]
    assert float(data["cumulative"].sel(period=3, quantile="P50")) == pytest.approx(upto, rel=1e-12)
    means = float(data["amount_mean"].sum()) + float(data["later_mean"])
    assert means == pytest.approx(float(result.mean("cost")), rel=1e-12)
    lower, upper = data["amount_lower"], data["amount_upper"]
    assert bool(((lower <= data["amount"]) & (data["amount"] <= upper)).all())
    assert data.attrs["analysis"] == "timeline"
    assert any("go on after month 12" in note for note in data.attrs["notes"])


def test_a_timeline_is_the_same_streamed_and_kept():
    model = project()
    kept = model.run(draws=100_000, keep=True).timeline("emissions")
    stream = model.run(draws=100_000, keep=False).timeline("emissions")
    assert kept.equals(stream)


def test_single_outcomes_by_period_are_a_dimension_too():
    model = project(salvage=0.2, horizon=5, discount_rate=0.08)
    result = model.run(draws=300_000, keep=True)
    data = result.timeline("present_value", outcomes=True)
    assert data["outcome"].dims == ("draw", "period")
    assert data["outcome"].shape == (300_000, 5)
    few = amounts_of(model, "present_value", 500)
    assert np.array_equal(data["outcome"].values[:500], few[:, :-1])
    total = data["outcome"].sum("period") + data["outcome_later"]
    assert total.values == pytest.approx(result.values["present_value"], rel=1e-11, abs=1e-9)
    summer = data["outcome"].sel(period=[2, 3]).sum("period")
    means = data["amount_mean"].sel(period=[2, 3]).sum()
    assert float(summer.mean()) == pytest.approx(float(means), rel=1e-11)
    assert "outcome" not in result.timeline("present_value")


def test_gates_that_were_not_drawn_have_a_timeline_and_no_single_outcomes():
    model = project(horizon=8)
    drawn, counted = (
        model.run(draws=32_768, design="sobol", gates=gates) for gates in ("sampled", "exact")
    )
    one, other = drawn.timeline("cost"), counted.timeline("cost")
    gap = np.abs(one["amount_mean"] - other["amount_mean"])
    halves = [(d["amount_mean_upper"] - d["amount_mean_lower"]) / 2 for d in (one, other)]
    assert bool((gap <= 2.5 * np.hypot(*halves) + 1e-9).all())
    assert float(halves[1].sum()) < 0.8 * float(halves[0].sum())
    with pytest.raises(UsageError, match="need drawn gates"):
        counted.timeline(outcomes=True)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: project().run(draws=100).timeline("duration"), "not spent over time; write cost"),
        (lambda: project().run(draws=100).timeline("costs"), "did you mean 'cost'"),
        (lambda: delayed().run(draws=100).timeline("emissions"), "no output is named"),
        (
            lambda: project().run(draws=100, per="portfolio", projects=2).timeline(),
            "run it per attempt",
        ),
    ],
)
def test_a_timeline_that_cannot_be(ask, said):
    with pytest.raises(UsageError, match=said):
        ask()


def test_a_model_without_periods_has_no_timeline():
    model = simcost.Model("plain", currency="USD")
    model.stage("only", cost=1.0)
    with pytest.raises(UsageError, match=r"add \[time\] with unit"):
        model.run(draws=100).timeline()


def test_heavy_tails_are_told_from_discounted_ones():
    model = simcost.Model("heavy", currency="USD")
    model.input("T", simcost.pareto(minimum=1, alpha=1.2), unit="year")
    model.time("year", 5, discount_rate=0.05)
    model.stage("wait", duration="T")
    model.stage("pay", cost=1.0, duration="1 month")
    result = model.run(draws=2000)
    assert result.mean("present_value").low is not None  # between 0 and 1, whenever it is paid
    assert result.mean("duration").low is None


def test_programs_stay_short():
    plan = project(horizon=12).plan()
    program = lower(dict(enumerate_nodes(plan.schedule.amounts("cost"))))
    assert len(program.code) < 40 * 13


def enumerate_nodes(nodes):
    return ((str(n), node) for n, node in enumerate(nodes))


# -- declaring --------------------------------------------------------------------------------


def built(**time):
    model = simcost.Model("wrong", currency="USD")
    model.input("x", 1.0)
    model.time(**time)
    model.stage("only", cost=1.0, duration="1 month")
    return model.run(draws=1)


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"horizon": 0}, "no whole number from 1 to 600"),
        ({"horizon": 2.5}, "no whole number"),
        ({"unit": "kg"}, "kg"),
        ({"unit": "moon"}, "moon"),
        ({"discount_rate": 8}, "800% a year"),
        ({"discount_rate": -1.5}, "-150% a year"),
        ({"discount_rate": "x * 1 USD"}, "USD"),
        ({"discount_rate": "period / 100"}, "depends on the period"),
        ({"compounding": "daily"}, "annual, continuous"),
        ({"price_year": 1066}, "no whole number from 1900"),
        ({"start_year": 2026}, "Add price_year"),
    ],
)
def test_periods_that_cannot_be(time, said):
    with pytest.raises(ModelError, match=said):
        built(**time)


def test_period_is_for_costs_and_emissions_only():
    for key in ("duration", "failure", "spent_at_failure"):
        model = simcost.Model("wrong", currency="USD")
        model.time("month", 3)
        unit = " * 1 month" if key == "duration" else " / 100"
        figures = {"duration": "1 month", key: f"period{unit}"}
        model.stage("only", cost=1.0, **figures)
        with pytest.raises(ModelError, match=f"the {key} of stage only depends on the period"):
            model.run(draws=1)
    model = simcost.Model("wrong", currency="USD")
    period = model.time("month", 3)
    model.stage("only", cost=1.0, duration="1 month")
    model.output("now", period * 2)
    with pytest.raises(ModelError, match="now depends on the period"):
        model.run(draws=1)


def test_names_that_periods_take():
    model = simcost.Model("names", currency="USD")
    model.time("month", 3)
    with pytest.raises(ModelError, match="period stands for"):
        model.input("period", 1.0)
    with pytest.raises(ModelError, match="has periods already"):
        model.time("month", 3)
    model.input("present_value", 1.0)  # nothing is discounted here
    other = simcost.Model("names", currency="USD")
    other.input("present_value", 1.0)
    with pytest.raises(ModelError, match="present_value comes by itself"):
        other.time("month", 3, discount_rate=0.1)


def test_a_profile_without_periods_is_refused():
    model = simcost.Model("wrong", currency="USD")
    model.stage("only", cost=1.0, duration="1 month", profile="beta")
    with pytest.raises(ModelError, match=r"has no \[time\]"):
        model.run(draws=1)


def test_every_profile_is_documented():
    page = Path(__file__).parent.parent / "docs" / "time.md"
    rows = re.findall(r"^\| `(\w+)", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(PARAMETERS) <= set(rows)


def test_what_flows_share_is_computed_once():
    """A grid and a price of each month, in cost, nominal cost, present value and emissions."""
    model = simcost.load(Path(__file__).parent.parent / "examples" / "served_model.toml")
    plan = model.plan()
    program = lower(plan.outputs, dimensions=plan.dimensions)
    assert program.listing().count(" ** ") == 2 * 36
