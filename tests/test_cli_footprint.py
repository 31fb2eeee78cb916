"""``simcost footprint`` and ``--switch``: published figures beside percentiles."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import simcost
from simcost.report.footprint import kind_of

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_alone_it_lists_the_systems(simcost_cli):
    done = simcost_cli("footprint")
    assert done.code == 0
    assert {"gpt_3", "transformer_base", "deepseek_v3"} <= set(done.out.split())


def test_a_system_by_its_name(simcost_cli):
    done = simcost_cli("footprint", "gpt_3", "--draws", "2000", "--seed", "1")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 100
    words = ("emissions, location", "[tCO2e]", "emissions, market", "552.1", "1,287", "water")
    assert [word for word in words if word not in done.out] == []


def test_json_says_the_same_as_a_run(simcost_cli):
    done = simcost_cli("footprint", "t5", "--draws", "2000", "--seed", "1", "--json")
    found = json.loads(done.out)
    rows = {(row["output"], row["accounting"]): row for row in found["rows"]}
    assert found["draws"] == 2000
    run = simcost.load(EXAMPLES / "systems" / "t5.toml").run(draws=2000, seed=1)
    row = rows["emissions", "location"]
    assert row["published"] == [46.7]
    assert row["quantiles"]["P50"]["value"] == run.quantile("emissions", 50).value
    chance = row["at_most_published"][0]
    assert chance["low"] < chance["value"] < chance["high"]
    assert chance["value"] == (run.values["emissions"] <= 46.7).mean()
    assert rows["energy", None]["kind"] == "energy"
    assert rows["emissions", "market"]["published"] is None  # a figure by location


def test_the_market_row_is_the_switched_model(simcost_cli):
    model = simcost.load(EXAMPLES / "systems" / "switch_transformer.toml")
    done = simcost_cli("footprint", "switch_transformer", "--draws", "1000", "--json")
    rows = {(row["output"], row["accounting"]): row for row in json.loads(done.out)["rows"]}
    market = model.switched(accounting="market").run(draws=1000)
    found = rows["emissions", "market"]["quantiles"]["P90"]["value"]
    assert found == market.quantile("emissions", 90).value
    assert ("water", "market") not in rows


def test_a_model_of_ones_own(simcost_cli):
    done = simcost_cli("footprint", str(EXAMPLES / "quickstart.toml"), "--draws", "1000")
    assert done.code == 0
    assert "cost [USD]" in done.out
    assert "published" not in done.out


def test_stages_depend_on_the_accounting_too(simcost_cli):
    done = simcost_cli("footprint", str(EXAMPLES / "assistant.toml"), "--draws", "1000")
    assert "emissions, location [kgCO2e]" in done.out
    assert "emissions, market [kgCO2e]" in done.out
    assert "making_the_hardware [kgCO2e]" in done.out


@pytest.mark.parametrize(
    ("arguments", "said", "code"),
    [
        (("footprint", "gpt3"), "Did you mean gpt_3?", 74),
        (("footprint", "nothing.toml"), "no such file", 74),
        (("footprint", "gpt_3", "--switch", "costing=onw"), "did you mean own?", 2),
        (("footprint", "gpt_3", "--switch", "costing"), "write accounting=market", 2),
        (("footprint", "elmo", "--switch", "accounting=market"), "Write contract = …", 3),
        (("run", str(EXAMPLES / "quickstart.toml"), "--switch", "a=b"), "has no switches", 2),
    ],
)
def test_what_is_refused(simcost_cli, arguments, said, code):
    done = simcost_cli(*arguments)
    assert done.code == code
    assert said in done.err


def test_a_model_without_a_footprint_is_refused(simcost_cli, tmp_path):
    file = tmp_path / "m.toml"
    file.write_text("[inputs]\nx = 5\n", encoding="utf-8")
    done = simcost_cli("footprint", str(file))
    assert done.code == 2
    assert "no energy, emissions, water or money" in done.err


@pytest.mark.parametrize(
    ("unit", "kind"),
    [
        ("MWh", "energy"),
        ("lbCO2e", "emissions"),
        ("kL", "water"),
        ("USD", "cost"),
        ("MUSD", "cost"),
        ("USD/hour", ""),
        ("gpu*hour", ""),
        ("month", ""),
    ],
)
def test_what_a_unit_measures(unit, kind):
    assert kind_of(unit) == kind


@pytest.mark.parametrize("command", ["run", "explain", "replay"])
def test_other_commands_take_switches_too(simcost_cli, command):
    more = {"run": ("--draws", "1000"), "replay": ("--outcome", "3")}.get(command, ())
    file = str(EXAMPLES / "systems" / "gpt_3.toml")
    rent, own = (
        simcost_cli(command, file, "--switch", f"costing={one}", *more) for one in ("rent", "own")
    )
    assert rent.code == own.code == 0
    assert rent.out != own.out


COMMANDS = {
    "tornado": (),
    "sensitivity": (),
    "contingency": (),
    "robustness": ("--budget", "300000"),
    "stress": ("--budget", "300000"),
    "seek": ("--input", "price", "--target", "500000"),
    "joint": ("--targets", "cost=300000,emissions=500kgCO2e"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_changes_a_model_takes_switches(simcost_cli, command):
    file = str(EXAMPLES / "assistant.toml")
    more = ("--draws", "1000", *COMMANDS[command])
    one, other = (
        simcost_cli(command, file, "--switch", f"terms={terms}", *more)
        for terms in ("on_demand", "commitment_3_years")
    )
    assert (one.code, other.code) == (0, 0), one.err + other.err
    assert one.out != other.out
    assert simcost_cli(command, file, "--switch", "terms=never", *more).code == 2


def test_what_is_one_number_equals_a_published_figure_or_says_by_how_much_not(simcost_cli):
    few = ("--draws", "200", "--scenario", "published")
    said = simcost_cli("footprint", "architecture_search", *few).out
    energy = next(line for line in said.splitlines() if line.startswith("energy"))
    assert energy.split()[-1] == "equal"
    assert "to equal" in said  # on demand, the dear end of the range
    said = simcost_cli("footprint", "gshard", *few).out
    assert "0.8% less" in said  # 3.1 days are rounded
    assert "emissions, location [tCO2e]" in said
    assert "%" not in next(line for line in said.splitlines() if line.startswith("emissions, l"))


def test_judgements_of_another_accounting_are_named_too(simcost_cli):
    file = str(EXAMPLES / "assistant.toml")
    done = simcost_cli("footprint", file, "--draws", "500", "--json")
    notes = json.loads(done.out)["notes"]
    assert "by market, rests on judgement too: contract" in notes
    assert not any("contract" in note for note in notes if note.startswith("rests"))


def test_equivalents_of_a_footprint(simcost_cli):
    few = ("--draws", "200", "--scenario", "published", "--equivalents")
    said = simcost_cli("footprint", "architecture_search", *few).out
    assert "car lifetimes, with fuel               4.96949 ± 0" in said
    found = json.loads(simcost_cli("footprint", "bert_base", *few, "--json").out)["equivalents"]
    flights = found["emissions"]["flight_ny_sf"]["P50"]["value"]
    assert flights == pytest.approx(0.72, abs=0.006)
    wide = simcost_cli("run", str(EXAMPLES / "systems" / "bert_base.toml"), "--equivalents").out
    assert max(map(len, wide.splitlines())) <= 100
    done = simcost_cli("footprint", str(EXAMPLES / "quickstart.toml"), "--equivalents")
    assert (done.code, "no output is in kgCO2e" in done.err) == (2, True)
