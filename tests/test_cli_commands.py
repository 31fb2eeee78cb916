"""Every command besides ``run``: check, explain, replay, inputs, init, schema."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import jsonschema
import pytest

import simcost

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "examples").glob("*.toml"))
STAGED = ROOT / "tests" / "models" / "staged.toml"
QUICK = ROOT / "examples" / "quickstart.toml"
COMMANDS = tuple(
    sorted(
        path.stem
        for path in (ROOT / "simcost" / "cli").glob("*.py")
        if "@click.command(" in path.read_text(encoding="utf-8")
    )
)


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids=str)
def test_help(simcost_cli, command):
    done = simcost_cli(*command, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("Usage: simcost")
    assert "\\b" not in done.out  # click's mark for lines that are not to be filled


def test_help_lists_every_command_with_the_main_job_first(simcost_cli):
    listed = re.findall(r"^  (\w+)  +[A-Z]", simcost_cli("--help").out, re.MULTILINE)
    assert listed[0] == "run"
    assert set(listed) == set(COMMANDS)


def test_version(simcost_cli):
    assert simcost_cli("--version").out.strip().endswith(simcost.__version__)


def test_version_of_a_checkout_that_was_never_installed(simcost_cli, monkeypatch):
    import importlib.metadata

    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "version", missing)
    done = simcost_cli("--version")
    assert done.code == 0
    assert simcost.__version__ in done.out


# -- check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [*EXAMPLES, STAGED], ids=lambda path: path.stem)
def test_check_says_what_is_there(simcost_cli, model):
    done = simcost_cli("check", model)
    assert done.code == 0, done.err
    declared = tomllib.loads(model.read_text("utf-8"))
    found = int(re.search(r"ok \((\d+) inputs", done.out)[1])
    assert (found > len(declared["inputs"])) if "use" in declared else True
    assert found == len(declared["inputs"]) or "use" in declared
    assert (" switches" in done.out) == ("switches" in declared)


def test_check_finds_what_is_wrong_in_a_scenario(simcost_cli, tmp_path):
    model = tmp_path / "model.toml"
    model.write_text(STAGED.read_text("utf-8") + "\n[scenarios.bad]\nwgae = { scale = 2 }\n")
    done = simcost_cli("check", model)
    assert (done.code, done.out) == (3, "")
    assert "wgae" in done.err
    assert "wage" in done.err


# -- explain -------------------------------------------------------------------------------------


def test_explain_shows_inputs_units_and_formulas(simcost_cli):
    done = simcost_cli("explain", STAGED)
    assert (done.code, done.err) == (0, "")
    for text in (
        "samples",
        "sample/hour",
        "lognormal",
        "samples / rate",
        "hours * wage",
        "research",
    ):
        assert text in done.out, text


def test_explain_of_a_scenario(simcost_cli):
    base, slow = (
        simcost_cli("explain", STAGED),
        simcost_cli("explain", STAGED, "--scenario", "slow"),
    )
    assert slow.code == 0
    assert slow.out != base.out


def test_explain_shows_the_program(simcost_cli):
    done = simcost_cli("explain", QUICK, "--program")
    assert (done.code, done.err) == (0, "")
    assert 'draw of "samples"' in done.out
    assert "output cost" in done.out


# -- replay --------------------------------------------------------------------------------------


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize("scenario", ["", "slow"])
def test_replay_equals_the_batch_to_the_bit(simcost_cli, design, scenario):
    settings = {"seed": 11, "design": design, "scenario": scenario}
    result = simcost.load(STAGED).run(draws=1024, engine="machine", **settings)
    options = ("--seed", 11, "--design", design, "--scenario", scenario)
    for outcome in (0, 1, 17, 1000, 1023):
        done = simcost_cli("replay", STAGED, "--outcome", outcome, *options, "--json")
        assert done.code == 0, done.err
        values = json.loads(done.out)["values"]
        for name, value in result.outcome(outcome).items():
            assert values[name]["value"] == value, (outcome, name)


def test_replay_shows_what_led_to_the_result(simcost_cli):
    done = simcost_cli("replay", STAGED, "--outcome", 5, "--json")
    values = {name: one["value"] for name, one in json.loads(done.out)["values"].items()}
    assert values["hours"] == values["samples"] / values["rate"]
    assert values["labelling"] == values["hours"] * values["wage"]
    text = simcost_cli("replay", STAGED, "--outcome", 5).out
    assert repr(values["hours"]) in text
    assert "sample/hour" in text


@pytest.mark.parametrize("outcome", ["-1", "x", "1.5"])
def test_replay_of_what_is_no_outcome(simcost_cli, outcome):
    done = simcost_cli("replay", STAGED, "--outcome", outcome)
    assert (done.code, done.out) == (2, "")


@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize("outcome", ["1e9", "1e15", "1e19", "1e30"])
def test_replay_of_a_very_late_outcome(simcost_cli, design, outcome):
    done = simcost_cli("replay", STAGED, "--outcome", outcome, "--design", design)
    assert done.code in (0, 2)
    assert (done.code == 0) == (done.err == "")


def test_replay_needs_an_outcome(simcost_cli):
    assert simcost_cli("replay", STAGED).code == 2


# -- inputs --------------------------------------------------------------------------------------


def test_inputs_lists_the_catalogue(simcost_cli):
    done = simcost_cli("inputs")
    assert (done.code, done.err) == (0, "")
    catalogue = simcost.load_catalogue()
    held = tuple(f"{one.domain}/{one.prefix}" for one in catalogue.tables.values() if one.prefix)
    for key in catalogue.names():
        assert key in done.out or key.startswith(held), key
    assert all(f"{name} " in done.out for name in catalogue.tables)


def test_inputs_of_one_domain(simcost_cli):
    done = simcost_cli("inputs", "--domain", "carbon")
    assert done.code == 0
    first = {line.split()[0] for line in done.out.splitlines() if "/" in line.split(" ")[0]}
    assert {one.split("/")[0] for one in first} == {"carbon"}
    assert {"carbon/social_cost", "carbon/grid"} <= first
    assert len(done.out.splitlines()) < 30
    wrong = simcost_cli("inputs", "--domain", "crbon")
    assert wrong.code == 2
    assert "did you mean carbon?" in wrong.err


def test_inputs_shows_a_table_and_a_row_of_it(simcost_cli):
    table = simcost_cli("inputs", "energy/tdp").out
    assert re.search(r"^h100 +700\.0 +W/gpu +H100 SXM$", table, re.MULTILINE)
    row = simcost_cli("inputs", "energy/grid[FR]").out
    assert 'grid_FR = { from = "energy/grid[FR]" }' in row
    wrong = simcost_cli("inputs", "energy/grid[Frnce]")
    assert wrong.code == 3
    assert "Did you mean energy/grid[FR] (France)?" in wrong.err


def test_inputs_finds_a_word(simcost_cli):
    found = simcost_cli("inputs", "gpu", "--json")
    assert found.code == 0
    entries = json.loads(found.out)
    assert 1 < len(entries) < len(simcost.load_catalogue().names())
    assert all("gpu" in json.dumps(entry).lower() for entry in entries)


def test_inputs_shows_one_with_percentiles_source_and_histogram(simcost_cli):
    done = simcost_cli("inputs", "labelling/label_rate")
    assert (done.code, done.err) == (0, "")
    for text in ("P10", "P50", "P90", "sample/hour", "InfoQ", "2019", "█"):
        assert text in done.out, text
    # Uniform between 5 and 10: P10 is 5.5.
    assert re.search(r"5\.50*\b", done.out)


def test_a_histogram_is_a_few_lines(simcost_cli):
    page = simcost_cli("inputs", "labelling/label_rate").out
    assert sum(bool(set(line) & set("▁▂▃▄▅▆▇█")) for line in page.splitlines()) <= 12


def test_every_entry_has_a_page(simcost_cli):
    for key in simcost.load_catalogue().names():
        done = simcost_cli("inputs", key)
        assert (done.code, done.err) == (0, ""), key
        assert done.out.startswith(key)


def test_inputs_suggests_a_near_name(simcost_cli):
    done = simcost_cli("inputs", "labelling/lable_rate")
    assert done.code in (2, 3)
    assert done.out == ""
    assert "labelling/label_rate" in done.err


# -- init and schema -----------------------------------------------------------------------------


def test_init_writes_a_model_that_runs(simcost_cli, tmp_path):
    model = tmp_path / "project.toml"
    done = simcost_cli("init", model)
    assert (done.code, done.out) == (0, "")
    assert str(model) in done.err
    assert simcost_cli("check", model).code == 0
    assert simcost_cli("run", model, "--draws", 500).code == 0


def test_init_has_a_name_of_its_own(simcost_cli, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert simcost_cli("init").code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["project.toml"]


def test_init_replaces_nothing_unless_forced(simcost_cli, tmp_path):
    model = tmp_path / "project.toml"
    model.write_text("mine")
    done = simcost_cli("init", model)
    assert done.code == 74
    assert "exists" in done.err
    assert model.read_text() == "mine"
    assert simcost_cli("init", model, "--force").code == 0
    assert model.read_text().startswith("#")


@pytest.mark.parametrize("place", ["missing/project.toml", "."])
def test_init_where_no_file_can_appear(simcost_cli, tmp_path, place):
    done = simcost_cli("init", tmp_path / place)
    assert (done.code, done.out) == (74, "")
    assert list(tmp_path.iterdir()) == []


def test_the_schema_accepts_what_check_accepts(simcost_cli, tmp_path):
    done = simcost_cli("schema")
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    jsonschema.Draft202012Validator.check_schema(schema)
    template = tmp_path / "template.toml"
    simcost_cli("init", template)
    for model in (*EXAMPLES, STAGED, template):
        jsonschema.validate(tomllib.loads(model.read_text("utf-8")), schema)


def test_the_schema_refuses_an_unknown_key(simcost_cli):
    schema = json.loads(simcost_cli("schema").out)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"inputs": {"x": {"unfiorm": {"low": 0, "high": 1}}}}, schema)
