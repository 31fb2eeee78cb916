"""Gates integrated out: the same outcomes as drawn ones, with their exact probabilities."""

from __future__ import annotations

import json
import pickle
import re
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import simcost
from simcost.errors import NumericalError, UsageError
from simcost.result import WeightedResult
from simcost.run.patterns import split

HERE = Path(__file__).parent
AI_PROJECT = HERE.parent / "examples" / "ai_project.toml"
COSTS, CHANCES = (10.0, 30.0, 60.0), (0.2, 0.3, 0.1)


def three_stages(**share):
    model = simcost.Model("three stages", currency="USD")
    for name, cost, failure in zip("abc", COSTS, CHANCES, strict=True):
        model.stage(name, cost=cost, failure=failure, **share)
    return model


def exact(model, draws=4096, seed=0, design="sobol", **settings):
    return model.run(draws=draws, seed=seed, design=design, gates="exact", **settings)


def test_stages_with_known_chances_have_known_answers():
    result = exact(three_stages(spent_at_failure=0.5), draws=16)
    assert result.meta.patterns == ("a fails", "b fails", "c fails", "no stage fails")
    for name, value in [
        ("succeeded", 0.504),
        ("cost", 0.2 * 5 + 0.24 * 25 + 0.056 * 70 + 0.504 * 100),
        ("write_off", 0.2 * 5 + 0.24 * 25 + 0.056 * 70),
    ]:
        found = result.mean(name)
        assert found.value == pytest.approx(value, rel=1e-15)
        assert found.half_width == pytest.approx(0, abs=1e-13)
    assert result.success.half_width == 0.0
    assert [result.quantile("cost", p).value for p in (20, 20.1, 44, 49.6, 49.7)] == [
        5, 25, 25, 70, 100,
    ]  # fmt: skip
    assert result.within("cost", 70).value == pytest.approx(0.496, rel=1e-15)
    assert result.cvar("cost", 90).value == pytest.approx(100)
    assert result.ratio("cost", "succeeded").value == pytest.approx(
        result.mean("cost").value / 0.504
    )


def test_a_share_that_is_drawn_leaves_its_own_error_only():
    result = exact(three_stages(spent_at_failure={"uniform": {"low": 0, "high": 1}}), draws=65_536)
    assert result.mean("succeeded").half_width == 0.0
    cost = result.mean("cost")
    assert cost.low <= 61.32 <= cost.high
    assert 0 < cost.half_width < 1e-3
    assert result.mean("write_off").value == pytest.approx(22.016129 * 0.496, rel=1e-4)


def test_an_uncertain_chance_weights_each_outcome_by_its_own():
    model = simcost.Model("beta", currency="USD")
    model.input("risk", {"beta": {"alpha": 6, "beta": 4}})
    model.stage("only", cost=1.0, failure="risk", spent_at_failure=0.25)
    model.output("risk_itself", "risk")
    result = exact(model)
    assert np.array_equal(result.weights[0], result.values["risk_itself"][0])
    assert np.allclose(result.weights.sum(axis=0), 1.0, rtol=0, atol=1e-15)
    success = result.success
    assert success.low <= 0.4 <= success.high
    assert 0 < success.half_width < 1e-3


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_expectations_are_those_of_drawn_gates(design):
    model = simcost.load(AI_PROJECT)
    plain = model.run(draws=200_000, seed=1)
    found = exact(model, draws=65_536, seed=2, design=design)
    figures = [(lambda r, n=n: r.mean(n)) for n in ("succeeded", "emissions", "duration")]
    figures += [
        (lambda r, n=n, p=p: r.quantile(n, p))
        for n in ("cost", "duration", "emissions", "write_off")
        for p in (10, 50, 90)
    ]
    figures += [lambda r: r.exceedance("cost", 136_750), lambda r: r.cvar("duration", 90)]
    for figure in figures:
        one, other = figure(plain), figure(found)
        error = np.hypot(one.half_width, other.half_width)
        assert abs(one.value - other.value) <= 2.2 * error + 1e-12


shares = st.one_of(
    st.sampled_from([0.0, 1.0, 0.25]),
    st.floats(0.05, 0.95),
    st.just({"uniform": {"low": 0, "high": 1}}),
    st.just("risk"),
    st.just("0.9 if hard else 0.1"),
    st.just("0.5 * risk"),
)
amounts = st.one_of(
    st.floats(0, 100),
    st.just("10 USD * size"),
    st.just("size * (30 USD if hard else 1 USD)"),
    st.just("1 USD * grade ** 2"),
)


