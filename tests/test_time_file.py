"""[time] in model files: grammar, schema, commands; emissions in flights and cars."""

from __future__ import annotations

import json
import tomllib

import jsonschema
import pytest

import simcost
from simcost.errors import ModelError
from simcost.modelfile import load
from simcost.modelfile.schema import json_schema
from simcost.report.equivalents import equivalents
from simcost.result import Meta, Result

HEAD = '[model]\nname = "Timed"\ncurrency = "USD"\n\n'
TIME = '[time]\nunit = "month"\nhorizon = 6\n'
STAGE = '\n[[stages]]\nname = "only"\ncost = 600\nduration = "3 month"\n'


def written(tmp_path, text):
    path = tmp_path / "model.toml"
    path.write_text(HEAD + text, encoding="utf-8")
    return path


GOOD = [
    TIME + STAGE,
    TIME + "discount_rate = 0.08\nescalation = 0\nprice_year = 2026\nstart_year = 2027\n" + STAGE,
    TIME + "discount_rate = { uniform = { low = 0.02, high = 0.1 } }\n" + STAGE,
    TIME + 'discount_rate = "rate / 2"\n[inputs]\nrate = 0.1\n' + STAGE,
    TIME + STAGE + 'profile = "beta"\n',
    TIME + STAGE + "profile = { weibull = { shape = 2, scale = 0.5 } }\n",
    TIME + STAGE + 'emissions = "9 kgCO2e * 0.99 ** period"\n',
]
BAD = [
    ('[time]\nunit = "month"\n' + STAGE, "horizon is missing"),
    ('[time]\nunit = "month"\nhorizon = 0\n' + STAGE, "horizon is 0, but must be at least 1"),
    ('[time]\nunit = "month"\nhorizon = 6.5\n' + STAGE, "not a whole number"),
    ("[[time]]\nhorizon = 6\n" + STAGE, "time is a list, not a table"),
    (TIME + "discount = 0.1\n" + STAGE, 'unknown key "discount"'),
    (TIME + "discount_rate = [1]\n" + STAGE, "not a formula, a number or a distribution"),
    (TIME + 'compounding = "daily"\n' + STAGE, "compounding is"),
    (TIME + STAGE + "profile = 3\n", "no profile"),
    (TIME + STAGE + "profile = { beta = { alpha = 2.5 } }\n", "not a whole number up to 12"),
    (TIME + STAGE + 'profile = "weibull"\n', "weibull needs shape"),
    ('[time]\nunit = "kg"\nhorizon = 6\n' + STAGE, "kg"),
    ('[time]\nunit = "mouth"\nhorizon = 6\n' + STAGE, "did you mean month?"),
    (TIME, "no stages"),
    (TIME + '\n[[stages]]\nname = "only"\ncost = 1\n', "no stage has a duration"),
    (TIME + "[inputs]\nperiod = 1\n" + STAGE, "period is the number of the period"),
    (TIME + "discount_rate = 0.1\n[inputs]\npresent_value = 1\n" + STAGE, "comes by itself"),
    (STAGE + 'profile = "beta"\n', "has no [time]"),
    (STAGE + 'emissions = "9 kgCO2e * 0.99 ** period"\n', "periods count from 1"),
    (TIME + STAGE + '[outputs]\nx = "period * 2"\n', "x depends on the period"),
    (TIME + 'discount_rate = "rates"\n[inputs]\nrate = 0.1\n' + STAGE, "Did you mean rate?"),
]


@pytest.mark.parametrize("text", GOOD)
def test_what_is_right_is_read_and_fits_the_schema(text, tmp_path):
    model = load(written(tmp_path, text))
    assert model.run(draws=200).timeline("cost").sizes["period"] == 6
    jsonschema.validate(tomllib.loads(HEAD + text), json_schema())


@pytest.mark.parametrize(("text", "said"), BAD)
def test_what_is_wrong_is_said_with_its_line(text, said, tmp_path):
    with pytest.raises(ModelError) as error:
        load(written(tmp_path, text))
    assert said.lower() in str(error.value).lower()
    assert all(problem.line for problem in error.value.problems)


@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 5, 6, 7, 9])
def test_what_no_reader_would_take_does_not_fit_the_schema(number):
    text = HEAD + BAD[number][0]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), json_schema())


def test_a_scenario_keeps_its_periods(tmp_path):
    text = TIME + "[inputs]\nprice = 2\n" + STAGE.replace("600", '"price * 300 USD"')
    path = written(tmp_path, text + "[scenarios.dear]\nprice = { value = 3 }\n")
    model = load(path)
    dear = model.run(draws=100, scenario="dear").timeline("cost")
    assert dear["amount_mean"].values[:4] == pytest.approx([300, 300, 300, 0])


def test_attempts_of_one_project_say_how_their_periods_count(tmp_path):
    model = load(written(tmp_path, TIME + STAGE + "failure = 0.5\n"))
    notes = model.run(draws=100, per="success").notes
    assert any("from its own start" in note for note in notes)


# -- commands ---------------------------------------------------------------------------------


@pytest.fixture
def timed(tmp_path):
    return written(
        tmp_path, TIME + "discount_rate = 0.1\n" + STAGE + 'emissions = "9 kgCO2e / period"\n'
    )


