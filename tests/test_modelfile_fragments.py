"""Fragments: parts of models with parameters, and switches: choices that are made, not drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import simcost
from simcost.errors import ModelError, UsageError
from simcost.graph import formula
from simcost.modelfile.fragments import open_fragment, renamed, shipped_fragments
from simcost.modelfile.read import fragment_problems

TRAIN = """
[use.train]
fragment = "training_energy"
accelerators = 64
hours = { uniform = { low = 70, high = 80 } }
power = { from = "energy/tdp[h100]" }
pue = 1.1

[outputs]
energy = "train_energy"
"""
AIR = """
[use.air]
fragment = "emissions"
energy = "2 MWh"
grid = { from = "energy/grid[FR]" }

[outputs]
emissions = "air_emissions"
"""


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def written(text: str, name: str = "model.toml") -> Any:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return simcost.load(tmp_path / "model.toml")

    return written


@pytest.mark.parametrize("name", shipped_fragments())
def test_a_shipped_fragment_is_a_sound_model(name: str) -> None:
    fragment = open_fragment(name, None)
    from dataclasses import replace

    assert fragment_problems(replace(fragment, shipped=False)) == []
    assert fragment.data["fragment"]["description"]


def test_the_building_blocks_are_there() -> None:
    wanted = (
        "training_energy accelerator_energy emissions embodied water compute_cost experiments "
        "inference_energy inference_energy_per_thousand carbon_price"
    )
    assert set(wanted.split()) == set(shipped_fragments())


def test_training_energy_is_the_product_of_its_parameters(load: Any) -> None:
    model = load(TRAIN)
    result = model.run(draws=256, seed=3)
    hours = simcost.uniform(low=70, high=80)
    trace = model.replay(17, seed=3)
    by_hand = 64 * trace.values["train_hours"] * 0.7 * 1.1
    assert result.values["energy"][17] == pytest.approx(by_hand, rel=1e-12)
    assert hours.support() == (70, 80)
    assert result.units["energy"] == "kWh"


def test_a_fragment_is_the_same_model_as_its_formulas_written_out(load: Any) -> None:
    out = """
