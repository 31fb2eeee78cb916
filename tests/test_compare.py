"""Two versions of a model: what is said to differ, and shares that add up."""

from __future__ import annotations

import json
from itertools import permutations

import numpy as np
import pytest
from scipy.special import ndtri

import simcost
from simcost.analyses._changes import differences
from simcost.analyses._influence import Statistic, estimate
from simcost.analyses._mixed import between
from simcost.analyses.compare import compare
from simcost.errors import UsageError
from simcost.model import Model
from simcost.modelfile import parse

BEFORE = """
[model]
name = "Labelling"
currency = "USD"
[inputs]
samples = { lognormal = { p10 = 2e4, p90 = 1.2e5 }, unit = "sample" }
rate = { uniform = { low = 5, high = 10 }, unit = "sample/hour" }
wage = { pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour" }
spare = 5
[quantities]
hours = "samples / rate"
[[stages]]
name = "data"
cost = "hours * wage"
failure = 0.2
[[stages]]
name = "pilot"
cost = 20000
[[correlations]]
between = ["samples", "wage"]
spearman = 0.2
"""
AFTER = (
    BEFORE.replace("p90 = 1.2e5", "p90 = 1.5e5")
    .replace("mode = 12", "mode = 14")
    .replace("spare = 5", "qa = { uniform = { low = 0, high = 0.2 } }")
    .replace("samples / rate", "samples / rate * (1 + qa)")
    .replace("failure = 0.2", "failure = 0.1")
    .replace('name = "pilot"', 'name = "training"\ncost = 5000\n[[stages]]\nname = "pilot"')
    .replace("spearman = 0.2", "spearman = 0.5")
)  # fmt: skip


def made(text):
    spec, problems = parse(text)
    assert problems == []
    return Model.from_spec(spec)


def test_everything_that_differs_is_said_and_nothing_else():
    found = {
        (one.kind, one.name): one.words for one in differences(made(BEFORE).spec, made(AFTER).spec)
    }
    assert set(found) == {
        ("input", "samples"), ("input", "wage"), ("input", "spare"), ("input", "qa"),
        ("quantity", "hours"), ("stage", "data"), ("stage", "training"),
        ("correlation", "samples and wage"),
    }  # fmt: skip
    assert found["stage", "data"] == "failure 0.2 → 0.1"
    assert found["input", "qa"].startswith("added: uniform")
    assert found["correlation", "samples and wage"] == "spearman 0.2 → spearman 0.5"
    assert found["quantity", "hours"] == '"samples / rate" → "samples / rate * (1 + qa)"'


def test_notes_sources_and_spaces_are_no_difference():
    other = BEFORE.replace("samples / rate", "samples  /  rate").replace(
        'unit = "sample" }', 'unit = "sample", note = "guess", basis = "judgement" }'
    )
    assert differences(made(BEFORE).spec, made(other).spec) == []


def test_all_changes_lead_from_one_version_to_the_other():
    before, after = made(BEFORE), made(AFTER)
    found = differences(before.spec, after.spec)
    for changes, end in (((), before), (found, after)):
        hybrid = Model.from_spec(between(before.spec, after.spec, changes))
        assert hybrid.plan().outputs["cost"] is end.plan().outputs["cost"]


def test_shares_add_up_to_the_change_and_agree_with_every_order():
    text = BEFORE.replace("p90 = 1.2e5", "p90 = 1.5e5").replace("mode = 12", "mode = 14")
    text = text.replace("failure = 0.2", "failure = 0.1")
    before, after = made(BEFORE), made(text)
    data = compare(before, after, draws=4000)
    change = float(data["value"].sel(version="change", quantile="P90"))
    assert float(data["contribution"].sum()) == pytest.approx(change, rel=1e-12)
    assert float(data["mean_contribution"].sum()) == pytest.approx(float(data["mean"][2]), rel=1e-9)

    changes = [one for one in differences(before.spec, after.spec) if one.effect]
    asked = Statistic("quantile", 90)

    def p90(chosen):
        model = Model.from_spec(between(before.spec, after.spec, chosen))
        return estimate(model.run(draws=4000).values["cost"], asked)

    gains = {one.label: [] for one in changes}
    for order in permutations(changes):
        for k, one in enumerate(order):
            gains[one.label].append(p90(order[: k + 1]) - p90(order[:k]))
    for name, gained in gains.items():
        share = float(data["contribution"].sel(attribution=name))
        assert share == pytest.approx(np.mean(gained), rel=1e-9, abs=1e-9)


