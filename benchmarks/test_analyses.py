"""Speed of the analyses on the reference problem, and of peers on a small one.

Run with ``pytest benchmarks/test_analyses.py``. The targets, on two quiet cores: first-order
indices of 30 inputs at 1e6 draws within 0.5 s on top of the run, 3e6 evaluations of a walk within
3 s.
"""

import warnings
from pathlib import Path

import numpy as np
import pytest

import simcost
from simcost.analyses._binned import binned
from simcost.analyses._delta import delta
from simcost.analyses._first_order import first_orders
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._walk import walk_effects

REFERENCE = Path(__file__).parent / "reference.toml"
EVERYTHING = (
    "spent / (1 USD) + serving_carbon / (1 kgCO2e) + experiments / (1 gpu*hour)"
    " + data_time / (1 month) + pilot_time / (1 month)"
)
EVALUATIONS = 300_000  # of the small problem, for each contender


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    text = REFERENCE.read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("model") / "reference.toml"
    path.write_text(text.replace("[outputs]\n", f'[outputs]\neverything = "{EVERYTHING}"\n'))
    result = simcost.load(path).run(draws=1_000_000)
    assert len(Outcomes(result, "everything").drivers) == 30
    return result


def test_first_order_of_thirty_inputs_at_a_million_draws(benchmark, run):
    def indices():
        return first_orders(binned(Outcomes(run, "everything")), 0.95)

    benchmark.pedantic(indices, rounds=5, warmup_rounds=1)


def test_delta_of_thirty_inputs_at_a_million_draws(benchmark, run):
    outcomes = Outcomes(run, "everything")
    found = binned(outcomes)
    benchmark.pedantic(delta, (outcomes, found), rounds=5, warmup_rounds=1)


def test_a_walk_of_three_million_evaluations(benchmark, run):
    outcomes = Outcomes(run, "everything")
    walks = 3_000_000 // 31
    effects = benchmark.pedantic(walk_effects, (outcomes, {}, walks), rounds=3, warmup_rounds=1)
    least = benchmark.stats.stats.min
    benchmark.extra_info["ns_an_evaluation"] = round(least / effects.evaluations * 1e9, 1)


@pytest.mark.parametrize("method", ["conditional", "swing", "regression", "rank", "gate"])
def test_a_tornado_at_a_million_draws(benchmark, run, method):
    benchmark.pedantic(run.tornado, ("cost",), {"method": method}, rounds=3, warmup_rounds=1)


@pytest.mark.parametrize("target", ["P80", "CVaR80"])
@pytest.mark.parametrize("by", ["items", "inputs"])
def test_a_contingency_at_a_million_draws(benchmark, run, by, target):
    asked = {"by": by, "target": target}
    benchmark.pedantic(run.contingency, ("everything",), asked, rounds=5, warmup_rounds=1)


# -- the same first and total indices from others: 4 inputs, 300,000 evaluations each --------------


def project(x):
    """A cost with a threshold, an interaction and a gate; inputs between 0 and 1."""
    return np.where(x[:, 2] > 0.7, 0.3, 1.0) * np.exp(x[:, 0]) * np.maximum(x[:, 1], 0.4) + x[:, 3]


def test_indices_by_simcost(benchmark):
    model = simcost.Model("Project")
    for k in range(4):
        model.input(f"x{k}", simcost.uniform(low=0, high=1))
    model.output("y", "(0.3 if x2 > 0.7 else 1) * exp(x0) * max(x1, 0.4) + x3")

    def indices():
        return model.run(draws=50_000).sensitivity("y", walks=EVALUATIONS // 5 - 10_000)

    data = benchmark.pedantic(indices, rounds=3, warmup_rounds=1)
    width = float((data["total_upper"] - data["total_lower"]).max() / 2)
    benchmark.extra_info["half_width_of_total"] = round(width, 4)


def test_indices_by_salib(benchmark):
    pytest.importorskip("SALib")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own imports
        from SALib.analyze import sobol as analyse
        from SALib.sample import sobol as sample
    problem = {"num_vars": 4, "names": [f"x{k}" for k in range(4)], "bounds": [[0, 1]] * 4}

    def indices():
        x = sample.sample(problem, 1 << 16, calc_second_order=False, seed=1)
        return analyse.analyze(problem, project(x), calc_second_order=False, seed=1)

    found = benchmark.pedantic(indices, rounds=3, warmup_rounds=1)
    benchmark.extra_info["half_width_of_total"] = round(float(found["ST_conf"].max()), 4)


def test_indices_by_openturns(benchmark):
    ot = pytest.importorskip("openturns")
    law = ot.JointDistribution([ot.Uniform(0, 1)] * 4)
    function = ot.PythonFunction(4, 1, func_sample=lambda x: project(np.array(x))[:, None])

    def indices():
        found = ot.SaltelliSensitivityAlgorithm(law, EVALUATIONS // 6, function)
        return found.getTotalOrderIndices(), found.getTotalOrderIndicesInterval()

    _, interval = benchmark.pedantic(indices, rounds=3, warmup_rounds=1)
    width = max(np.array(interval.getUpperBound()) - np.array(interval.getLowerBound())) / 2
    benchmark.extra_info["half_width_of_total"] = round(float(width), 4)
