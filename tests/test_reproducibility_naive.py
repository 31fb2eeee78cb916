"""Random small models agree with the same formulas written in NumPy, in both engines.

The inputs are outputs, too, so that NumPy can start from the same draws.
"""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import simcost
from simcost.designs import DESIGNS

DRAWS = 96
SEEDS = st.integers(0, 2**63 - 1)
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

LAWS = (
    {"uniform": {"low": -2, "high": 3}},
    {"normal": {"mean": 1, "sd": 2}},
    {"lognormal": {"median": 2, "gsd": 1.5}},
    {"triangular": {"low": -1, "mode": 0, "high": 5}},
    {"bernoulli": {"p": 0.3}},
    {"discrete": {"values": [-1, 0, 2.5], "weights": [1, 2, 3]}},
    {"poisson": {"mean": 3}},
    {"gamma": {"shape": 2, "scale": 1.5}},
    {"value": 1.25},
)
# Formula text with two places for operands, and the same in NumPy; all exact in floating point.
EXACT = {
    "({} + {})": np.add,
    "({} - {})": np.subtract,
    "({} * {})": np.multiply,
    "({} / (1 + abs({})))": lambda a, b: a / (1 + np.abs(b)),
    "min({}, {})": np.minimum,
    "max({}, {})": np.maximum,
    "({} % (1 + abs({})))": lambda a, b: np.remainder(a, 1 + np.abs(b)),
    "({} < {})": lambda a, b: np.less(a, b) * 1.0,
    "({} >= {})": lambda a, b: np.greater_equal(a, b) * 1.0,
    "sqrt(abs({} - {}))": lambda a, b: np.sqrt(np.abs(a - b)),
    "floor({} + {})": lambda a, b: np.floor(a + b),
    "round({} - {})": lambda a, b: np.rint(a - b),
    "where({0} > {1}, {0}, 2)": lambda a, b: np.where(a > b, a, 2.0),
    "(-{} if {} > 1 else 0.5)": lambda a, b: np.where(b > 1, -a, 0.5),
}
# These are simcost's own: the last bits may differ from NumPy's.
ROUNDED = {
    "exp(-abs({}))": lambda a: np.exp(-np.abs(a)),
    "log1p(abs({}))": lambda a: np.log1p(np.abs(a)),
    "sin({})": np.sin,
    "abs({}) ** 1.5": lambda a: np.abs(a) ** 1.5,
}


@st.composite
def formulas(draw, names):
    """Return the text of a formula and a function of the draws that computes it in NumPy."""
    leaf = st.one_of(st.sampled_from(names), st.floats(-9, 9).map(lambda x: round(x, 3)))
    grow = st.recursive(
        leaf,
        lambda inner: st.tuples(st.sampled_from(sorted(EXACT)), inner, inner),
        max_leaves=8,
    )
    return draw(grow)


def text_of(tree):
    if isinstance(tree, tuple):
        return tree[0].format(*map(text_of, tree[1:]))
    return tree if isinstance(tree, str) else f"({tree!r})"


def value_of(tree, drawn):
    if isinstance(tree, tuple):
        return EXACT[tree[0]](*(value_of(part, drawn) for part in tree[1:]))
    return drawn[tree] if isinstance(tree, str) else np.full(DRAWS, tree)


@st.composite
def models(draw):
    laws = draw(st.lists(st.sampled_from(LAWS), min_size=1, max_size=4))
    names = [f"x{i}" for i in range(len(laws))]
    trees = draw(st.lists(formulas(names), min_size=1, max_size=3))
    model = simcost.Model("random")
    for name, law in zip(names, laws, strict=True):
        model.output(f"{name}_drawn", model.input(name, law))
    for i, tree in enumerate(trees):
        model.quantity(f"q{i}", text_of(tree))
        model.output(f"y{i}", f"q{i}")
        for j, function in enumerate(ROUNDED):
            model.output(f"y{i}_{j}", function.format(f"q{i}"))
    return model, names, trees


@MANY
@given(models(), SEEDS, st.sampled_from(["random", "sobol", "lhs"]))
def test_a_random_model_is_its_formulas(made, seed, design):
    model, names, trees = made
    runs = [
        model.run(draws=DRAWS, seed=seed, design=design, engine=engine, segment=40)
        for engine in ("interpreter", "machine")
    ]
    assert runs[0].digest == runs[1].digest
    values = {name: array[:DRAWS] for name, array in runs[0].values.items()}
    drawn = {name: values[f"{name}_drawn"] for name in names}
    for i, tree in enumerate(trees):
        expected = value_of(tree, drawn)
        np.testing.assert_array_equal(values[f"y{i}"], expected, err_msg=text_of(tree))
        for j, function in enumerate(ROUNDED.values()):
            np.testing.assert_allclose(
                values[f"y{i}_{j}"], function(expected), rtol=1e-14, atol=1e-300
            )


@MANY
@given(models(), st.integers(0, DRAWS - 1), SEEDS)
def test_a_replayed_outcome_is_that_of_the_batch(made, outcome, seed):
    model, *_ = made
    result = model.run(draws=DRAWS, seed=seed, engine="machine")
    trace = model.replay(outcome, seed=seed)
    assert {name: trace.values[name] for name in result.outputs} == result.outcome(outcome)


SHARE = st.floats(0, 1).map(lambda x: round(x, 3))
STAGES = st.lists(st.tuples(st.floats(0, 100), SHARE, SHARE, SHARE), min_size=1, max_size=4)


@MANY
@given(STAGES, SEEDS)
def test_stages_are_gates_in_a_row(stages, seed):
    model = simcost.Model("stages", currency="USD")
    for i, (cost, failure, spent, salvage) in enumerate(stages):
        figures = {"failure": failure, "spent_at_failure": spent, "salvage": salvage}
        model.stage(f"s{i}", cost=cost, **figures)
    values = model.run(draws=DRAWS, seed=seed).values
    points = DESIGNS["random"].points
    gates = [points(seed, f"s{i}.gate", i, 0, DRAWS) for i in range(len(stages))]
    for outcome in range(DRAWS):
        paid = recovered = failed = 0.0
        for i, (cost, failure, spent, salvage) in enumerate(stages):
            fails = gates[i][outcome] > 1 - failure
            paid += cost * spent if fails else cost
            recovered += salvage * (cost * spent if fails else cost)
            if fails:
                failed = i + 1
                break
        lost = paid - recovered if failed else 0.0
        expected = (failed, not failed, paid - recovered if failed else paid, lost)
        found = [
            values[name][outcome] for name in ("failed_stage", "succeeded", "cost", "write_off")
        ]
        np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-10)


def test_the_comparison_with_numpy_can_fail():
    model = simcost.Model("control")
    x = model.input("x", {"normal": {"mean": 0, "sd": 1}})
    model.output("x_drawn", x)
    model.output("y", "sin(x)")
    values = model.run(draws=DRAWS).values
    assert not np.array_equal(values["y"], np.cos(values["x_drawn"]))