[inputs]
train_hours = { uniform = { low = 70, high = 80 }, unit = "hour" }
[outputs]
energy = { formula = "64 gpu * train_hours * 700 W/gpu * 1.1", unit = "kWh" }
"""
    used = load(TRAIN).run(draws=512, seed=5).values["energy"]
    np.testing.assert_allclose(used, load(out).run(draws=512, seed=5).values["energy"], rtol=1e-14)


def test_two_uses_are_two_things_and_one_prefix_can_be_empty(load: Any) -> None:
    tune = TRAIN.replace("[use.train]", "[use.tune]").replace('"train_energy"', '"tune_energy"')
    both = TRAIN.partition("[outputs]")[0] + tune.replace("energy =", "tuned =")
    both += 'energy = "train_energy"\n'
    result = load(both).run(draws=64, seed=1)
    assert (result.values["tuned"] != result.values["energy"]).all()
    plain = TRAIN.replace(
        'fragment = "training_energy"', 'fragment = "training_energy"\nprefix = ""'
    )
    plain = plain.replace('energy = "train_energy"', 'total = "energy"')
    assert load(plain).run(draws=16).units["total"] == "kWh"


def test_a_bound_parameter_can_be_changed_by_a_scenario(load: Any) -> None:
    model = load(TRAIN + "\n[scenarios.double]\ntrain_accelerators = 128\ntrain_pue = 1\n")
    plain = model.run(draws=64, seed=1).values["energy"]
    double = model.run(draws=64, seed=1, scenario="double").values["energy"]
    np.testing.assert_allclose(double, plain * 2 / 1.1, rtol=1e-12)


def test_a_distribution_that_is_bound_may_have_its_own_unit(load: Any) -> None:
    days = TRAIN.replace(
        "hours = { uniform = { low = 70, high = 80 } }",
        'hours = { uniform = { low = 4200, high = 4800 }, unit = "minute" }',
    )
    a, b = (load(text).run(draws=64, seed=1).values["energy"] for text in (TRAIN, days))
    np.testing.assert_allclose(a, b, rtol=1e-12)


OWN = """[fragment]
description = "Cooling"
[parameters.heat]
unit = "kWh"
[parameters.share]
uniform = { low = 0.1, high = 0.3 }
[parameters.spare]
formula = "heat * share"
unit = "kWh"
[quantities]
energy = { formula = "heat * share + spare", unit = "kWh" }
"""
USES_OWN = """
[use.cool]
fragment = "cooling.toml"
heat = "10 kWh"
[outputs]
energy = "cool_energy"
"""


def test_a_fragment_of_ones_own(load: Any, tmp_path: Path) -> None:
    (tmp_path / "cooling.toml").write_text(OWN, encoding="utf-8")
    values = load(USES_OWN).run(draws=1024, seed=1).values["energy"]
    assert 2 <= values.min() < values.max() <= 6
    model = load(USES_OWN.replace('"10 kWh"', '"10 kWh"\nspare = 1'))
    assert 2 <= model.run(draws=1024).values["energy"].max() <= 4


def test_a_mistake_in_a_fragment_is_shown_in_its_own_file(load: Any, tmp_path: Path) -> None:
    faulty = OWN.replace("heat * share + spare", "heat * shre + spare").replace("kWh", "kWh", 1)
    (tmp_path / "cooling.toml").write_text(faulty + "\n[inputs]\n", encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load(USES_OWN)
    files = {Path(problem.file).name: problem for problem in caught.value.problems}
    problem = files["cooling.toml"]
    assert "shre" in str(caught.value)
    assert "a fragment has no inputs" in str(caught.value)
    assert problem.line > 0


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("parameters = 5\n", "parameters is a number, not a table"),
        ("[parameters]\nheat = 5\n", "heat is a number, not a table"),
        ("[parameters.heat]\nneeded_for = 5\n", "needed_for is a number"),
        ("[parameters.heat]\nneeded_for = { a = 1 }\n", "needed_for names a choice"),
        ("[parameters.heat]\nformula = 5\n", "formula is a number"),
        ("[parameters.heat]\nuint = 'kWh'\n", 'unknown key "uint"'),
        ("[parameters.heat]\nunit = 'kW-h'\n", "kW-h"),
        ("[switches]\na = 5\n", "a is a number, not a list of choices"),
        ("[quantities]\nenergy = 5\n[stages]\n", "a fragment has no stages"),
        ("[quantities]\nenergy = { fomula = '5' }\n", "fomula"),
        ("[quantities]\nenergy = [5]\n", "energy"),
        ("[quantities]\nenergy = 'heat *'\n", "the formula ends"),
    ],
)
def test_nonsense_in_a_fragment(load: Any, tmp_path: Path, wrong: str, said: str) -> None:
    (tmp_path / "cooling.toml").write_text(wrong, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load(USES_OWN)
    assert said in str(caught.value)
    assert "unknown name" not in str(caught.value)
    assert all(Path(problem.file).name == "cooling.toml" for problem in caught.value.problems)
    assert all(problem.line for problem in caught.value.problems)


def test_a_fragment_that_cannot_be_read_blames_no_formula(load: Any) -> None:
    with pytest.raises(ModelError) as caught:
        load(USES_OWN)
    (problem,) = caught.value.problems
    assert "no such file" in problem.message
    assert problem.path == ("use", "cool", "fragment")


def test_names_that_meet_are_refused(load: Any) -> None:
    with pytest.raises(ModelError) as caught:
        load(TRAIN + '\n[quantities]\ntrain_energy = "5 kWh"\n')
    assert "also a name of the fragment" in str(caught.value)


@given(st.sampled_from(["a", "b", "hour", "min", "a_b"]), st.sampled_from(["+", "*", "/", "-"]))
@settings(max_examples=60, deadline=None)
def test_renaming_leaves_units_functions_and_other_names_alone(name: str, sign: str) -> None:
    own = frozenset({name})
    text = f"2 hour {sign} min({name}, other) {sign} {name}x"
    new = renamed(text, "p_", own)
    assert f"min(p_{name}, other)" in new
    assert new.startswith("2 hour")
    assert new.endswith(f"{name}x")
    assert set(formula.names_in(new)) - {"other", f"{name}x"} == {f"p_{name}"}


# -- switches --------------------------------------------------------------------------------------


def test_a_choice_by_scenario_by_call_and_by_default(load: Any) -> None:
    text = AIR.replace("[outputs]", "contract = 10\n[outputs]")
    model = load(text + '\n[scenarios.green]\naccounting = "market"\n')
    assert model.switches["accounting"] == ("location", "market")
    default = model.run(draws=64, seed=1).values["emissions"]
    assert np.ptp(default) > 0
    for green in (
        model.run(draws=64, seed=1, scenario="green"),
        model.switched(accounting="market").run(draws=64, seed=1),
        load(
            '[switches]\naccounting = { choices = ["location", "market"], default = "market" }\n'
            + text
        ).run(draws=64, seed=1),
    ):
        np.testing.assert_allclose(green.values["emissions"], 20.0, rtol=1e-12)
        assert any("accounting = market" in note for note in green.notes)


def test_a_choice_is_no_draw(load: Any) -> None:
    """The other inputs keep their draws, and what is not chosen is not drawn."""
    model = load(AIR)
    average, marginal = (
        model.switched(intensity=choice).run(draws=64, seed=1) for choice in ("average", "marginal")
    )
    ratio = marginal.values["emissions"] / average.values["emissions"]
    assert ((ratio > 0.8) & (ratio < 2.5)).all()
    assert not any("marginal_over_average" in note for note in average.notes)
    assert any("marginal_over_average" in note for note in marginal.notes)


def test_market_without_a_contract_is_refused_everywhere(load: Any) -> None:
    fix = "Write contract = … below [use.air]."
    with pytest.raises(ModelError, match="a figure for it is missing") as caught:
        load(AIR).switched(accounting="market")
    assert caught.value.problems[0].fix == fix
    with pytest.raises(ModelError) as caught:
        load(AIR + '\n[scenarios.green]\naccounting = "market"\n')
    assert caught.value.problems[0].fix == fix
    with pytest.raises(ModelError) as caught:
        load(
            '[switches]\naccounting = { choices = ["location", "market"], default = "market" }\n'
            + AIR
        )
    assert caught.value.problems[0].fix == fix


@pytest.mark.parametrize(
    ("choices", "said"),
    [({"acounting": "market"}, "did you mean accounting"), ({"intensity": "margin"}, "marginal")],
)
def test_what_cannot_be_chosen(load: Any, choices: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        load(AIR).switched(**choices)


def test_a_model_without_switches_has_none(load: Any) -> None:
    with pytest.raises(UsageError, match="has no switches"):
        load("[inputs]\nx = 5\n").switched(accounting="market")


def test_owning_and_renting(load: Any) -> None:
    text = """
