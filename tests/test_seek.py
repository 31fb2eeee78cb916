"""Goal seek and robustness, against answers known in closed form."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtr, ndtri

import simcost
from simcost.analyses.robustness import robustness
from simcost.analyses.seek import seek
from simcost.errors import UsageError

DRAWS = 40_000


def project():
    """Cost = a b, lognormal; a pilot whose failure costs nothing more."""
    model = simcost.Model("Project")
    a = model.input("a", simcost.lognormal(mu=0, sigma=0.5))
    b = model.input("b", simcost.lognormal(mu=1, sigma=0.3))
    model.input("n", simcost.discrete(values=[1, 2, 3, 4], weights=[40, 30, 20, 10]))
    model.input("fixed", 3)
    model.output("cost", a * b)
    model.output("many", "a * n")
    return model


def holds(data, truth, name="answer", **at):
    low, value, high = (
        float(data[name + end].sel(**at) if at else data[name + end][0])
        for end in ("_lower", "", "_upper")
    )
    half = max(high - value, value - low)
    assert 0 < half < 0.1 * abs(value)
    return abs(value - truth) <= 1.6 * half


def test_a_value_at_which_p80_meets_a_budget():
    data = seek(project(), input="b", target=4.0, draws=DRAWS)
    assert holds(data, 4.0 / np.exp(0.5 * ndtri(0.8)))
    assert bool(data["rises"][0])
    assert float(data["reached"][0]) == pytest.approx(4.0, rel=1e-4)


def test_a_factor_a_shift_and_a_percentile():
    sd = np.sqrt(0.25 + 0.09)
    p80 = np.exp(1 + sd * ndtri(0.8))
    assert holds(seek(project(), input="a.scale", target=5.0, draws=DRAWS), 5.0 / p80)
    z = (np.log(3.5) - 1 - 0.3 * ndtri(0.8)) / 0.5
    found = seek(project(), input="a.percentile", target=3.5, draws=DRAWS)
    assert holds(found, 100 * ndtr(z))
    shifted = seek(project(), input="a.shift", target=5.0, draws=DRAWS)
    model = project()
    model.scenario("there", a={"shift": float(shifted["answer"][0])})
    found = model.run(draws=DRAWS, scenario="there").quantile("cost", 80)
    assert found.value == pytest.approx(5.0, rel=1e-3)


def test_the_mean_and_the_chance_of_an_overrun():
    mean = seek(project(), input="b", target=5.0, statistic="mean", draws=DRAWS)
    assert holds(mean, 5.0 / np.exp(0.125))
    chance = seek(project(), input="b", target=0.1, statistic="overrun", budget=6.0, draws=DRAWS)
    assert holds(chance, 6.0 / np.exp(0.5 * ndtri(0.9)))
    # a value said as a percentile of the input's own distribution
    expected = 100 * ndtr((np.log(float(mean["answer"][0])) - 1) / 0.3)
    assert float(mean["percentile"][0]) == pytest.approx(expected, rel=1e-6)


def staged():
    model = simcost.Model("Staged", currency="USD")
    model.stage("pilot", cost=100.0, failure=0.5, spent_at_failure=0.2)
    model.stage("rest", cost=200.0)
    return model


def test_the_chance_of_a_gate():
    # mean cost = 20 p + 300 (1 - p)
    data = seek(staged(), input="pilot.failure", target=200.0, statistic="mean", draws=DRAWS)
    assert holds(data, 100 / 280)
    assert not bool(data["rises"][0])


def test_a_cap_on_attempts():
    # with one attempt the mean is 160; every further one adds 160 times the chance of needing it
    data = seek(staged(), input="cap", target=250.0, statistic="mean", draws=DRAWS)
    assert data["answer"].values.tolist() == [2.0]  # 160 (1 + 1/2) = 240, then 280


def test_an_input_with_few_values_takes_the_last_that_holds():
    data = seek(project(), "many", input="n", target=4.0, draws=DRAWS)
    # P80 of a is 1.523: 2 of them are 3.05, 3 are 4.57
    assert data["answer"].values.tolist() == [2.0]


def test_a_target_out_of_reach_is_refused_with_what_can_be_reached():
    with pytest.raises(UsageError, match=r"no value of pilot.failure makes mean of cost 400 USD"):
        seek(staged(), input="pilot.failure", target=400.0, statistic="mean", draws=1000)
    with pytest.raises(UsageError, match=r"it goes from .* to 300 at 0$"):
        seek(staged(), input="pilot.failure", target=400.0, statistic="mean", draws=1000)
    with pytest.raises(UsageError, match="no value of n makes P80 of many"):
        seek(project(), "many", input="n", target=40.0, draws=1000)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"input": "aa"}, "did you mean a?"),
        ({"input": "x.failure"}, "nothing called x.failure"),
        ({"input": "a.sacle"}, "nothing called a.sacle"),
        ({"input": "a", "statistic": "p800"}, "no statistic"),
        ({"input": "a", "statistic": "overrun"}, "budget"),
        ({"input": "a", "target": float("nan")}, "no target"),
        ({"input": "a", "statistic": "overrun", "budget": 5, "target": 2}, "no target"),
        ({"input": "a", "output": "costs"}, "no output"),
        ({"input": "fixed.percentile"}, "fixed and has no percentiles"),
    ],
)
def test_questions_that_make_no_sense_are_refused(asked, message):
    with pytest.raises(UsageError, match=message):
        seek(project(), **{"target": 4.0, "draws": 500, **asked})


def test_what_is_met_twice_is_said_twice():
    model = simcost.Model("Bowl")
    x = model.input("x", simcost.uniform(low=-2, high=2))
    model.output("cost", x * x + model.input("e", simcost.uniform(low=0, high=1)))
    data = seek(model, input="x", target=1.8, draws=5000)
    assert np.sort(data["answer"].values) == pytest.approx([-1, 1], abs=0.02)
    assert any("more than once" in note for note in data.attrs["notes"])


def test_a_jump_over_the_target_is_said():
    model = simcost.Model("Jump")
    x = model.input("x", simcost.uniform(low=0, high=2))
    model.output("cost", "10 if x > 1 else 1")
    assert x is not None
    data = seek(model, input="x", target=5.0, draws=500)
    assert float(data["answer"][0]) == pytest.approx(1.0, abs=1e-4)
    assert any("jumps" in note for note in data.attrs["notes"])


@given(target=st.floats(2.0, 9.0))
@settings(max_examples=8, deadline=None)
def test_what_is_found_gives_the_target_when_run(target):
    data = seek(project(), input="b", target=target, draws=500, engine="interpreter")
    model = project()
    model.scenario("there", b=float(data["answer"][0]))
    found = model.run(draws=500, scenario="there", engine="interpreter").quantile("cost", 80).value
    assert found == pytest.approx(target, rel=1e-4)


# ---------------------------------------------------------------------------------- robustness


def test_displacements_are_those_of_the_normal_model():
    """Ln cost is normal, so moving a's score by d moves ln P80 by 0.5 d."""
    budget = 5.0
    data = robustness(project(), budget=budget, draws=DRAWS)
    gap = np.log(budget) - (1 + np.sqrt(0.34) * ndtri(0.8))
    assert holds(data, gap / 0.5, "displacement", input="a")
    assert holds(data, gap / 0.3, "displacement", input="b")
    assert holds(data, np.exp(gap), "factor", input="a")
    assert holds(data, np.exp(gap), "after", input="a")
    assert holds(data, 100 * ndtr(gap / 0.5), "percentile", input="a")
    assert data["input"].values.tolist() == ["a", "b"]  # the smaller change first
    assert bool(data["approved"])
    assert bool(data["sure"])