@st.composite
def staged_models(draw):
    """Small projects: chances that are numbers, draws or formulas, inputs that are gates too."""
    model = simcost.Model("random", currency="USD")
    model.input("size", {"lognormal": {"median": 1, "gsd": 2}})
    model.input("risk", {"beta": {"alpha": 2, "beta": 3}})
    model.input("hard", {"bernoulli": {"p": draw(st.sampled_from([0.0, 0.3, 1.0]))}})
    model.input("grade", {"discrete": {"values": [1, 2, 4], "weights": [1, 2, 1]}})
    if draw(st.booleans()):
        model.correlate("size", draw(st.sampled_from(["hard", "risk"])), latent=0.5)
    for number in range(draw(st.integers(1, 4))):
        model.stage(
            f"s{number}",
            cost=draw(amounts),
            failure=draw(shares),
            spent_at_failure=draw(shares),
            salvage=draw(st.sampled_from([0.0, 0.2, "risk"])),
        )
    if draw(st.booleans()):
        model.output("other", "size * grade if hard else 0")
    return model


@settings(max_examples=40, deadline=None)
@given(staged_models(), st.sampled_from(["random", "sobol", "lhs"]), st.integers(0, 2**31))
def test_a_drawn_outcome_is_one_of_the_patterns_to_the_bit(model, design, seed):
    drawn = model.run(draws=64, seed=seed, design=design, engine="interpreter")
    found = exact(model, 64, seed, design, engine="interpreter")
    if not isinstance(found, WeightedResult):  # nothing to integrate out
        assert found.digest == drawn.digest
        return
    names = drawn.outputs
    mine = np.stack([drawn.values[name] for name in names])
    theirs = np.stack([found.values[name] for name in names], axis=1)  # pattern, output, draw
    agree = (theirs == mine).all(axis=1)
    assert (agree & (found.weights > 0)).any(axis=0).all()
    assert found.weights.min() >= 0
    assert np.allclose(found.weights.sum(axis=0), 1.0, rtol=0, atol=1e-14)
    assert len(set(found.meta.patterns)) == len(found.meta.patterns) <= 16


@settings(max_examples=15, deadline=None)
@given(staged_models())
def test_expected_costs_of_any_project_agree(model):
    plain = model.run(draws=20_000, seed=1)
    found = exact(model, 4096, seed=2)
    for name in ("cost", "succeeded", "write_off"):
        one, other = plain.mean(name), found.mean(name)
        assert abs(one.value - other.value) <= 3 * np.hypot(one.half_width, other.half_width) + 1e-9


def test_threads_segments_and_engines_give_one_digest():
    model = simcost.load(AI_PROJECT)
    digests = {
        exact(model, 70_000, engine=engine, threads=threads, segment=segment).digest
        for engine, threads, segment in [
            ("machine", 1, 65_536),
            ("machine", 3, 10_007),
            ("interpreter", 2, 4096),
        ]
    }
    assert len(digests) == 1
    assert exact(model, 70_000, seed=1).digest not in digests


def test_more_draws_keep_the_first_ones_and_their_weights():
    model = simcost.load(AI_PROJECT)
    short, long = exact(model, 1024), exact(model, 5000)
    assert np.array_equal(short.values["cost"], long.values["cost"][:, :1024])
    assert np.array_equal(short.weights, long.weights[:, :1024])


def test_an_unrelated_input_changes_no_outcome_and_no_weight():
    def model(*others):
        made = simcost.Model("with others", currency="USD")
        for name in others:
            made.input(name, {"bernoulli": {"p": 0.5}})
        made.input("risk", {"beta": {"alpha": 2, "beta": 3}})
        made.stage("a", cost=1.0, failure="risk", spent_at_failure="risk")
        return made

    before, after = exact(model(), design="random"), exact(model("x", "y"), design="random")
    assert before.digest == after.digest


def test_a_scenario_shares_every_unchanged_draw():
    model = simcost.load(AI_PROJECT)
    base, other = exact(model, 256), exact(model, 256, scenario="us_salaries")
    assert np.array_equal(base.weights, other.weights)
    assert np.array_equal(base.values["emissions"], other.values["emissions"])
    # Twice the salary, from the same draws and a table of its own.
    assert np.allclose(2 * base.values["team_month"], other.values["team_month"], rtol=1e-10)


