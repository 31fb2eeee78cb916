"""Scenarios against the model as declared: closed forms, coverage of differences, ladders."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import ndtr, ndtri

import simcost
from simcost.analyses._influence import Sampling, Statistic, figures
from simcost.analyses._paired import combined, difference
from simcost.analyses.ladder import ladder
from simcost.analyses.stress import stress
from simcost.errors import UsageError
from simcost.model import Change, Scenario

DRAWS = 100_000


def lognormals(rho=None):
    """Return y = a b with independent or correlated standard lognormals."""
    model = simcost.Model("Product")
    a = model.input("a", simcost.lognormal(mu=0, sigma=1))
    b = model.input("b", simcost.lognormal(mu=0, sigma=0.5))
    if rho is not None:
        model.correlate("a", "b", latent=rho)
    model.output("y", a * b)
    model.output("a_only", a * 1)
    return model


def inside(data, name, truth, **at):
    """Whether the truth lies within 1.6 intervals of an estimate: 0.2% chance of a false no."""
    value, low, high = (float(data[name + end].sel(**at)) for end in ("", "_lower", "_upper"))
    half = max(high - value, value - low)
    return abs(value - truth) <= 1.6 * half


def test_a_band_of_a_lognormal_is_the_truncated_lognormal():
    model = lognormals()
    model.scenario("band", a={"percentiles": [90, 100]})
    data = stress(model, "a_only", draws=DRAWS, quantiles=(10, 50, 90))
    z = ndtri(0.9)
    for name, p in (("P10", 0.1), ("P50", 0.5), ("P90", 0.9)):
        truth = np.exp(ndtri(0.9 + 0.1 * p))
        assert inside(data, "value", truth, scenario="band", quantile=name)
        moved = truth - np.exp(ndtri(p))
        assert inside(data, "difference", moved, scenario="band", quantile=name)
    mean = np.exp(0.5) * ndtr(1 - z) / 0.1  # E[X | X > q] of a lognormal
    assert inside(data, "mean", mean, scenario="band")
    assert inside(data, "mean_difference", mean - np.exp(0.5), scenario="band")
    assert float(data["probability"].sel(scenario="band")) == pytest.approx(0.1, abs=1e-15)


@pytest.mark.parametrize("t", [0.0, 0.5, 1.0])
def test_stressed_dependence_is_that_of_the_bivariate_normal(t):
    model = lognormals(rho=0.2)
    model.scenario("t", correlation_stress=t)
    data = stress(model, "y", draws=DRAWS)
    rho = (1 - t) * 0.2 + t
    sd = np.sqrt(1 + 0.25 + 2 * rho * 0.5)
    base = np.sqrt(1 + 0.25 + 2 * 0.2 * 0.5)
    for name, p in (("P10", 0.1), ("P90", 0.9)):
        truth = np.exp(sd * ndtri(p))
        at = {"scenario": "t", "quantile": name}
        assert inside(data, "value", truth, **at)
        assert inside(data, "difference", truth - np.exp(base * ndtri(p)), **at)
    if t == 0:
        assert float(np.abs(data["difference"].sel(scenario="t")).max()) == 0.0


def test_a_region_of_independent_inputs_is_exact_and_of_correlated_ones_is_counted():
    changes = {"a": {"percentiles": [90, 100]}, "b": {"percentiles": [80, 100]}}
    apart, tied = lognormals(), lognormals(rho=0.6)
    for model in (apart, tied):
        model.scenario("both", **changes)
    assert stress(apart, "y", draws=1000)["probability"].values[1] == pytest.approx(0.02, rel=1e-12)
    truth = stats.multivariate_normal(cov=[[1, 0.6], [0.6, 1]]).cdf([-ndtri(0.9), -ndtri(0.8)])
    data = stress(tied, "y", draws=DRAWS)
    assert inside(data, "probability", truth, scenario="both")
    assert data["probability_upper"].values[1] > data["probability_lower"].values[1]


def test_a_region_has_no_chance_where_a_scenario_leads_out_of_the_model():
    model = lognormals(rho=0.3)
    model.input("level", simcost.discrete(values=[1, 2, 3], weights=[50, 30, 20]))
    model.output("z", "a + level")
    model.scenario("scaled", a={"scale": 2})
    model.scenario("fixed", a={"value": 2})
    model.scenario("tied", correlation_stress=0.5, a={"percentiles": [0, 50]})
    model.scenario("level", level={"value": 2})
    model.scenario("middle", level={"percentile": 90})
    model.scenario("never", level={"value": 2.5})
    found = stress(model, "z", draws=1000)["probability"].values
    assert np.isnan(found[1:4]).all()
    assert found[4:7] == pytest.approx([0.3, 0.2, 0.0], abs=1e-12)


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_a_stress_without_change_is_the_base_to_the_bit(design):
    model = lognormals(rho=0.3).extended(
        {
            "nothing": Scenario(),
            "same": Scenario({"a": Change(scale=1.0), "b": Change(percentiles=(0.0, 100.0))}),
        }
    )
    data = stress(model, "y", draws=2048, design=design, budget=1.0)
    for name in data.data_vars:
        rows = data[name].values
        if "scenario" in data[name].dims and "difference" not in name and "prob" not in name:
            assert (rows == rows[0]).all(), name
        elif "difference" in name:
            assert (rows == 0.0).all(), name


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_figures_of_a_stress_are_those_of_the_run(design):
    model = lognormals()
    model.scenario("x", a={"scale": 2})
    asked = {"draws": 4096, "design": design, "seed": 3}
    data = stress(model, "y", budget=2.0, **asked)
    run = model.run(scenario="x", **asked)
    assert float(data["value"][1, 2]) == run.quantile("y", 90).value
    assert float(data["mean_upper"][1]) == run.mean("y").high
    assert float(data["exceedance"][1]) == run.exceedance("y", 2.0).value
    assert run.quantile("y", 90).low == float(data["value_lower"][1, 2])


# ------------------------------------------------------------------ the interval of a difference


def cases(n, generator):
    z = generator.standard_normal((2, n))
    base = np.exp(z[0] + 0.5 * z[1])
    sd = np.sqrt(1.25)
    yield base, 1.3 * base, (np.log(1.3), sd)
    yield base, np.exp(z[0] + z[1]), (0.0, np.sqrt(2))
    yield base, np.exp(z[0] + 0.5 * ndtri(0.9)), (0.5 * ndtri(0.9), 1.0)


ASKED = [Statistic("quantile", p) for p in (10, 50, 90, 95)] + [Statistic("chance", 3.0)]


def true(statistic, mu, sd):
    if statistic.kind == "quantile":
        return np.exp(mu + sd * ndtri(statistic.number / 100))
    return ndtr((mu - np.log(statistic.number)) / sd)


def coverage(n, repetitions):
    generator = np.random.default_rng(5)
    hits = np.zeros((3, len(ASKED)))
    for _ in range(repetitions):
        for case, (before, after, law) in enumerate(cases(n, generator)):
            pairs = zip(*(figures(y, ASKED, Sampling(n)) for y in (before, after)), strict=True)
            for k, (a, b) in enumerate(pairs):
                truth = true(ASKED[k], *law) - true(ASKED[k], 0.0, np.sqrt(1.25))
                interval = difference(b, a, Sampling(n))
                hits[case, k] += interval.low <= truth <= interval.high
    return hits / repetitions


def test_intervals_of_differences_hold_the_truth_about_as_often_as_they_say():
    assert (coverage(1000, 250) > 0.90).all()


@pytest.mark.slow
def test_intervals_of_differences_hold_the_truth_in_95_of_100():
    found = coverage(2000, 3000)
    assert (found > 0.93).all()
    assert (found < 0.975).all()


def test_an_interval_that_ignored_the_pairing_would_be_too_wide():
    generator = np.random.default_rng(1)
    n = 10_000
    before, after, _ = next(iter(cases(n, generator)))
    a, b = (figures(y, ASKED, Sampling(n))[2] for y in (before, after))
    c = figures(1.3 * np.exp(generator.standard_normal(n) * np.sqrt(1.25)), ASKED, Sampling(n))[2]
    paired, apart = (difference(one, a, Sampling(n)).half_width for one in (b, c))
    assert paired < apart / 3


def test_a_difference_from_counts_is_the_one_from_influences():
    n = 5000
    before, after, _ = next(iter(cases(n, np.random.default_rng(2))))
    for a, b in zip(*(figures(y, ASKED[:4], Sampling(n)) for y in (before, after)), strict=True):
        quick, full = difference(b, a, Sampling(n)), combined([(1, b), (-1, a)], Sampling(n))
        assert quick.value == full.value
        assert quick.half_width == pytest.approx(full.half_width, rel=1e-9)


def test_differences_on_replicates_are_known_better_and_hold_the_truth():
    model = lognormals()
    model.scenario("x", b={"percentile": 90})
    truth = np.exp(0.5 * ndtri(0.9) + ndtri(0.9)) - np.exp(np.sqrt(1.25) * ndtri(0.9))
    hits, widths = 0, []
    for seed in range(20):
        data = stress(model, "y", draws=4096, design="sobol", seed=seed)
        at = {"scenario": "x", "quantile": "P90"}
        low, high = (float(data["difference" + end].sel(**at)) for end in ("_lower", "_upper"))
        hits += low <= truth <= high
        widths.append(high - low)
    plain = stress(model, "y", draws=4096).sel(scenario="x", quantile="P90")
    assert hits >= 15
    assert np.mean(widths) < float(plain["difference_upper"] - plain["difference_lower"])


@given(scale=st.floats(0.2, 5), draws=st.integers(50, 400))
@settings(max_examples=20, deadline=None)
def test_a_scaled_output_moves_every_figure_by_the_factor(scale, draws):
    model = lognormals().extended({"x": Scenario({"a": Change(scale=scale)})})
    data = stress(model, "y", draws=draws, engine="interpreter")
    expected = (scale - 1) * data["value"][0]
    assert np.allclose(data["difference"][1], expected, rtol=1e-6, atol=1e-12)


def test_a_mean_without_variance_has_a_difference_without_interval():
    model = simcost.Model("Heavy")
    model.output("y", model.input("x", simcost.pareto(minimum=1, alpha=1.5)))
    model.scenario("twice", x={"scale": 2})
    data = stress(model, "y", draws=1000)
    assert np.isnan(data["mean_difference_lower"][1])
    assert any("variance does not exist" in note for note in data.attrs["notes"])


def test_questions_that_make_no_sense_are_refused():
    model = lognormals()
    with pytest.raises(UsageError, match="no scenarios"):
        stress(model)
    model.scenario("dear", a=2)
    with pytest.raises(UsageError, match="no output is named 'cost'"):
        stress(model, "cost")
    with pytest.raises(simcost.ModelError, match="Did you mean dear"):
        stress(model, "y", scenarios=["daer"])
    with pytest.raises(UsageError, match="budget"):
        stress(model, "y", budget=float("nan"))


@pytest.mark.parametrize("draws", [1, 2, 20])
def test_few_draws_have_no_interval_and_say_why(draws):
    model = lognormals()
    model.scenario("x", a={"percentile": 90})
    data = stress(model, "y", draws=draws, budget=1.0)
    assert np.isnan(data["difference_lower"].sel(scenario="x", quantile="P10"))
    assert data.attrs["notes"]


def test_scenarios_drawn_together_are_those_drawn_alone():
    model = lognormals(rho=0.3)
    names = [f"s{k}" for k in range(7)]
    for k, name in enumerate(names):
        model.scenario(name, a={"scale": 1 + k / 10})
    data = stress(model, "y", draws=1000)
    for name in names:
        alone = stress(model, "y", draws=1000, scenarios=[name])
        assert (alone["value"][1] == data["value"].sel(scenario=name)).all()
        assert (alone["curve"][1] == data["curve"].sel(scenario=name)).all()


def test_a_scenario_that_makes_no_number_is_named():
    model = lognormals()
    model.output("log", "log(a - 0.001)")
    for name, scale in (("fine", 2.0), ("bad", 1e-9)):
        model.scenario(name, a={"scale": scale})
    with pytest.raises(simcost.NumericalError, match="--scenario bad"):
        stress(model, "log", draws=100)


# --------------------------------------------------------------------------------------- ladders


def mixed():
    model = simcost.Model("Mixed")
    up = model.input("up", simcost.lognormal(mu=0, sigma=0.5))
    down = model.input("down", simcost.uniform(low=1, high=2))
    both = model.input("both", simcost.normal(mean=0, sd=1))
    model.input("unused", simcost.normal(mean=0, sd=1))
    idle = model.input("idle", simcost.uniform(low=0, high=1))
    model.output("y", up / down + 0.1 * both**2 + 0 * idle)
    return model


def test_directions_are_found_and_what_turns_is_said():
    data = ladder(mixed(), "y", draws=5000)
    seen = {
        name: (int(data["direction"].sel(input=name)), bool(data["monotone"].sel(input=name)))
        for name in data["input"].values
    }
    assert seen["up"] == (1, True)
    assert seen["down"] == (-1, True)
    assert seen["both"][1] is False
    assert seen["idle"] == (0, True)
    assert "unused" not in seen
    assert any("not monotone" in note and "both" in note for note in data.attrs["notes"])
    assert data["input"].values[-1] == "all together"


def test_a_rung_is_the_scenario_that_holds_the_input_there():
    model = mixed()
    model.scenario("bad", down={"percentile": 10})
    model.scenario("all", up={"percentile": 90}, down={"percentile": 10}, both={"percentile": 10})
    data = ladder(model, "y", statistic="P80", draws=5000, inputs=["up", "down", "both"])
    for row, name in (("down", "bad"), ("all together", "all")):
        rung = data.sel(input=row, severity=90)
        if name == "all" and int(data["direction"].sel(input="both")) > 0:
            continue
        found = model.run(draws=5000, scenario=name).quantile("y", 80)
        assert float(rung["value"]) == found.value
        assert float(rung["value_lower"]) == found.low
    assert float(data["held_at"].sel(input="down", severity=90)) == pytest.approx(1.1)


def test_severity_only_makes_worse_what_is_monotone():
    data = ladder(mixed(), "y", draws=5000)
    for name in ("up", "down"):
        assert (np.diff(data["value"].sel(input=name)) >= 0).all()


def test_a_ladder_of_nothing_or_of_a_stranger_is_refused():
    with pytest.raises(UsageError, match="did you mean down"):
        ladder(mixed(), "y", inputs=["dwon"])
    with pytest.raises(UsageError, match="statistic"):
        ladder(mixed(), "y", statistic="P120")
    with pytest.raises(UsageError, match="budget"):
        ladder(mixed(), "y", statistic="overrun")
    fixed = simcost.Model("Fixed")
    fixed.output("y", fixed.input("x", 5) * 1)
    with pytest.raises(UsageError, match="no random input"):
        ladder(fixed, "y")


# ---------------------------------------------------------------------------- the command line

STRESSED = """
[model]
name = "Small"
currency = "USD"
[inputs]
wage = { pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour" }
hours = { lognormal = { p10 = 100, p90 = 400 }, unit = "hour" }
[outputs]
cost = { formula = "hours * wage", unit = "USD" }
[scenarios.dear]
wage = { percentiles = [90, 100] }
[scenarios.slow]
hours = { scale = 1.5 }
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(STRESSED)
    return path


def test_the_table_begins_with_the_model_as_declared(simcost_cli, path):
    done = simcost_cli("stress", path, "--draws", 2000, "--budget", 3000)
    assert done.code == 0
    lines = [line.split()[:1] for line in done.out.split("\n")]
    assert [line[0] for line in lines if line and line[0] in ("as", "dear", "slow")] == [
        "as", "dear", "slow", "dear", "slow",
    ]  # fmt: skip
    assert "10%" in done.out
    assert max(map(len, done.out.split("\n"))) <= 100


def test_json_has_every_figure(simcost_cli, path):
    answer = json.loads(simcost_cli("stress", path, "--draws", 2000, "--json").out)
    assert answer["analysis"] == "stress"
    rows = answer["scenarios"]
    assert [row["scenario"] for row in rows] == ["as declared", "dear", "slow"]
    assert [one["quantile"] for one in rows[0]["quantiles"]] == ["P10", "P50", "P90"]
    assert set(rows[1]["quantiles"][2]["difference"]) == {"value", "low", "high"}
    assert rows[1]["probability"]["value"] == pytest.approx(0.1)
    assert rows[2]["probability"]["value"] is None


def test_scenarios_are_chosen_set_and_read_from_a_file(simcost_cli, path, tmp_path):
    few = ("--draws", 500, "--json")

    def names(*options):
        out = simcost_cli("stress", path, *few, *options).out
        return [row["scenario"] for row in json.loads(out)["scenarios"][1:]]

    assert names("--scenario", "slow") == ["slow"]
    assert names("--set", "wage.scale=2") == ["--set wage.scale=2"]
    assert names("--scenario", "slow", "--set", "wage=20") == ["slow", "slow --set wage=20"]
    stress_file = tmp_path / "s.toml"
    stress_file.write_text('[scenarios.worse]\nextends = "slow"\nwage = 20\n')
    assert names("--stress", stress_file) == ["dear", "slow", "worse"]


def test_a_ladder_on_the_command_line(simcost_cli, path):
    done = simcost_cli("stress", path, "--ladder", "--draws", 1000)
    assert "all together" in done.out
    one = simcost_cli("stress", path, "--ladder", "wage", "--draws", 1000, "--json")
    assert [row["input"] for row in json.loads(one.out)["inputs"]] == ["wage"]
    chance = simcost_cli(
        *("stress", path, "--ladder", "wage", "--statistic", "overrun", "--budget", 3000)
    )
    assert "chance to exceed 3,000" in chance.out
    assert simcost_cli("stress", path, "--ladder", "wgae").code == 2
    assert simcost_cli("stress", path, "--ladder", "--budget", 5).code == 2


def test_a_model_without_scenarios_is_told_what_to_do(simcost_cli, path):
    path.write_text(STRESSED.split("[scenarios")[0])
    done = simcost_cli("stress", path)
    assert done.code == 2
    assert "--ladder" in done.err


def test_figures_are_drawn_of_the_dataset(simcost_cli, path, tmp_path):
    pytest.importorskip("matplotlib")
    few = ("--draws", 500)
    for name, options in (("a", ()), ("b", ("--curves",)), ("c", ("--ladder",))):
        picture = tmp_path / f"{name}.svg"
        done = simcost_cli("stress", path, *few, "--plot", picture, *options)
        assert done.code == 0
        assert picture.read_text("utf-8").startswith("<?xml")
    assert simcost_cli("stress", path, "--curves").code == 2
    assert simcost_cli("stress", path, "--plot", "a.doc").code == 74
