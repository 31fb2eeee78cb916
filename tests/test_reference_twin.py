"""The reference problem of the benchmarks and its NumPy twin are the same project."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from scipy import special

import simcost
from simcost.machine import lower
from simcost.machine.opcodes import OPCODES

FOLDER = Path(__file__).parent.parent / "benchmarks"
DRAWS = 40_000
PERCENTILES = (10.0, 50.0, 90.0, 95.0)


@pytest.fixture(scope="module")
def twin():
    """The twin's module, which belongs to no installed package."""
    spec = importlib.util.spec_from_file_location("reference_twin", FOLDER / "twin.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def everything():
    """Inputs and outputs of the same outcomes, by name."""
    model = simcost.load(FOLDER / "reference.toml")
    names = list(model.spec.inputs)
    for name in names:
        model.output(f"input_{name}", name)
    values = model.run(DRAWS, seed=1).values
    return {name: values[f"input_{name}"] for name in names}, values


@pytest.fixture(scope="module")
def ours():
    return simcost.load(FOLDER / "reference.toml").run(DRAWS, quantiles=PERCENTILES)


@pytest.fixture(scope="module")
def theirs(twin):
    return twin.summary(twin.simulate(DRAWS, seed=2))


def test_the_problem_has_the_size_that_it_says():
    spec = simcost.load(FOLDER / "reference.toml").spec
    families = Counter(each.distribution.family for each in spec.inputs.values())
    assert families == {"lognormal": 10, "pert": 8, "triangular": 4, "uniform": 3, "normal": 2,
                        "bernoulli": 2, "discrete": 1}  # fmt: skip
    assert len(spec.quantities) == 26
    assert list(spec.outputs) == ["cost", "emissions", "duration", "write_off"]
    program = lower(simcost.load(FOLDER / "reference.toml").plan().outputs)
    inverted = [OPCODES[op] for op in ("stream", "curve", "table", "steps", "uniform")]
    operations = np.count_nonzero(~np.isin(program.code[:, 0], inverted))
    assert 75 <= operations <= 90  # a cleverer lowering may need fewer


def test_formulas_agree_outcome_by_outcome(twin, everything):
    inputs, values = everything
    for name, outcomes in twin.formulas(inputs).items():
        np.testing.assert_allclose(outcomes, values[name], rtol=1e-12, atol=1e-9, err_msg=name)


def test_a_wrong_formula_would_be_found(twin, everything):
    inputs, values = everything
    inputs = inputs | {"qa_ratio": inputs["qa_ratio"] + 1e-6}
    assert not np.allclose(twin.formulas(inputs)["cost"], values["cost"], rtol=1e-12)


def test_inputs_have_the_twins_distributions(twin, everything):
    """Mean and spread of each input, to within five standard errors."""
    inputs, _ = everything
    drawn = twin.draw(np.random.default_rng(3), DRAWS)
    assert set(drawn) == set(inputs)
    for name, x in drawn.items():
        a, b = (np.log(np.maximum(v, 1e-9)) if name in twin.LOGNORMALS else np.asarray(v, float)
                for v in (x, inputs[name]))  # fmt: skip
        error = 5 * np.sqrt((a.var() + b.var()) / DRAWS)
        assert abs(a.mean() - b.mean()) < error, name
        assert a.std() == pytest.approx(b.std(), rel=0.05), name


def test_the_pair_is_correlated_alike(twin, everything):
    inputs, _ = everything
    median, sigma = twin.LOGNORMALS["research_months"]
    low, mode, high = twin.PERTS["team"]
    z = np.log(inputs["research_months"] / median) / sigma
    share = (inputs["team"] - low) / (high - low)
    other = special.ndtri(special.betainc(*twin.pert_shapes(low, mode, high), share))
    assert np.corrcoef(z, other)[0, 1] == pytest.approx(twin.LATENT, abs=5 * 0.64 / DRAWS**0.5)


def test_answers_agree_within_their_errors(ours, theirs):
    """Differences below five standard errors of a difference of two independent runs."""
    for name, figures in theirs.items():
        estimate = ours.estimate(name, PERCENTILES)
        pairs = [(figures["mean"], estimate.mean), (figures["cvar90"], ours.cvar(name, 90))]
        pairs += [(figures[f"p{p:g}"], estimate.quantiles[f"P{p:g}"]) for p in PERCENTILES]
        for theirs_value, interval in pairs:
            error = (interval.high - interval.low) / 2 / 1.96
            assert abs(theirs_value - interval.value) <= 5 * 2**0.5 * error, name


def test_seven_of_ten_projects_write_nothing_off(ours, theirs):
    assert np.mean(ours.values["write_off"] == 0) == pytest.approx(0.86 * 0.815, abs=0.012)
    assert theirs["write_off"]["p50"] == 0


def test_the_tuned_twin_gives_the_same_answers(twin):
    plain, tuned = (twin.run(DRAWS, seed=4, tuned=tuned) for tuned in (False, True))
    for name, figures in plain.items():
        for key, value in figures.items():
            assert tuned[name][key] == pytest.approx(value, rel=1e-3), (name, key)


def test_the_twins_answers_do_not_depend_on_the_threads(twin):
    a, b = (twin.simulate(100_000, seed=5, tuned=True) for _ in range(2))
    assert all((a[name] == b[name]).all() for name in twin.OUTPUTS)