def test_a_decision_against_is_flipped_downwards():
    data = robustness(project(), budget=3.5, draws=DRAWS)
    gap = np.log(3.5) - (1 + np.sqrt(0.34) * ndtri(0.8))
    assert not bool(data["approved"])
    assert holds(data, gap / 0.5, "displacement", input="a")


def test_a_gate_is_moved_by_its_chance():
    data = robustness(staged(), budget=200.0, statistic="mean", draws=DRAWS)
    assert float(data["before"].sel(input="pilot.gate")) == 0.5
    assert holds(data, 100 / 280, "after", input="pilot.gate")


def test_what_cannot_flip_the_decision_has_no_number():
    model = project()
    model.output("cost2", "a + 0.0001 * b")
    data = robustness(model, "cost2", budget=1.8, draws=5000)
    assert np.isnan(data["displacement"].sel(input="b"))
    assert not np.isnan(data["displacement"].sel(input="a"))


def test_a_decision_is_about_an_amount():
    with pytest.raises(UsageError, match="percentile or the mean"):
        robustness(project(), budget=5.0, statistic="overrun")


def test_a_budget_within_the_error_is_said():
    model = project()
    p80 = model.run(draws=2000).quantile("cost", 80).value
    data = robustness(model, budget=p80 * 1.0001, draws=2000)
    assert not bool(data["sure"])
    assert abs(float(data["displacement"][0])) < 0.01


# ----------------------------------------------------------------------------- the command line


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "m.toml"
    path.write_text(
        '[model]\nname = "Small"\ncurrency = "USD"\n[inputs]\n'
        'wage = { pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour" }\n'
        'hours = { lognormal = { p10 = 100, p90 = 400 }, unit = "hour" }\n'
        '[outputs]\ncost = { formula = "hours * wage", unit = "USD" }\n'
    )
    return path


def test_seek_on_the_command_line(simcost_cli, path):
    done = simcost_cli("seek", path, "--input", "wage", "--target", 3000, "--draws", 2000)
    assert done.code == 0
    assert "wage, at most" in done.out
    assert "USD/hour (its P" in done.out
    out = simcost_cli(
        *("seek", path, "--input", "wage.scale", "--statistic", "overrun", "--budget", 3000),
        *("--target", "10%", "--draws", 2000, "--json"),
    ).out
    assert json.loads(out)["target"] == 0.1
    for wrong in (("wgae", 3000), ("wage", "lots"), ("wage", "1e30")):
        bad = simcost_cli("seek", path, "--input", wrong[0], "--target", wrong[1], "--draws", 500)
        assert bad.code == 2
        assert bad.out == ""


def test_robustness_on_the_command_line(simcost_cli, path):
    done = simcost_cli("robustness", path, "--budget", 5000, "--draws", 2000)
    assert done.code == 0
    assert "so approve" in done.out
    assert "wage [USD/hour]" in done.out
    assert max(map(len, done.out.split("\n"))) <= 100
    answer = json.loads(
        simcost_cli("robustness", path, "--budget", 1500, "--draws", 1000, "--json").out
    )
    assert answer["approved"] is False
    assert simcost_cli("robustness", path, "--budget", "nan").code == 2
