"""Units of stages, retries that need a cap, problems of scenarios, stressed correlations."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

import simcost
from simcost.cli import cli
from simcost.dependence.measures import spearman_of_t
from simcost.errors import ModelError, UsageError


def load(tmp_path, text):
    path = tmp_path / "model.toml"
    path.write_text(text)
    return simcost.load(path)


@pytest.mark.parametrize("costs", [("10", '"5 USD"'), ('"5 USD"', "10")])
def test_the_order_of_stages_does_not_decide_whether_a_number_is_money(tmp_path, costs):
    stages = (f'[[stages]]\nname = "{i}"\ncost = {cost}\n' for i, cost in enumerate(costs))
    result = load(tmp_path, "".join(stages)).run(draws=10)
    assert (result.units["cost"], result.mean("cost").value) == ("USD", 15.0)


def test_nothing_needs_no_unit(tmp_path):
    text = '[[stages]]\nname = "a"\ncost = "5 USD"\n[[stages]]\nname = "b"\ncost = "0"\n'
    assert load(tmp_path, text).run(draws=10).mean("cost").value == 5.0


def test_a_cost_in_hours_is_told_what_to_come_to(tmp_path):
    text = '[model]\ncurrency = "USD"\n[[stages]]\nname = "a"\ncost = "5 hour"\n'
    with pytest.raises(ModelError, match="come out in USD"):
        load(tmp_path, text)


@pytest.mark.parametrize(
    ("inputs", "failures", "what"),
    [
        ("p = { beta = { alpha = 3, beta = 2 } }", ["p"], "variance"),
        ("p = { beta = { alpha = 2, beta = 3 } }", ["1 - p"], "variance"),
        ("p = { beta = { alpha = 2, beta = 3 } }", ["p", "p"], "variance"),
        ("p = { beta = { alpha = 3, beta = 1 } }", ["p"], "mean"),
        ("p = { bernoulli = { p = 0.1 } }", ["p"], "mean"),
        ("p = 1", ["p"], "mean"),
        ("p = { beta = { alpha = 2, beta = 3 } }", ["p"], None),
        ("p = { uniform = { low = 0, high = 0.9 } }", ["p", "p"], None),
        ("p = 0.5", ["p"], None),
    ],
)
def test_retries_without_mean_or_variance_need_a_cap(tmp_path, inputs, failures, what):
    stages = (
        f'[[stages]]\nname = "{i}"\ncost = 1\nfailure = "{failure}"\n'
        for i, failure in enumerate(failures)
    )
    model = load(tmp_path, f"[inputs]\n{inputs}\n" + "".join(stages))
    if what is None:
        model.run(draws=100, per="success")
        return
    with pytest.raises(UsageError, match=f"no {what}"):
        model.run(draws=100, per="success")
    model.run(draws=100, per="success", cap=3)


def test_check_names_file_and_scenario_of_every_problem(tmp_path):
    path = tmp_path / "model.toml"
    path.write_text(
        "[inputs]\np = { beta = { alpha = 2, beta = 3 } }\n"
        '[[stages]]\nname = "a"\ncost = 1\nfailure = "p"\n'
        "[scenarios.one]\np = { shift = 0.5 }\n[scenarios.two]\np = { scale = 2 }\n"
    )
    result = CliRunner().invoke(cli, ["check", str(path)])
    assert isinstance(result.exception, ModelError)
    assert str(result.exception).count(str(path)) == 2
    assert "in scenario one" in str(result.exception)
    assert "in scenario two" in str(result.exception)


def test_a_change_that_cannot_be_made_is_found_on_loading(tmp_path):
    with pytest.raises(ModelError, match="no percentiles") as error:
        load(tmp_path, "[inputs]\nx = 1\n[scenarios.s]\nx = { percentiles = [0, 10] }\n")
    assert error.value.problems[0].line == 4


def test_a_stress_moves_no_draw_of_the_inputs_correlated_with_it(tmp_path):
    text = (
        "[inputs]\na = { lognormal = { mu = 0, sigma = 1 } }\n"
        "b = { lognormal = { mu = 0, sigma = 1 } }\n"
        '[[correlations]]\nbetween = ["a", "b"]\npearson = 0.9\n'
        "[scenarios.band]\na = { percentiles = [99, 100] }\n"
    )
    model = load(tmp_path, text)
    base, band = (model.run(draws=500, scenario=name) for name in ("", "band"))
    np.testing.assert_array_equal(base.values["b"], band.values["b"])


@pytest.mark.parametrize("df", [0.5, 1.0, 2.0, 2.9, 3.1, 8.0])
@pytest.mark.parametrize("rho", [0.3, 0.8])
def test_spearman_of_the_t_copula_against_simulation(df, rho):
    generator = np.random.default_rng(1)
    own, first, second = generator.chisquare(df, (3, 400_000))
    sample = np.arcsin(rho * np.sqrt(first / (own + first) * (second / (own + second))))
    error = 6 / np.pi * sample.std() / np.sqrt(sample.size)
    assert spearman_of_t(rho, df) == pytest.approx(6 / np.pi * sample.mean(), abs=5 * error)


def drawn(tmp_path, text, name="y", draws=2_000):
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    result = simcost.load(path).run(draws=draws)
    return result.values[name], result.units[name]


def test_a_unit_beside_from_converts_the_entry(tmp_path):
    plain, _ = drawn(tmp_path, '[inputs]\ny = { from = "labelling/label_rate" }\n')
    daily, unit = drawn(
        tmp_path, '[inputs]\ny = { from = "labelling/label_rate", unit = "sample/day" }\n'
    )
    assert unit == "sample/day"
    assert np.allclose(daily, 24 * plain, rtol=1e-12)


def test_a_window_beside_from_is_in_the_unit_stated(tmp_path):
    entry = 'from = "labelling/label_rate", unit = "sample/day", within = [130, 200]'
    text = f"[inputs]\ny = {{ {entry} }}\n"
    values, _ = drawn(tmp_path, text)
    assert 130 <= values.min() < 131
    assert 199 < values.max() <= 200


def test_a_unit_of_another_dimension_beside_from_is_refused(tmp_path):
    with pytest.raises(ModelError, match="cannot convert sample/hour to month"):
        drawn(tmp_path, '[inputs]\ny = { from = "labelling/label_rate", unit = "month" }\n')


def test_an_output_names_each_dimension_once(tmp_path):
    text = '[inputs]\nwage = { value = 20, unit = "USD/hour" }\n[outputs]\ny = "wage * 1 day"\n'
    values, unit = drawn(tmp_path, text, draws=1)
    assert (values[0], unit) == (480.0, "USD")


def test_a_quantity_may_be_a_number(tmp_path):
    values, _ = drawn(tmp_path, "[quantities]\nk = 5\n[outputs]\ny = 'k * 2'\n", draws=1)
    assert values[0] == 10.0


def test_a_model_without_a_name_is_called_after_its_file(tmp_path):
    assert load(tmp_path, "[outputs]\ny = 1\n").name == "model"
    path = tmp_path / "plan_b.toml"
    path.write_text("[outputs]\ny = 1\n")
    assert simcost.load(path).name == "plan_b"
