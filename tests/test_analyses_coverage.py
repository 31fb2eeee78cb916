"""How often 95% intervals hold the true value: a short look always, a long one when asked."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
import pytest
from scipy import stats

import simcost

NORMAL = (3.0, 2.0, 1.0)


def linear():
    model = simcost.Model("Linear")
    for k, sd in enumerate(NORMAL):
        model.input(f"x{k}", simcost.normal(mean=10, sd=sd))
    model.output("y", "x0 + x1 + x2")
    return model


def gated():
    """Skewed, with a gate: what cost looks like."""
    model = simcost.Model("Gated", currency="USD")
    model.input("work", simcost.lognormal(median=100, gsd=1.6), unit="USD")
    model.stage("data", cost="work", failure=0.3, spent_at_failure=0.5)
    model.stage("rest", cost=simcost.uniform(low=0, high=200))
    return model


def linear_truths(analysis):
    sd = math.sqrt(sum(s * s for s in NORMAL))
    z = stats.norm.ppf(0.8)
    analysis = {"inputs": "items", "tail inputs": "tail"}.get(analysis, analysis)
    return {
        "conditional": [2 * 1.754983 * s for s in NORMAL],
        "regression": [s / sd for s in NORMAL],
        "rank": [6 / math.pi * math.asin(s / sd / 2) for s in NORMAL],
        "first": [(s / sd) ** 2 for s in NORMAL],
        "shapley": [(s / sd) ** 2 for s in NORMAL],
        "total": [(s / sd) ** 2 for s in NORMAL],
        "items": [s * s / sd * z for s in NORMAL],
        "tail": [s * s / sd * stats.norm.pdf(z) / 0.2 for s in NORMAL],
    }[analysis]


ASKED = {
    "conditional": lambda run: (run.tornado("y"), "effect"),
    "regression": lambda run: (run.tornado("y", method="regression"), "effect"),
    "rank": lambda run: (run.tornado("y", method="rank"), "effect"),
    "first": lambda run: (run.sensitivity("y", walks=0), "first"),
    "shapley": lambda run: (run.sensitivity("y", walks=8192), "shapley"),
    "total": lambda run: (run.sensitivity("y", walks=8192), "total"),
    "items": lambda run: (run.contingency("y"), "contribution"),
    "tail": lambda run: (run.contingency("y", target="CVaR80"), "contribution"),
    "inputs": lambda run: (run.contingency("y", by="inputs"), "contribution"),
    "tail inputs": lambda run: (
        run.contingency("y", target="CVaR80", by="inputs"),
        "contribution",
    ),
}


def held(model, ask, truths, seeds, draws, names=None, **settings):
    """The share of intervals that hold their truth."""
    hits = []
    for seed in range(seeds):
        data, key = ask(model.run(draws=draws, seed=seed, **settings))
        main = "item" if "item" in data.sizes else "input"
        for name, truth in zip(names or [f"x{k}" for k in range(3)], truths, strict=True):
            one = data.sel({main: name})
            hits.append(float(one[f"{key}_lower"]) <= truth <= float(one[f"{key}_upper"]))
    return float(np.mean(hits))


@pytest.mark.parametrize("analysis", ASKED)
def test_intervals_hold_the_truth_in_a_short_look(analysis):
    # 60 intervals, not all independent: 0.95 within about three standard errors
    share = held(linear(), ASKED[analysis], linear_truths(analysis), 20, 6000)
    assert share >= 0.85, analysis


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol"])
@pytest.mark.parametrize("analysis", ASKED)
def test_intervals_hold_the_truth(analysis, design):
    share = held(linear(), ASKED[analysis], linear_truths(analysis), 120, 8192, design=design)
    # of a balanced design the conditional ones are wider than need be
    wide = design != "random" and analysis not in ("items", "tail", "inputs", "tail inputs")
    assert 0.915 <= share <= (1.0 if wide else 0.985), (analysis, share)


@pytest.mark.slow
def test_intervals_hold_the_truth_of_a_skewed_cost_with_a_gate():
    model, names = gated(), ["work", "data.gate", "rest.cost"]
    whole = model.run(draws=2_000_000, seed=10_000)
    ask = {
        "effect": lambda run: (run.tornado("cost", statistic="P90"), "effect"),
        "first": lambda run: (run.sensitivity("cost", walks=0), "first"),
    }
    for key, question in ask.items():
        data, _ = question(whole)
        truths = [float(data[key].sel(input=name)) for name in names]
        share = held(model, question, truths, 80, 16_384, names)
        assert 0.9 <= share <= 0.99, (key, share)


def coupled():
    model = simcost.Model("Coupled")
    for k, sd in enumerate(NORMAL):
        model.input(f"x{k}", simcost.normal(mean=10, sd=sd))
    model.correlate("x0", "x1", latent=0.6)
    model.output("cost", "x0 + x1 + x2")
    return model


def heavy():
    model = simcost.Model("Heavy")
    for k, gsd in enumerate((2.2, 1.8, 1.4)):
        model.input(f"x{k}", simcost.lognormal(median=10, gsd=gsd))
    model.output("cost", "x0 + x1 + x2")
    return model


@pytest.mark.slow
@pytest.mark.parametrize("design", ["random", "sobol", "lhs"])
@pytest.mark.parametrize("target", ["P80", "CVaR80"])
@pytest.mark.parametrize("make", [gated, coupled, heavy])
def test_contributions_hold_the_truth(make, target, design):
    model = make()
    whole = model.run(draws=2_000_000, seed=10_000)
    for by in ("items", "inputs"):
        truth = whole.contingency("cost", target=target, by=by)
        names = [str(name) for name in truth["item"].values]
        truths = [float(truth["contribution"].sel(item=name)) for name in names]
        ask = partial(
            lambda by, run: (run.contingency("cost", target=target, by=by), "contribution"), by
        )
        share = held(model, ask, truths, 120, 8192, names, design=design)
        # Parts of one sum miss together: three standard errors are 0.06 for two of them. A gate
        # that 1 in 1,000 outcomes at P80 has failed is given more than it needs.
        assert 0.89 <= share <= 0.99, (by, share)


def test_a_level_that_is_not_met_at_the_target_still_has_an_error():
    # 1 in 1,000 outcomes at P80 has failed: of the 82 that are looked at hardly ever one
    run = gated().run(draws=8192, design="sobol")
    gate = run.contingency("cost", by="inputs").sel(item="data.gate")
    half = float(gate["contribution_upper"] - gate["contribution"])
    means = run.tornado("cost", method="gate").sel(input="data.gate")
    assert half >= 0.9 * 3 / 82 * abs(float(means["effect"])) > 0


@pytest.mark.parametrize("target", ["P80", "CVaR80"])
def test_a_sum_shows_no_interactions_in_a_balanced_design(target):
    held_zero = []
    for seed in range(12):
        run = linear().run(draws=8192, seed=seed, design="sobol")
        rest = run.contingency("y", target=target, by="inputs").sel(item="interactions")
        held_zero.append(
            float(rest["contribution_lower"]) <= 0 <= float(rest["contribution_upper"])
        )
    assert np.mean(held_zero) > 0.7  # without what bins hide, none does for CVaR80


@pytest.mark.slow
def test_shapley_effects_of_coupled_inputs_hold_the_truth():
    model = simcost.Model("Coupled")
    for k, sd in enumerate((1, 1, 2)):
        model.input(f"x{k}", simcost.normal(mean=0, sd=sd))
    model.correlate("x1", "x2", latent=0.5)
    model.output("y", "x0 + x1 + x2")
    for key, truths in (
        ("shapley", (0.125, 0.296875, 0.578125)),
        ("total", (0.125, 0.09375, 0.375)),
    ):
        ask = partial(lambda key, run: (run.sensitivity("y", walks=8192), key), key)
        share = held(model, ask, truths, 100, 2000)
        assert 0.9 <= share <= 0.99, (key, share)


def test_a_wrong_truth_is_noticed():
    truths = [1.1 * value for value in linear_truths("conditional")]
    assert held(linear(), ASKED["conditional"], truths, 10, 20_000) < 0.5
