"""One name is one draw: what may change the numbers of a run, and what may not."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest

import simcost
from simcost.families import FAMILIES, build

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"
DESIGNS = ("random", "sobol", "lhs")
UNRELATED = ("unrelated", {"gamma": {"shape": 2, "scale": 3}})
THREE = (
    ("a", {"normal": {"mean": 1, "sd": 2}}),
    ("b", {"lognormal": {"median": 3, "gsd": 2}}),
    ("c", {"pert": {"low": 1, "mode": 2, "high": 7}}),
)


def of_inputs(*inputs, **renamed):
    """A model that reports each of its inputs and their product."""
    model = simcost.Model("inputs")
    made = [model.input(renamed.get(name, name), table) for name, table in inputs]
    for (name, _), expression in zip(inputs, made, strict=True):
        model.output(f"{name}_drawn", expression)
    model.output("product", np.prod(made))
    return model


def everything():
    """Every family in every elicitation, stages, correlation: each as an output of its own."""
    model = simcost.Model("everything", currency="USD")
    drawn = []
    for family in FAMILIES.values():
        for number, example in enumerate(family.examples):
            if "csv" in example:
                continue  # needs a file beside the model
            name = f"{family.name}_{number}"
            drawn.append(model.input(name, build({family.name: dict(example)})))
            model.output(f"{name}_drawn", drawn[-1])
    cut = {"normal": {"mean": 5, "sd": 3}, "within": [1, 6]}
    model.input("cut", cut)
    chance = model.input("chance", {"beta": {"alpha": 2, "beta": 5}})
    months = model.input("months", {"lognormal": {"p10": 1, "p90": 4}}, unit="month")
    model.correlate("lognormal_0", "normal_0", spearman=0.6)
    model.correlate("normal_0", "months", spearman=-0.3)
    model.correlate("cut", "uniform_0", latent=0.5, copula="t", df=4)
    for stage in "data", "research":
        model.stage(
            stage,
            cost=1000.0,
            duration=months,
            failure=chance,
            spent_at_failure={"uniform": {"low": 0.2, "high": 1}},
            salvage=0.1,
        )
    model.output("mixed", np.exp(-np.abs(drawn[0])) + np.sqrt(np.abs(drawn[1])) * drawn[2] % 7)
    return model


def same(first, second, names):
    return all(np.array_equal(first.values[name], second.values[name]) for name in names)


@pytest.mark.parametrize("design", DESIGNS)
def test_x_less_x_is_zero_and_a_square_is_never_negative(design):
    model = simcost.Model("identities")
    x = model.input("x", {"normal": {"mean": 0, "sd": 1}})
    model.input("y", {"student_t": {"df": 3}})
    model.output("nothing", x - x)
    model.output("square", x * x)
    model.output("nothing_else", "x + y - y - x + (y - y)")
    values = model.run(draws=4096, design=design).values
    assert not values["nothing"].any()
    assert values["square"].min() >= 0
    np.testing.assert_allclose(values["nothing_else"], 0, atol=1e-12)


@pytest.mark.parametrize(
    ("design", "place"), [*itertools.product(("random", "lhs"), (0, 1, 3)), ("sobol", 3)]
)
def test_an_unrelated_input_changes_no_other_number(design, place):
    inputs = list(THREE)
    before = of_inputs(*inputs).run(draws=2048, seed=5, design=design)
    inputs.insert(place, UNRELATED)
    after = of_inputs(*inputs).run(draws=2048, seed=5, design=design)
    assert same(before, after, ["a_drawn", "b_drawn", "c_drawn"])
    assert not np.array_equal(before.values["product"], after.values["product"])


def test_the_order_of_inputs_changes_nothing():
    runs = [of_inputs(*order).run(draws=2048, seed=5) for order in itertools.permutations(THREE)]
    assert all(same(runs[0], run, ["a_drawn", "b_drawn", "c_drawn"]) for run in runs)


@pytest.mark.parametrize("design", DESIGNS)
def test_renaming_an_input_changes_its_draws_only(design):
    before = of_inputs(*THREE).run(draws=2048, design=design)
    after = of_inputs(*THREE, b="b_by_another_name").run(draws=2048, design=design)
    assert same(before, after, ["a_drawn", "c_drawn"])
    differ = before.values["b_drawn"] != after.values["b_drawn"]
    assert differ.mean() > 0.99


@pytest.mark.parametrize("design", DESIGNS)
def test_more_draws_keep_the_first_ones(design):
    model = everything()
    short, long = (model.run(draws=draws, seed=3, design=design) for draws in (1024, 5000))
    assert short.meta.draws == 1024
    assert long.meta.draws >= 5000
    for name in short.outputs:
        assert np.array_equal(short.values[name], long.values[name][:1024]), name


def test_threads_segments_and_engines_give_one_digest():
    model = everything()
    digests = {
        (engine, segment, threads): model.run(
            draws=70_001, seed=9, engine=engine, segment=segment, threads=threads
        ).digest
        for engine in ("machine", "interpreter")
        for segment, threads in [
            *itertools.product((4096,), (1, 2, 3, 7)),
            (1000, 7),
            (1000, 2),
            (65_536, 1),
            (65_536, 3),
        ]
    }
    assert len(set(digests.values())) == 1, digests


@pytest.mark.parametrize("design", DESIGNS)
def test_both_engines_give_one_digest_in_every_design(design):
    runs = [
        everything().run(draws=4096, design=design, engine=engine)
        for engine in ("machine", "interpreter")
    ]
    assert runs[0].digest == runs[1].digest


def test_seed_zero_is_a_seed():
    model = of_inputs(*THREE)
    zero, again, one = (model.run(draws=1024, seed=seed) for seed in (0, 0, 1))
    assert zero.digest == again.digest == model.run(draws=1024).digest
    assert all((zero.values[name] != one.values[name]).mean() > 0.99 for name in zero.outputs)


def test_large_seeds_are_all_different():
    model = of_inputs(*THREE)
    seeds = (0, 1, 2**31, 2**32, 2**32 + 1, 2**62, 2**63 - 1)
    assert len({model.run(draws=16, seed=seed).digest for seed in seeds}) == len(seeds)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_scenario_shares_every_unchanged_draw(design):
    model = of_inputs(*THREE)
    model.scenario("high_b", b={"percentiles": [80, 100]})
    model.scenario("dear_b", b={"scale": 2})
    model.scenario("fixed_a", a={"value": 1})
    base = model.run(draws=2048, design=design)
    high, dear, fixed = (
        model.run(draws=2048, design=design, scenario=name)
        for name in ("high_b", "dear_b", "fixed_a")
    )
    assert same(base, high, ["a_drawn", "c_drawn"])
    assert same(base, dear, ["a_drawn", "c_drawn"])
    # A fixed input has no stream, and still does not move the others.
    assert same(base, fixed, ["b_drawn", "c_drawn"])
    np.testing.assert_allclose(dear.values["b_drawn"], 2 * base.values["b_drawn"], rtol=1e-12)
    # The same chance in a narrower band: the order of outcomes is the same.
    assert np.array_equal(np.argsort(high.values["b_drawn"]), np.argsort(base.values["b_drawn"]))


@pytest.mark.parametrize("order", [THREE, THREE[::-1]], ids=["written", "reversed"])
def test_the_order_of_correlated_inputs_changes_nothing(order):
    written, other = of_inputs(*THREE), of_inputs(*order)
    for model in written, other:
        model.correlate("a", "b", spearman=0.6)
        model.correlate("b", "c", spearman=-0.4)
    runs = [model.run(draws=1024) for model in (written, other)]
    assert same(*runs, ["a_drawn", "b_drawn", "c_drawn"])


@pytest.mark.parametrize("fixed", ["a", "b"])
def test_fixing_an_input_leaves_its_correlated_partner_alone(fixed):
    model = of_inputs(*THREE)
    model.correlate("a", "b", spearman=0.6)
    model.scenario("fixed", **{fixed: {"value": 1}})
    base, changed = (model.run(draws=1024, scenario=name) for name in ("", "fixed"))
    partner = {"a": "b_drawn", "b": "a_drawn"}[fixed]
    assert same(base, changed, [partner, "c_drawn"])


@pytest.mark.parametrize("change", [{"scale": 2}, {"shift": 1}, {"percentiles": [80, 100]}])
def test_changing_an_input_leaves_its_correlated_partner_alone(change):
    model = of_inputs(*THREE)
    model.correlate("a", "b", spearman=0.6)
    model.scenario("changed", a=change)
    base, changed = (model.run(draws=1024, scenario=name) for name in ("", "changed"))
    assert same(base, changed, ["b_drawn", "c_drawn"])


def test_a_scenario_of_a_staged_model_fails_in_the_same_outcomes():
    model = simcost.load(ROOT / "tests" / "models" / "staged.toml")
    base, slow = (model.run(draws=4096, scenario=name) for name in ("", "slow"))
    assert same(base, slow, ["succeeded", "failed_stage", "duration"])
    assert (slow.values["labelling"] > base.values["labelling"]).mean() > 0.99


@pytest.mark.parametrize(
    ("python", "environment"),
    [
        ((), {}),
        (("-X", "dev"), {"PYTHONHASHSEED": "1"}),
        (("-O",), {"PYTHONHASHSEED": "2", "OMP_NUM_THREADS": "1", "LC_ALL": "C"}),
    ],
    ids=["plain", "dev", "optimised"],
)
def test_every_process_gives_the_same_digest(simcost_process, python, environment):
    arguments = ("run", "examples/ai_project.toml", "--draws", 2048, "--seed", 7, "--json")
    done = simcost_process(*arguments, python=python, **environment)
    assert done.code == 0, done.err
    here = simcost.load(EXAMPLES / "ai_project.toml").run(draws=2048, seed=7)
    assert json.loads(done.out)["digest"] == here.digest


# First outcomes of examples/quickstart.toml with seed 0. Values and not a digest: the tables are
# built with SciPy's special functions, whose last bits are those of the platform.
GOLDEN = {
    0: 88259.13781322108,
    1: 256463.22375882874,
    2: 203862.07588723133,
    3: 105164.93171989641,
    10: 68433.06478257048,
    100: 68098.65557830116,
    500: 237086.68276082535,
    999: 158601.71411487213,
}
GOLDEN_MEAN = 108959.86365799152


def test_the_quickstart_gives_the_numbers_it_always_gave():
    cost = simcost.load(EXAMPLES / "quickstart.toml").run(draws=1000, seed=0).values["cost"]
    np.testing.assert_allclose([cost[k] for k in GOLDEN], list(GOLDEN.values()), rtol=1e-10)
    assert cost.mean() == pytest.approx(GOLDEN_MEAN, rel=1e-10)