def test_simcost_timeline(simcost_cli, timed, tmp_path):
    done = simcost_cli("timeline", timed, "--draws", 500)
    assert done.code == 0
    assert "Cost by month [USD]" in done.out
    assert "200" in done.out
    content = json.loads(simcost_cli("timeline", timed, "--draws", 500, "--json").out)
    means = [one["amount"]["mean"]["value"] for one in content["periods"]]
    assert means == pytest.approx([200, 200, 200, 0, 0, 0])
    assert content["total_mean"]["value"] == pytest.approx(600)
    picture = tmp_path / "timeline.svg"
    assert simcost_cli("timeline", timed, "--draws", 500, "--plot", picture).code == 0
    assert picture.read_text(encoding="utf-8").startswith("<?xml")
    narrow = simcost_cli("timeline", timed, "--draws", 500, "--output", "emissions").out
    assert max(map(len, narrow.splitlines())) <= 100


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--output", "duration"], "not spent over time; write cost"),
        (["--output", "costs"], "did you mean 'cost'"),
        (["--quantiles", "0"], "no percentiles"),
        (["--plot", "a.bmp"], "figures are written as"),
    ],
)
def test_a_timeline_that_cannot_be(simcost_cli, timed, arguments, said):
    done = simcost_cli("timeline", timed, *arguments)
    assert done.code == 2
    assert said in done.err


def test_a_model_without_periods_has_no_timeline(simcost_cli):
    done = simcost_cli("timeline", "examples/ai_project.toml")
    assert done.code == 2
    assert "add [time]" in done.err


def test_simcost_joint(simcost_cli, tmp_path):
    project = "examples/ai_project.toml"
    few = ("--draws", 4000)
    done = simcost_cli("joint", project, *few, "--targets", "cost=150000,emissions=1tCO2e")
    assert done.code == 0
    assert "1,000 kgCO2e" in done.out
    assert "all, and the project succeeds" in done.out
    assert max(map(len, done.out.splitlines())) <= 100
    content = json.loads(simcost_cli("joint", project, *few, "--confidence", "80%", "--json").out)
    assert content["joint_confidence"] == 0.8
    assert [*content["targets"]] == ["cost", "emissions", "duration"]
    assert content["joint"]["value"] is None  # no amounts were stated
    assert len(content["frontiers"]) == 3
    picture = tmp_path / "joint.png"
    assert simcost_cli("joint", project, *few, "--plot", picture).code == 0
    assert picture.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--targets", "cost=150,000"], "write amounts without commas"),
        (["--targets", "cost="], "no target"),
        (["--targets", "cost=1,cost=2"], "two targets"),
        (["--targets", "cost=1,emission=2"], "did you mean 'emissions'"),
        (["--targets", "cost=1"], "two outputs or more"),
        (["--targets", "cost=1EUR,emissions=1"], "different currencies"),
        (["--confidence", "0"], "no share"),
        (["--reserve", "P50"], "must rise"),
        (["--contingency", "80"], "write P80"),
    ],
)
def test_a_joint_chance_that_cannot_be(simcost_cli, arguments, said):
    done = simcost_cli("joint", "examples/ai_project.toml", "--draws", 500, *arguments)
    assert done.code == 2
    assert said in done.err


def test_explain_shows_periods_and_profiles(simcost_cli):
    said = simcost_cli("explain", "examples/served_model.toml").out
    assert "periods        =  36 × month" in said
    assert "profile    =  back_loaded" in said


# -- equivalents ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("emitted", "unit", "key", "expected", "digits"),
    [
        (626_155, "lbCO2e", "car_lifetime", 4.97, 0.005),
        (1_438, "lbCO2e", "flight_ny_sf", 0.72, 0.005),
        (284.0187, "tCO2e", "car_lifetime", 4.97, 0.005),
        (11_023, "lbCO2e", "human_year", 1.0, 1e-9),
        (36_156, "lbCO2e", "american_year", 1.0, 1e-9),
    ],
)
def test_published_comparisons(emitted, unit, key, expected, digits):
    meta = Meta(model="made up", seed=0, draws=200, design="random", replicates=1)
    result = Result({"emissions": [float(emitted)] * 200}, {"emissions": unit}, meta)
    found = {one.key: one for one in equivalents(result)}
    assert found[key].figures["P50"].value == pytest.approx(expected, abs=digits)


def test_equivalents_have_the_error_of_the_emissions():
    model = simcost.Model("emits")
    model.output("emissions", model.input("e", simcost.uniform(low=0, high=9), unit="tCO2e"))
    result = model.run(draws=2000)
    flight = next(iter(equivalents(result)))
    ratio = result.quantile("emissions", 90).half_width / flight.figures["P90"].half_width
    assert ratio == pytest.approx(1984 * 0.45359237 / 1000)


def test_simcost_run_equivalents(simcost_cli):
    few = ("--draws", 2000, "--equivalents")
    said = simcost_cli("run", "examples/ai_project.toml", *few).out
    assert "return flights New York-San Francisco" in said
    assert "Table 1" in said
    assert max(map(len, said.splitlines())) <= 100
    content = json.loads(simcost_cli("run", "examples/ai_project.toml", *few, "--json").out)
    assert set(content["equivalents"]["emissions"]) >= {"flight_ny_sf", "car_lifetime"}
    done = simcost_cli("run", "examples/quickstart.toml", *few)
    assert done.code == 2
    assert "no output is in kgCO2e" in done.err