def test_gates_that_are_tied_by_a_copula_or_too_many_stay_drawn():
    model = simcost.Model("many", currency="USD")
    for number in range(6):
        model.input(f"b{number}", {"bernoulli": {"p": 0.5}})
    model.input("x", {"normal": {"mean": 5, "sd": 1}})
    model.correlate("b0", "x", latent=0.5)
    model.output("y", "b0 + b1 + b2 + b3 + b4 + b5 + x")
    found = split(model.plan())
    assert found.exact == ("b1", "b2", "b3")
    assert found.sampled == ("b4", "b5")
    assert len(found.all) == 8
    result = exact(model)
    assert any("would make too many patterns: b4, b5" in note for note in result.notes)
    assert result.mean("y").value == pytest.approx(8.0, abs=0.01)


def test_what_cannot_happen_makes_no_pattern():
    model = simcost.Model("impossible", currency="USD")
    model.input("hard", {"bernoulli": {"p": 0.25}})
    model.stage("a", cost=1.0, failure="hard")
    model.stage("b", cost=1.0, failure={"beta": {"alpha": 2, "beta": 5}})
    assert [pattern.label for pattern in split(model.plan()).all] == [
        "a fails, hard = 1", "b fails, hard = 0", "no stage fails, hard = 0",
    ]  # fmt: skip


def test_a_gate_that_no_output_needs_makes_no_pattern():
    model = simcost.Model("idle", currency="USD")
    model.input("idle", {"bernoulli": {"p": 0.5}})
    model.input("x", {"normal": {"mean": 5, "sd": 1}})
    model.output("y", "x")
    result = exact(model)
    assert not isinstance(result, WeightedResult)
    assert result.meta.gates == "sampled"


def test_a_case_without_weight_may_be_infinite_and_one_with_weight_may_not():
    def model(chance):
        made = simcost.Model("infinite", currency="USD")
        made.input("x", {"uniform": {"low": 0, "high": 1}})
        made.stage("a", cost=1.0, failure=chance)
        made.stage("b", cost="1 USD / max(x - 0.5, 0)")
        return made

    safe = exact(model("1 if x <= 0.6 else 0"))
    assert safe.quantile("cost", 50).value == 1.0
    assert np.isfinite(safe.values["cost"]).all()
    with pytest.raises(NumericalError, match="where no stage fails") as caught:
        exact(model(0.5))
    command = str(caught.value).split("simcost replay MODEL ")[1]
    outcome, pattern = re.match(r'--outcome (\d+) .*--pattern "(.*)"', command).groups()
    trace = model(0.5).replay(int(outcome), design="sobol", pattern=pattern)
    assert trace.values["cost"] == np.inf


def test_a_computed_chance_outside_0_and_1_is_named():
    model = simcost.Model("share", currency="USD")
    model.input("x", {"uniform": {"low": 0, "high": 1}})
    model.stage("a", cost=1.0, failure="2 * x")
    with pytest.raises(NumericalError, match=r"a\.failure is 1\.\d+, which is not between 0 and 1"):
        exact(model, 100)


def test_any_outcome_in_any_pattern_is_replayed_to_the_bit():
    model = simcost.load(AI_PROJECT)
    result = exact(model, 1024, seed=3)
    for number, pattern in [(0, 0), (17, 3), (1023, "no stage fails")]:
        trace = model.replay(number, seed=3, design="best", pattern=pattern)
        for name, value in result.outcome(number, pattern).items():
            assert trace.values[name] == value, name
    drawn = model.replay(17, seed=3, design="sobol")
    assert drawn.values["cost"] in result.values["cost"][:, 17]


def test_a_pattern_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(UsageError, match=r"no pattern 'd fails'; there are: 0 a fails; 1 b fails"):
        three_stages().replay(0, pattern="d fails")
    with pytest.raises(UsageError, match="no pattern 4"):
        exact(three_stages(), 16).outcome(0, 4)
    with pytest.raises(UsageError, match="say which: 0 a fails"):
        exact(three_stages(), 16).outcome(0)
    plain = simcost.Model("plain")
    plain.output("y", plain.input("x", {"uniform": {"low": 0, "high": 1}}))
    with pytest.raises(UsageError, match="no gates to integrate out"):
        plain.replay(0, pattern=0)


