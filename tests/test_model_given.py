"""Models declared in Python are checked as strictly as model files."""

from __future__ import annotations

import math

import numpy as np
import pytest

import simcost
from simcost.errors import ModelError, UnitError, UsageError
from simcost.model.given import change, number, restated, term

NOT_NUMBERS = [math.nan, math.inf, True, np.bool_(True), "5", [1], None, 10**400, 1j]


def model() -> simcost.Model:
    made = simcost.Model("x")
    made.input("a", simcost.uniform(low=1, high=2))
    made.input("b", simcost.normal(mean=0, sd=1))
    return made


@pytest.mark.parametrize("given", NOT_NUMBERS)
def test_what_is_no_number_is_refused_with_its_place(given):
    with pytest.raises(ModelError) as error:
        number(given, ("inputs", "x"))
    assert error.value.problems[0].path == ("inputs", "x")


@pytest.mark.parametrize("given", [3, 3.0, np.float64(3), np.int64(3), np.float32(3)])
def test_numbers_of_any_kind_are_numbers(given):
    assert number(given, ()) == 3.0


@pytest.mark.parametrize("given", [*NOT_NUMBERS[:6], {"uniform": {"low": 2, "high": 1}}])
def test_a_bad_input_is_refused_and_leaves_the_model_as_it_was(given):
    made = model()
    before = made.spec
    with pytest.raises(ModelError):
        made.input("c", given)
    assert made.spec is before


@pytest.mark.parametrize("name", ["", "1a", "a b", "if", 5, None, "a"])
def test_names_that_formulas_cannot_use_are_refused(name):
    with pytest.raises(ModelError):
        model().input(name, 1.0)


@pytest.mark.parametrize(
    "given",
    [
        {"percentiles": [50, 10]},
        {"percentiles": [0, 110]},
        {"percentiles": [0, 10, 20]},
        {"percentiles": 5},
        {"scale": 0},
        {"scale": -1},
        {"shift": math.nan},
        {"shift": "1"},
        {"shift": 1, "scale": 2},
        {"value": math.inf},
        {},
        None,
        "5",
    ],
)
def test_bad_changes_are_refused_where_they_are_declared(given):
    with pytest.raises(ModelError):
        model().scenario("s", a=given)


def test_changes_may_be_numbers_and_distributions():
    made = model()
    made.scenario("s", a=5, b=simcost.uniform(low=7, high=8))
    result = made.run(draws=100, scenario="s")
    assert set(result.values["a"]) == {5.0}
    assert result.values["b"].min() > 7


def test_the_family_of_percentiles_is_no_band():
    table = {"percentiles": {"p5": 1, "p25": 2, "p50": 3, "p75": 4}}
    assert change(table, ()).distribution is not None


@pytest.mark.parametrize(
    "given",
    [
        {"spearman": math.nan},
        {"spearman": 2.0},
        {"spearman": "0.5"},
        {},
        {"spearman": 0.1, "kendall": 0.1},
        {"kendall": 0.2, "copula": "t"},
        {"kendall": 0.2, "df": 3},
        {"kendall": 0.2, "copula": "t", "df": 0},
        {"kendall": 0.2, "copula": "t", "df": math.inf},
    ],
)
def test_bad_correlations_are_refused(given):
    with pytest.raises(ModelError):
        model().correlate("a", "b", **given)


def test_a_pair_is_correlated_once():
    made = model()
    made.correlate("a", "b", spearman=0.2)
    with pytest.raises(ModelError, match="twice"):
        made.correlate("b", "a", spearman=0.5)


@pytest.mark.parametrize("given", [*NOT_NUMBERS[:4], [1]])
def test_figures_of_stages_are_checked(given):
    with pytest.raises(ModelError) as error:
        model().stage("s", cost=given)
    assert error.value.problems[0].path == ("stages", 0, "cost")


def test_a_formula_is_left_for_later():
    assert term("a * 2", ()) == "a * 2"


def test_stages_do_not_take_over_an_output_of_the_same_name():
    made = model()
    made.output("cost", "a * 2")
    with pytest.raises(ModelError, match="by itself"):
        made.stage("s", cost=5)


def test_an_entry_asked_for_in_another_unit_is_restated_not_relabelled():
    made = simcost.Model("x")
    made.input("a", catalogue="labelling/label_rate")
    made.input("b", catalogue="labelling/label_rate", unit="sample/minute")
    a, b = (made.spec.inputs[name].distribution for name in "ab")
    assert b.mean() == pytest.approx(a.mean() / 60)
    with pytest.raises(ModelError, match="cannot convert"):
        made.input("c", catalogue="labelling/label_rate", unit="month")


def test_a_constant_is_restated_as_a_constant():
    restated_one = restated(simcost.build({"value": 2}), "hour", "minute", ())
    assert restated_one.mean() == 120


@pytest.mark.parametrize("name", ["hour", "Dollar"])
def test_a_currency_is_money(name, tmp_path):
    with pytest.raises(ModelError):
        simcost.Model("x", currency=name)
    path = tmp_path / "model.toml"
    path.write_text(f'[model]\ncurrency = "{name}"\n[inputs]\nx = 1\n')
    with pytest.raises(ModelError, match=r"model\.currency") as error:
        simcost.load(path)
    assert error.value.problems[0].line == 2


def test_errors_keep_their_class():
    with pytest.raises(UnitError):
        model().input("u", 1.0, unit="hoour")


@pytest.mark.parametrize(
    "settings",
    [
        {"draws": 1.5},
        {"draws": True},
        {"draws": 0},
        {"seed": "3"},
        {"seed": -1},
        {"threads": 0},
        {"segment": 1.5},
        {"quantiles": "10"},
        {"quantiles": []},
        {"quantiles": 100},
        {"design": "grid"},
        {"precision": "1%"},
        {"precision": 1},
        {"per": "month"},
    ],
)
def test_settings_that_make_no_sense_are_refused(settings):
    model = simcost.Model("settings")
    model.input("a", 3)
    model.output("b", "a * 2")
    with pytest.raises(UsageError):
        model.run(**settings)


def test_numpy_numbers_are_numbers():
    model = simcost.Model("settings")
    model.input("a", {"uniform": {"low": 0, "high": 1}})
    model.output("b", "a * 2")
    drawn = model.run(draws=np.int64(100), seed=np.int64(3), quantiles=50)
    assert drawn.digest == model.run(draws=100, seed=3).digest
    assert list(drawn.estimate("b").quantiles) == ["P50"]
    with pytest.raises(UsageError):
        model.replay(1.5)