def test_shares_of_a_product_of_lognormals_are_the_known_ones():
    """Log-mean changes alone: P90 goes from q to q e^(a+b), and each order is known exactly."""

    def model(first, second):
        new = Model("m")
        x = new.input("x", simcost.lognormal(mu=first, sigma=0.6))
        y = new.input("y", simcost.lognormal(mu=second, sigma=0.8))
        new.output("cost", x * y)
        return new

    data = compare(model(0, 0), model(0.3, 0.1), draws=100_000)
    q, a, b = np.exp(ndtri(0.9)), np.exp(0.3), np.exp(0.1)
    truth = {"x": q * (a - 1) * (1 + b) / 2, "y": q * (b - 1) * (1 + a) / 2}
    for name, share in truth.items():
        value, low, high = (
            float(data["contribution" + end].sel(attribution=name))
            for end in ("", "_lower", "_upper")
        )
        assert abs(value - share) < 1.6 * (high - low) / 2
        assert low < value < high


def test_many_changes_are_grouped_and_it_is_said():
    names = [f"x{k}" for k in range(10)]

    def model(factor):
        new = Model("many")
        xs = [new.input(name, simcost.uniform(low=0, high=factor * (k + 1)))
              for k, name in enumerate(names)]  # fmt: skip
        new.output("cost", sum(xs[1:], xs[0]))
        return new

    data = compare(model(1), model(1.5), draws=2000)
    assert data.sizes["attribution"] == 8
    assert data["attribution"].values[-1] == "3 together: x0, x1, x2"
    assert any("taken together" in note for note in data.attrs["notes"])
    change = float(data["value"].sel(version="change", quantile="P90"))
    assert float(data["contribution"].sum()) == pytest.approx(change, rel=1e-9)


def test_changes_that_only_make_sense_together_are_taken_together():
    euro = BEFORE.replace('wage = { pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour" }',
        'wage = { pert = { low = 7, mode = 11, high = 18 }, unit = "EUR/hour" }\n'
        'rate_of_exchange = { value = 1.1, unit = "USD/EUR" }')  # fmt: skip
    euro = euro.replace("hours * wage", "hours * wage * rate_of_exchange")
    euro = euro.replace("p90 = 1.2e5", "p90 = 1.5e5")
    data = compare(made(BEFORE), made(euro), draws=2000)
    assert set(data["attribution"].values) == {"samples", "2 together: wage, stage data"}
    assert any("together" in note for note in data.attrs["notes"])


def test_an_input_that_became_a_formula_is_all_one_change():
    text = BEFORE.replace('rate = { uniform = { low = 5, high = 10 }, unit = "sample/hour" }',
        'speed = { uniform = { low = 5, high = 10 }, unit = "sample/hour" }')  # fmt: skip
    text = text.replace("[quantities]", '[quantities]\nrate = "speed * 1.1"')
    data = compare(made(BEFORE), made(text), draws=2000)
    assert data.sizes["attribution"] == 1
    change = float(data["value"].sel(version="change", quantile="P90"))
    assert float(data["contribution"][0]) == pytest.approx(change)


def test_a_model_compared_with_itself_does_not_differ():
    data = compare(made(BEFORE), made(BEFORE), draws=1000, budget=1e5)
    assert data.sizes["difference"] == data.sizes["attribution"] == 0
    for name in ("value", "mean", "exceedance"):
        assert (data[name].sel(version="change") == 0).all()


def test_outputs_that_cannot_be_compared_are_refused():
    other = BEFORE.replace('currency = "USD"', 'currency = "EUR"').replace("USD", "EUR")
    with pytest.raises(UsageError, match="USD before and in EUR after"):
        compare(made(BEFORE), made(other))
    with pytest.raises(UsageError, match="no output is named"):
        compare(made(BEFORE), made(AFTER), "costs")


def test_the_command_says_what_changed_and_what_it_costs(simcost_cli, tmp_path):
    for name, text in (("a", BEFORE), ("b", AFTER)):
        (tmp_path / f"{name}.toml").write_text(text)
    paths = (tmp_path / "a.toml", tmp_path / "b.toml")
    done = simcost_cli("compare", *paths, "--draws", 1000, "--budget", 1e5)
    assert "failure 0.2 → 0.1" in done.out
    assert "stage training" in done.out
    assert max(map(len, done.out.split("\n"))) <= 100
    same = simcost_cli("compare", paths[0], paths[0])
    assert "compute the same" in same.out
    answer = json.loads(simcost_cli("compare", *paths, "--draws", 500, "--json").out)
    assert [row["version"] for row in answer["versions"]] == ["before", "after", "change"]
    assert {"kind", "name", "words"} < set(answer["differences"][0])
    assert simcost_cli("compare", paths[0], tmp_path / "c.toml").code == 74