[use.bill]
fragment = "compute_cost"
accelerator_hours = "1000 gpu*hour"
price = 3
purchase = 30000
server_overhead = 1.6
interconnect_share = 0.2
life = "2 year"
occupancy = 0.5
energy = "1000 kWh"
electricity = 0.1
commitment_1_year = 0.7
spot = 0.3
[outputs]
cost = "bill_cost"
"""
    model = load(text)

    def cost(**choices: str) -> float:
        return float(model.switched(**choices).run(draws=4).values["cost"][0])

    assert cost() == 3000
    assert cost(terms="commitment_1_year") == pytest.approx(2100)
    assert cost(terms="spot") == pytest.approx(900)
    owned = 1000 * 30000 * 1.6 / 0.8 / (2 * 365.25 * 24 * 0.5) + 100
    assert cost(costing="own") == pytest.approx(owned, rel=1e-12)


def test_water_and_embodied_and_money_of_carbon(load: Any) -> None:
    text = """
[use.wet]
fragment = "water"
it_energy = "1000 kWh"
pue = 1.2
onsite = 0.5
offsite = { from = "water/wue_offsite[FR]" }
[use.chips]
fragment = "embodied"
accelerator_hours = "1000 gpu*hour"
per_hour = 20
[use.money]
fragment = "carbon_price"
emissions = "2 tCO2e"
social_cost = 190
price = 70
[use.answers]
fragment = "inference_energy_per_thousand"
inferences = "5e6 inference"
per_thousand = 0.002
[outputs]
water = "wet_water"
embodied = "chips_emissions"
damage = "money_damage"
bill = "money_carbon_bill"
answers = "answers_energy"
"""
    found = {name: float(x[0]) for name, x in load(text).run(draws=4).values.items()}
    assert found["water"] == pytest.approx(1000 * (0.5 + 1.2 * 3.6740), rel=1e-3)
    assert found["embodied"] == pytest.approx(20)
    assert (found["damage"], found["bill"]) == (pytest.approx(380), pytest.approx(140))
    assert found["answers"] == pytest.approx(10)


# -- published figures, notes ----------------------------------------------------------------------


def test_a_published_figure_or_range(load: Any) -> None:
    text = '[outputs]\na = { formula = "1", published = 5 }\n'
    text += 'b = { formula = "1", published = [1, 2] }\n'
    assert load(text).published == {"a": (5.0,), "b": (1.0, 2.0)}
    with pytest.raises(ModelError, match="a figure or a range"):
        load('[outputs]\na = { formula = "1", published = [2, 1] }\n')


PUE = """
[inputs]
pue = { from = "energy/pue[hyperscale]" }
datacentre = { from = "energy/gpu_to_datacentre" }
it = { value = 5, unit = "kWh" }
[outputs]
"""


@pytest.mark.parametrize(
    ("formula_", "twice"),
    [
        ("it * pue * datacentre", True),
        ("it * pue * pue", True),
        ("(it + 1 kWh) * pue + it * pue", False),
        ("(it * pue + it) * max(datacentre, 1)", True),
        ("it * pue / datacentre", False),
        ("it * pue / pue * datacentre", False),
        ("it * (0.5 + pue * 3)", False),
        ("it * (pue if it > 1 kWh else datacentre)", False),
    ],
)
def test_an_overhead_that_is_counted_twice(load: Any, formula_: str, twice: bool) -> None:
    notes = load(f'{PUE}energy = "{formula_}"\n').plan().notes
    assert any("more than once" in note for note in notes) == twice


@pytest.mark.parametrize("times", ["* pue", "/ 1"])
def test_an_energy_per_prompt_has_its_overhead_already(load: Any, times: str) -> None:
    text = '[use.serve]\nfragment = "inference_energy"\nprompts = 1e6\n'
    text += "[inputs]\npue = { pert = { low = 1.05, mode = 1.1, high = 1.2 } }\n"
    text += f'[outputs]\nenergy = "serve_energy {times}"\n'
    notes = load(text).plan().notes
    assert any("(serve_per_prompt and pue)" in note for note in notes) == (times == "* pue")


def test_only_the_first_formula_is_blamed(load: Any) -> None:
    text = f'{PUE}b = "a * 2"\na = "it * pue * datacentre"\n'
    notes = [note for note in load(text).plan().notes if "more than once" in note]
    assert len(notes) == 1
    assert "in a more" in notes[0]


def test_no_shipped_system_counts_an_overhead_twice() -> None:
    from simcost.modelfile import shipped_systems

    for path in shipped_systems().values():
        assert not any("more than once" in note for note in simcost.load(str(path)).plan().notes)


# -- what the figures rest on ----------------------------------------------------------------------


GUESSES = """
[switches]
accounting = ["location", "market"]
[inputs]
energy = { uniform = { low = 1, high = 2 }, unit = "kWh" }
grid = { value = 400, unit = "gCO2e/kWh", basis = "judgement" }
contract = { value = 0, unit = "gCO2e/kWh", basis = "judgement" }
unused = { value = 3, basis = "judgement" }
[quantities]
factor = { switch = "accounting", location = "grid", market = "contract" }
[outputs]
emissions = "energy * factor"
[scenarios.green]
accounting = "market"
"""


@pytest.mark.parametrize(("scenario", "guess"), [("", "grid"), ("green", "contract")])
def test_only_judgements_behind_the_choices_made_are_named(
    load: Any, scenario: str, guess: str
) -> None:
    (note,) = [one for one in load(GUESSES).plan(scenario).notes if "judgement" in one]
    assert note == f"rests on judgement: {guess}"


def test_a_fixed_judgement_of_a_model_in_python_is_named() -> None:
    model = simcost.Model("guessed")
    model.input("x", simcost.uniform(low=0, high=1))
    size = model.input("size", 3.0, basis="judgement")
    model.input("other", 4.0, basis="judgement")
    model.output("y", size * 2)
    assert "rests on judgement: size" in model.plan().notes
