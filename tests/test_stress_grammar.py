"""One grammar of changes: in the model file, in a stress file, on the command line, in Python."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import simcost
from simcost.errors import ModelError
from simcost.model.scenario import apply_changes, apply_scenario, resolve
from simcost.model.spec import Change, Scenario
from simcost.modelfile import load_stressed, parse

MODEL = """
[inputs]
a = { lognormal = { median = 100, gsd = 2 } }
b = { pert = { low = 1, mode = 2, high = 6 } }
c = { uniform = { low = 0, high = 1 } }
hard = { beta = { alpha = 2, beta = 3 } }

[[stages]]
name = "pilot"
cost = "a * b"
failure = "hard"
spent_at_failure = { uniform = { low = 0, high = 1 } }

[[stages]]
name = "roll-out"
cost = "50 * c"
failure = 0.2

[[correlations]]
between = ["a", "b"]
spearman = 0.4
"""
DRAWS = 2000


@pytest.fixture
def model(tmp_path):
    def make(scenarios="", **options):
        path = tmp_path / "model.toml"
        path.write_text(MODEL + scenarios, encoding="utf-8")
        return load_stressed(path, **options)

    return make


def costs(model, scenario="", **settings):
    return model.run(draws=DRAWS, scenario=scenario, **settings).values["cost"]


def test_a_percentile_is_the_quantile_function_at_it(model):
    made, _ = model("[scenarios.x]\na = { percentile = 90 }\nb = { percentile = 100 }\n")
    inputs = apply_scenario(made.spec, "x").inputs
    expected = float(made.spec.inputs["a"].distribution.quantile(np.array([0.9]))[0])
    assert inputs["a"].distribution.mean() == expected
    assert inputs["b"].distribution.mean() == 6.0


def test_a_share_as_shift_is_a_factor(model):
    made, _ = model('[scenarios.x]\na = { shift = "25%" }\n[scenarios.y]\na = { scale = 1.25 }\n')
    assert made.spec.scenarios["x"] == made.spec.scenarios["y"]


@pytest.mark.parametrize(
    "text",
    [
        '"pilot.failure" = 0.9',
        "pilot.failure = 0.9",
        "stages.pilot.failure = 0.9",
        "pilot = { failure = { value = 0.9 } }",
        "[scenarios.x.stages.pilot]\nfailure = 0.9",
    ],
)
def test_a_gate_is_named_in_every_way_that_toml_has(model, text):
    made, _ = model(f"[scenarios.x]\n{text}\n")
    assert made.spec.scenarios["x"].changes == {"pilot.failure": Change(value=0.9)}
    chance = made.run(draws=20_000, scenario="x").values["succeeded"].mean()
    assert chance == pytest.approx(0.1 * 0.8, abs=0.01)


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
def test_a_changed_gate_moves_no_other_draw(model, design):
    made, _ = model(
        "[scenarios.x]\npilot.spent_at_failure = 1\nroll-out.failure = 0\n"
        "[scenarios.y]\nroll-out.spent_at_failure = { uniform = { low = 0.2, high = 0.3 } }\n"
    )
    settings = {"draws": 64, "design": design}
    base = [made.replay(7, design=design, scenario=s).values for s in ("", "x", "y")]
    for name in ("a", "b", "c", "hard"):
        assert base[0][name] == base[1][name] == base[2][name]
    assert made.run(scenario="x", **settings).digest != made.run(**settings).digest


def test_stressed_correlations_keep_the_independent_draws(model):
    made, _ = model(
        "[scenarios.half]\ncorrelation_stress = 0.5\n[scenarios.full]\ncorrelation_stress = 1\n"
        "[scenarios.none]\ncorrelation_stress = 0\n"
        '[scenarios.anew]\ncorrelations = [{ between = ["b", "a"], latent = 0.7 }]\n'
    )
    names = ("", "half", "full", "none", "anew")
    plans = [made.plan(name) for name in names]
    from simcost.run import Settings
    from simcost.run.drivers import drivers, observe

    latent = []
    for plan in plans:
        found = {one.name: one.uniform for one in drivers(plan)}
        seen = observe(plan, {"a": found["a"], "b": found["b"]}, Settings(), 0, 100_000)
        from scipy.special import ndtri

        z = [ndtri(seen[name]) for name in "ab"]
        latent.append(np.corrcoef(z)[0, 1])
    rho = 2 * np.sin(np.pi * 0.4 / 6)
    assert latent[0] == pytest.approx(rho, abs=0.01)
    assert latent[1] == pytest.approx((1 + rho) / 2, abs=0.01)
    assert latent[2] == pytest.approx(1, abs=1e-6)
    assert latent[3] == latent[0]
    assert latent[4] == pytest.approx(0.7, abs=0.01)
    assert np.array_equal(costs(made), costs(made, "none"))


def test_a_child_inherits_and_settles(model):
    made, _ = model(
        "[scenarios.dear]\na = { scale = 2 }\nb = 5\n[scenarios.slow]\nb = 6\nc = 1\n"
        '[scenarios.both]\nextends = ["dear", "slow"]\nb = { percentile = 50 }\n'
        '[scenarios.child]\nextends = "both"\nc = 0.5\n'
    )
    changes = resolve(made.spec.scenarios, "child").changes
    assert changes == {
        "a": Change(scale=2),
        "b": Change(percentile=50),
        "c": Change(value=0.5),
    }


def test_an_input_may_be_called_like_a_word_of_the_grammar():
    spec, problems = parse(
        "[inputs]\nextends = 5\nstages = 6\n[scenarios.s]\nextends = 7\nstages = 2"
    )
    assert problems == []
    assert set(spec.scenarios["s"].changes) == {"extends", "stages"}


def test_a_stress_file_adds_scenarios_that_extend_those_of_the_model(model, tmp_path):
    stress = tmp_path / "stress.toml"
    stress.write_text('[scenarios.worse]\nextends = "bad"\nc = 1\n')
    made, name = model("[scenarios.bad]\na = { scale = 2 }\n", stress=stress, scenario="worse")
    assert name == "worse"
    assert set(resolve(made.spec.scenarios, "worse").changes) == {"a", "c"}


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("[scenarios.bad]\na = 5\n", "the model has a scenario bad already", 1),
        ("[inputs]\na = 5\n[scenarios.x]\na = 5\n", "inputs does not belong here", 1),
        ("[scenarios.x]\nd = 5\n", "there is no input d", 2),
        ("[scenarios.x]\na = { percentile = 100 }\n", "P100 of a lognormal is infinite", 2),
        ("[scenarios.x]\na = nan\n", "nan", 2),
        ("[scenarios.x\na = 5\n", "", 1),
        ("", "there are no scenarios in this file", 1),
        ('[scenarios.x]\nextends = "bda"\n', "there is no scenario 'bda'", 2),
    ],
)
def test_what_is_wrong_in_a_stress_file_is_shown_there(model, tmp_path, text, message, line):
    stress = tmp_path / "stress.toml"
    stress.write_text(text)
    with pytest.raises(ModelError) as caught:
        model("[scenarios.bad]\na = { scale = 2 }\n", stress=stress)
    problem = caught.value.problems[0]
    assert problem.file.endswith("stress.toml")
    assert message in problem.message
    assert problem.line == line


@pytest.mark.parametrize(
    ("setting", "text"),
    [
        ("a.scale=1.3", "a = { scale = 1.3 }"),
        ("a=5", "a = 5"),
        ("a.shift=10%", 'a = { shift = "10%" }'),
        ("a.percentiles=[90, 100]", "a = { percentiles = [90, 100] }"),
        ("a={ normal = { mean = 5, sd = 1 } }", "a = { normal = { mean = 5, sd = 1 } }"),
        ("pilot.failure=0.5", "pilot.failure = 0.5"),
        ("pilot.failure.value=0.5", "pilot.failure = { value = 0.5 }"),
        ("correlation_stress=0.5", "correlation_stress = 0.5"),
    ],
)
def test_a_setting_is_a_scenario_of_one_line(model, setting, text):
    made, name = model(f"[scenarios.x]\n{text}\n", settings=[setting])
    assert np.array_equal(costs(made, name), costs(made, "x"))
    assert name.startswith("--set ")


def test_settings_come_on_top_of_a_scenario(model):
    scenario = "[scenarios.x]\na = 5\nb = 3\n"
    made, name = model(scenario, settings=["a=6", "c=1"], scenario="x")
    changes = resolve(made.spec.scenarios, name).changes
    assert {key: change.value for key, change in changes.items()} == {"a": 6, "b": 3, "c": 1}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["a"], "changes nothing"),
        (["a="], "changes nothing"),
        (["=5"], "changes nothing"),
        (["a=5\nb=6"], "more than one line"),
        (["a.scale=2", "a.scale=3"], "set twice"),
        (["a.scale=2", "a.shift=3"], "given together"),
        (["a=5", "a.scale=2"], ""),
        (["d=5"], "no input d"),
        (["pilot.failrue=5"], "no failrue"),
        (["pilot.failure=5"], "share of 1"),
        (["a.percentiles=[90, 120]"], "at most 100"),
        (["a.scale=-1"], "greater than 0"),
        (["a]=5"], ""),
        (["a.value=x"], "text, not a number"),
    ],
)
def test_nonsense_is_refused_with_what_to_write(model, settings, message):
    with pytest.raises(ModelError) as caught:
        model(settings=settings)
    problem = caught.value.problems[0]
    assert problem.file == "--set"
    assert message in problem.message
    assert "scenarios" not in str(caught.value)


def test_the_command_line_takes_settings_and_stress_files(simcost_cli, tmp_path):
    path, stress = tmp_path / "m.toml", tmp_path / "s.toml"
    path.write_text(MODEL)
    stress.write_text("[scenarios.x]\na = { scale = 2 }\n")
    few = ("--draws", 500, "--json")
    by_set = simcost_cli("run", path, *few, "--set", "a.scale=2")
    by_file = simcost_cli("run", path, *few, "--stress", stress, "--scenario", "x")
    digests = [
        line for one in (by_set, by_file) for line in one.out.split("\n") if '"digest"' in line
    ]
    assert digests[0] == digests[1]
    assert "s.toml" not in simcost_cli("check", path, "--stress", stress).err
    assert simcost_cli("explain", path, "--set", "a=5").code == 0
    assert simcost_cli("replay", path, "--outcome", 1, "--set", "a=5").code == 0
    assert simcost_cli("run", path, "--set", "x=5").code == 3


def test_python_says_the_same():
    made = simcost.Model("m", currency="USD")
    a = made.input("a", simcost.uniform(low=1, high=2), unit="USD")
    made.input("b", simcost.uniform(low=1, high=2))
    made.stage("pilot", cost=a, failure=0.5)
    made.correlate("a", "b", spearman=0.3)
    made.scenario("x", a={"percentile": 50}, **{"pilot.failure": {"scale": 0.5}})
    made.scenario(
        "y",
        extends="x",
        correlation_stress=0.5,
        correlations=[{"between": ["a", "b"], "kendall": 0.2}],
        **{"pilot.cost": {"scale": 2}},
    )
    result = made.run(draws=20_000, scenario="y")
    assert set(result.values["cost"]) == {3.0}
    assert result.values["succeeded"].mean() == pytest.approx(0.75, abs=0.01)
    for wrong in (
        {"extends": "z"},
        {"correlation_stress": 2},
        {"correlations": [{"between": ["a", "q"], "latent": 0}]},
        {"a": {"percentile": 101}},
        {"a": {"shift": "-100%"}},
        {"pilot.failrue": 0.5},
    ):
        with pytest.raises(ModelError):
            made.scenario("w", **wrong)


def _spec():
    return parse(MODEL)[0]


CHANGES = st.one_of(
    st.floats(0.01, 100).map(lambda x: Change(value=x)),
    st.floats(0.1, 99.9).map(lambda p: Change(percentile=p)),
    st.floats(0.1, 10).map(lambda x: Change(scale=x)),
    st.floats(0, 10).map(lambda x: Change(shift=x)),
    st.tuples(st.floats(0, 49), st.floats(50, 100)).map(lambda b: Change(percentiles=b)),
)


def keys(spec):
    return [one.distribution.key for one in spec.inputs.values()]


@given(first=CHANGES, second=CHANGES)
def test_changes_of_different_inputs_commute(first, second):
    spec, a, b = _spec(), {"a": first}, {"b": second}
    one = apply_changes(apply_changes(spec, Scenario(a)), Scenario(b))
    other = apply_changes(apply_changes(spec, Scenario(b)), Scenario(a))
    assert keys(one) == keys(other) == keys(apply_changes(spec, Scenario({**a, **b})))


@given(own=st.dictionaries(st.sampled_from("abc"), CHANGES), inherited=CHANGES)
def test_a_scenario_that_adds_nothing_is_the_one_it_extends(own, inherited):
    scenarios = {"p": Scenario({"a": inherited, **own}), "child": Scenario({}, extends=("p",))}
    assert resolve(scenarios, "child").changes == scenarios["p"].changes
    over = {**scenarios, "child": Scenario(own, extends=("p",))}
    assert resolve(over, "child").changes == {**scenarios["p"].changes, **own}


@pytest.mark.parametrize(
    "nothing",
    [{"scale": 1.0}, {"shift": 0.0}, {"percentiles": (0.0, 100.0)}],
    ids=["scale", "shift", "band"],
)
@pytest.mark.parametrize("design", ["random", "sobol"])
def test_a_change_of_nothing_leaves_every_bit(nothing, design):
    made = simcost.Model.from_spec(_spec())
    everything = {name: Change(**nothing) for name in made.spec.inputs}
    same = made.extended({"same": Scenario(everything), "empty": Scenario()})
    digests = {
        same.run(draws=1000, design=design, scenario=name).digest for name in ("", "same", "empty")
    }
    assert len(digests) == 1


def test_the_example_of_scenarios_still_holds():
    example = Path(__file__).parent.parent / "examples" / "ai_project.toml"
    assert "us_salaries" in simcost.load(example).scenarios
