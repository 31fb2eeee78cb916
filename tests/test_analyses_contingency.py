"""Contributions to a contingency: closed forms, and sums that add up whatever the model."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import simcost
from simcost.analyses._euler import line_of, tail_of

STAGED = Path(__file__).parent / "models" / "staged.toml"
REFERENCE = Path(__file__).parent.parent / "benchmarks" / "reference.toml"

MEANS, SDS = (100, 60, 40, 20), (20, 18, 6, 10)
RHO = np.array([[1, 0.4, 0, 0], [0.4, 1, 0.2, 0], [0, 0.2, 1, 0], [0, 0, 0, 1]])


@pytest.fixture(scope="module")
def items():
    model = simcost.Model("Items")
    for k, (mean, sd) in enumerate(zip(MEANS, SDS, strict=True)):
        model.input(f"i{k}", simcost.normal(mean=mean, sd=sd), unit="USD")
    model.correlate("i0", "i1", latent=0.4)
    model.correlate("i1", "i2", latent=0.2)
    model.output("y", "i0 + i1 + i2 + i3", unit="USD")
    return model.run(draws=400_000)


def adds_up(data):
    total = float(data["contribution"].sum())
    scale = abs(float(data["target"])) + abs(float(data["base"]))
    assert total == pytest.approx(float(data["target"] - data["base"]), abs=1e-9 * scale)


def covers(data, truths, slack=1.6):
    for name, truth in truths.items():
        one = data.sel(item=name)
        half = float(one["contribution_upper"] - one["contribution_lower"]) / 2
        assert abs(float(one["contribution"]) - truth) <= slack * half, name


def exact(target):
    """Euler contributions of jointly normal items (Tasche 1999)."""
    covariance = RHO * np.outer(SDS, SDS)
    sd = math.sqrt(covariance.sum())
    z = stats.norm.ppf(0.8)
    factor = z if target == "P80" else stats.norm.pdf(z) / 0.2
    return {f"i{k}": row * factor / sd for k, row in enumerate(covariance.sum(axis=1))}


@pytest.mark.parametrize("target", ["P80", "CVaR80"])
def test_line_items_of_normals_contribute_what_theory_says(items, target):
    data = items.contingency("y", target=target)
    adds_up(data)
    covers(data, exact(target))
    published = {
        "P80": (13.2655, 11.9389, 1.4046, 2.4385),
        "CVaR80": (22.0636, 19.8572, 2.3361, 4.0558),
    }[target]
    assert [*exact(target).values()] == pytest.approx(published, abs=1e-3)
    goal = items.quantile("y", 80) if target == "P80" else items.cvar("y", 80)
    assert float(data["target"]) == pytest.approx(goal.value, rel=1e-12)
    assert float(data["base"]) == items.mean("y").value


@pytest.mark.parametrize("target", ["P80", "CVaR80"])
def test_inputs_of_a_sum_contribute_what_its_items_do(target):
    model = simcost.Model("Sum")
    for k, sd in enumerate((3, 2, 1)):
        model.input(f"i{k}", simcost.normal(mean=10, sd=sd))
    model.output("y", "i0 + i1 + i2")
    data = model.run(draws=400_000).contingency("y", by="inputs", target=target)
    adds_up(data)
    z = stats.norm.ppf(0.8)
    factor = z if target == "P80" else stats.norm.pdf(z) / 0.2
    truths = {f"i{k}": sd**2 / math.sqrt(14) * factor for k, sd in enumerate((3, 2, 1))}
    covers(data, truths)
    assert abs(float(data["contribution"].sel(item="interactions"))) < 0.05


def test_interactions_are_a_bar_of_their_own():
    model = simcost.Model("Product")
    for name in "abc":
        model.input(name, simcost.lognormal(median=10, gsd=1.5))
    model.output("y", "a * b + c")
    result = model.run(draws=200_000)
    data = result.contingency("y", by="inputs", target="CVaR90")
    adds_up(data)
    assert list(data["item"].values)[-1] == "interactions"
    assert float(data["contribution_lower"].sel(item="interactions")) > 0
    grouped = result.contingency("y", by="inputs", target="CVaR90", groups={"ab": ["a", "b"]})
    adds_up(grouped)
    together = sum(float(data["contribution"].sel(item=name)) for name in "ab")
    assert float(grouped["contribution"].sel(item="ab")) == pytest.approx(together)


def test_an_input_without_effect_contributes_nothing():
    model = simcost.Model("Null")
    model.input("x", simcost.exponential(mean=100))
    names = [f"z{k}" for k in range(20)]
    for name in names:
        model.input(name, simcost.uniform(low=0, high=1))
    model.output("y", "x + " + " + ".join(f"0 * {name}" for name in names))
    shown, held = [], []
    for seed in range(10):
        data = model.run(draws=20_000, seed=seed).contingency("y", by="inputs")
        noise = data.sel(item=names)
        inside = (noise["contribution_lower"] <= 0) & (noise["contribution_upper"] >= 0)
        held.append(float(inside.mean()))
        shown.append(float(noise["contribution"].sum()))
    assert np.mean(held) >= 0.9
    # an outcome is left out of the mean of its own bin: else 20 such inputs would take 6%
    gap = float(data["target"] - data["base"])
    assert abs(np.mean(shown)) < 0.035 * gap


def test_the_items_of_a_staged_cost_are_its_stages():
    result = simcost.load(STAGED).run(draws=50_000)
    data = result.contingency("cost")
    assert set(data["item"].values) == {"data", "research"}
    adds_up(data)
    for output in ("write_off", "duration", "emissions"):
        adds_up(result.contingency(output, target="P90"))


def test_salvage_is_taken_off_the_stage_that_it_is_of():
    model = simcost.Model("Salvage", currency="USD")
    model.input("price", simcost.lognormal(median=100, gsd=2), unit="USD")
    model.stage("data", cost="price", failure=0.5, salvage=0.4)
    model.stage("rest", cost=simcost.uniform(low=0, high=1e-6))
    data = model.run(draws=100_000).contingency("cost", target="P80")
    gap = float(data["target"] - data["base"])
    assert float(data["contribution"].sel(item="data")) == pytest.approx(gap, abs=1e-3)


def test_named_amounts_of_a_formula_are_its_items():
    data = simcost.load(REFERENCE).run(draws=50_000).contingency("cost")
    assert set(data["item"].values) == {"data_cost", "pilot_cost", "operation_cost"}
    adds_up(data)


def test_an_output_that_is_no_sum_is_one_item_and_says_so():
    model = simcost.Model("Product")
    for name in "ab":
        model.input(name, simcost.lognormal(median=10, gsd=1.5))
    model.output("y", "a * b")
    result = model.run(draws=20_000)
    data = result.contingency("y")
    assert list(data["item"].values) == ["y"]
    assert "no sum" in data.attrs["notes"][-1]
    # its error is that of P80 less the mean, which rise and fall together
    y, law = result.values["y"], stats.lognorm(math.log(1.5) * math.sqrt(2), scale=100)
    pulls = ((y > law.ppf(0.8)) - 0.2) / law.pdf(law.ppf(0.8)) - y
    half = 1.96 * pulls.std() / math.sqrt(len(y))
    found = float(data["contribution_upper"][0] - data["contribution_lower"][0]) / 2
    assert found == pytest.approx(half, rel=0.15)
    target = result.quantile("y", 80)
    assert found < 0.8 * (target.high - target.low) / 2


@pytest.mark.parametrize("by", ["items", "inputs"])
def test_the_base_can_be_the_estimate_at_the_medians(by):
    result = simcost.load(STAGED).run(draws=50_000)
    data = result.contingency("cost", base="medians", by=by)
    swing = result.tornado("cost", method="swing")
    assert float(data["base"]) == pytest.approx(float(swing["base"]))
    adds_up(data)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 1000),
    percent=st.floats(5, 95),
    atom=st.floats(0, 0.9),
    worst=st.booleans(),
)
def test_shares_add_up_for_any_items_with_atoms_too(seed, percent, atom, worst):
    rng = np.random.default_rng(seed)
    items_ = rng.lognormal(size=(3, 2000)) * (rng.random(2000) > atom)
    y = items_.sum(axis=0)
    quantile = float(np.quantile(y, percent / 100, method="inverted_cdf"))
    step = 1.0
    tail = tail_of(y, percent, quantile, step, worst=worst)
    shares = items_[:, tail.numbers] @ tail.weights
    assert tail.weights.sum() == pytest.approx(1)
    assert shares.sum() == pytest.approx(tail.target, abs=1e-9 * max(1, abs(tail.target)))
    line = line_of(tail, items_[:, tail.near])
    assert line.at.sum() == pytest.approx(quantile, abs=1e-9)
    # what outcomes add to the items adds up to what they add to the target
    together = tail.beyond(items_[:, tail.numbers], line).sum(axis=0)
    whole = tail.beyond(y[None, tail.numbers], line_of(tail, y[None, tail.near]))[0]
    assert np.allclose(together, whole, atol=1e-6 * max(1, abs(whole).max()))
    if worst:  # Rockafellar & Uryasev (2000)
        excess = np.maximum(y - quantile, 0).mean() / (1 - percent / 100)
        assert tail.target == pytest.approx(quantile + excess, rel=1e-9, abs=1e-12)