@pytest.mark.parametrize("view", [{"per": "success", "cap": 3}, {"per": "portfolio"}])
def test_views_draw_their_gates(view):
    with pytest.raises(UsageError, match="per attempt only"):
        three_stages().run(draws=100, gates="exact", **view)


def test_a_run_too_large_to_keep_draws_its_gates_and_says_so():
    result = three_stages().run(draws=4096, design="best", keep=False)
    assert not isinstance(result, WeightedResult)
    assert result.meta.gates == "sampled"
    assert any("gates were drawn" in note for note in result.notes)


def test_a_precision_is_reached_with_the_best_design_and_far_fewer_draws():
    model = simcost.load(AI_PROJECT)
    best = model.run(precision=0.02)
    assert (best.meta.design, best.meta.gates, best.meta.sequential) == ("sobol", "exact", True)
    plain = model.run(precision=0.1, design="random", gates="sampled")
    assert plain.meta.gates == "sampled"
    assert best.quantile("cost", 90).half_width <= 0.02 * best.quantile("cost", 90).value
    again = model.run(draws=best.meta.draws, design="best")
    assert again.digest == best.digest


def test_the_face_of_a_result_is_all_there(tmp_path):
    model = simcost.load(AI_PROJECT)
    result = exact(model, 1024)
    assert result.budget("cost").chance["P90"].value == pytest.approx(0.9, abs=1e-3)
    copy = pickle.loads(pickle.dumps(result))
    assert (copy.digest, copy.mean("cost")) == (result.digest, result.mean("cost"))
    assert result.under(result.meta).quantile("cost", 10) == result.quantile("cost", 10)
    simcost.write(result, tmp_path / "r.nc")
    with xr.open_dataset(tmp_path / "r.nc") as data:
        assert data["cost"].dims == data["weight"].dims == ("pattern", "draw")
        assert data["pattern"].values.tolist() == list(result.meta.patterns)
        mean = float((data["cost"] * data["weight"]).sum("pattern").mean())
        assert mean == pytest.approx(result.mean("cost").value)
        assert data.attrs["gates"] == "exact"
    simcost.write(result, tmp_path / "r.csv")
    header, first, *rest = (tmp_path / "r.csv").read_text(encoding="utf-8").splitlines()
    assert header.startswith("outcome,pattern,weight,cost [USD]")
    assert len(rest) + 1 == 5 * 1024
    weights = [float(line.split(",")[2]) for line in [first, *rest]]
    assert sum(weights) == pytest.approx(1024)
    simcost.write(result, tmp_path / "r.json")
    saved = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))
    assert (saved["gates"], len(saved["patterns"])) == ("exact", 5)


def test_the_command_line_draws_prints_and_replays(simcost_cli):
    done = simcost_cli("run", AI_PROJECT, "--draws", 1000, "--design", "best", "--json")
    found = json.loads(done.out)
    assert (found["draws"], found["design"], found["gates"]) == (1024, "sobol", "exact")
    text = simcost_cli("run", AI_PROJECT, "--draws", 1000, "--gates", "exact").out
    assert "1,008 draws, seed 0, random design, exact gates" in text
    assert "Chance of success              15% ± 0%" in text
    values = {
        pattern: json.loads(
            simcost_cli(
                "replay", AI_PROJECT, "--outcome", 5, "--design", "best", "--pattern", pattern,
                "--json",
            ).out
        )["values"]["cost"]["value"]
        for pattern in ("0", found["patterns"][-1])
    }  # fmt: skip
    assert values["0"] < values[found["patterns"][-1]]
    wrong = simcost_cli("replay", AI_PROJECT, "--outcome", 5, "--pattern", "5")
    assert wrong.code == 2
    assert "there is no pattern 5" in wrong.err


def test_gates_stay_exact_as_long_as_their_outcomes_fit(monkeypatch):
    """More than other outcomes that are kept at once: these cannot be measured while drawn."""
    from simcost.run import memory, single

    model = simcost.load(AI_PROJECT)
    assert memory.AMPLE > memory.EAGER
    assert model.run(256, design="best").meta.gates == "exact"
    monkeypatch.setattr(single, "AMPLE", 256)
    drawn = model.run(256, design="best")
    assert drawn.meta.gates == "sampled"
    assert any("too many to keep" in note for note in drawn.meta.notes)
