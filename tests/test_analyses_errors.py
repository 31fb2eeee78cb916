"""Questions that have no answer are refused, with what to ask instead."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

import simcost.analyses
from simcost.analyses import ANALYSES
from simcost.result import Meta

ROOM = Path(simcost.analyses.__file__).parent
ALL = ("tornado", "spider", "comparison", "sensitivity", "contingency")


def model():
    made = simcost.Model("Errors", currency="USD")
    made.input("wage", simcost.uniform(low=1, high=2), unit="USD")
    made.input("hours", simcost.pert(low=1, mode=2, high=5))
    made.output("cost", "wage * hours", unit="USD")
    made.output("fixed", "3 * 2")
    return made


@pytest.fixture(scope="module")
def run():
    return model().run(draws=2000)


def refused(question, *words, **options):
    with pytest.raises(simcost.UsageError) as caught:
        question(**options)
    for word in words:
        assert word in str(caught.value), str(caught.value)


def test_the_registry_finds_every_analysis_by_its_file():
    files = {path.stem for path in ROOM.glob("*.py") if not path.stem.startswith("_")}
    assert set(ANALYSES) == files
    assert set(ALL) < files
    assert all(record.summary and record.source for record in ANALYSES.values())


@pytest.mark.parametrize("analysis", ALL)
def test_every_result_has_a_method_for_every_analysis(run, analysis):
    data = getattr(run, analysis)("cost")
    assert data.attrs["analysis"] == analysis
    for key in ("method", "statistic", "output", "unit", "model", "draws", "seed", "design"):
        assert key in data.attrs
    assert data.attrs["title"][0].isupper()


@pytest.mark.parametrize("analysis", ALL)
def test_an_unknown_output_is_refused_with_the_nearest(run, analysis):
    refused(getattr(run, analysis), "did you mean 'cost'", output="costs")


@pytest.mark.parametrize("analysis", ALL)
def test_an_output_without_variance_is_refused(run, analysis):
    refused(getattr(run, analysis), "fixed is 6 in every outcome", output="fixed")


@pytest.mark.parametrize("analysis", ALL)
def test_too_few_draws_are_refused(analysis):
    few = model().run(draws=500)
    refused(getattr(few, analysis), "500 draws", "1,000", output="cost")


def heavy():
    made = simcost.Model("Heavy")
    made.input("loss", simcost.pareto(minimum=1, alpha=1.8))
    made.input("other", simcost.uniform(low=0, high=5))
    made.output("y", "loss + other")
    return made.run(draws=5000)


@pytest.mark.parametrize("analysis", ["tornado", "spider", "sensitivity", "contingency"])
def test_an_infinite_variance_is_refused_with_its_reason(analysis):
    refused(getattr(heavy(), analysis), "variance of y does not exist", "0.556", output="y")


def test_percentiles_of_an_infinite_variance_have_a_tornado():
    data = heavy().tornado("y", statistic="P90")
    assert str(data["input"].values[0]) == "loss"
    refused(heavy().tornado, "does not exist", output="y", method="regression")
    assert float(heavy().contingency("y", base="medians")["target"]) > 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"statistic": "P9O"}, ["no statistic 'P9O'", "did you mean P90"]),
        ({"statistic": "median"}, ["no statistic 'median'"]),
        ({"statistic": "P100"}, ["no statistic"]),
        ({"statistic": "cvar"}, ["did you mean CVaR90"]),
        ({"statistic": "overrun"}, ["give one (--budget"]),
        ({"statistic": "overrun", "budget": float("nan")}, ["give one"]),
        ({"budget": 3.0}, ["a budget goes with the statistic overrun"]),
        ({"method": "conditonal"}, ["did you mean conditional"]),
        ({"method": "swing", "statistic": "P90"}, ["a swing has no statistic"]),
        ({"method": "swing", "gates_at": "open"}, ["pass, fail, expected"]),
        ({"method": "gate"}, ["depends on no gate"]),
        ({"method": "swing", "bins": 5}, ["a swing has no bins", "conditional"]),
        ({"method": "rank", "gates_at": "fail"}, ["a rank holds no gates", "swing does"]),
        ({"gates_at": "expected"}, ["a conditional holds no gates"]),
        ({"method": "regression", "budget": 5.0}, ["a regression has no statistic"]),
        ({"bins": 1}, ["bins must be a whole number from 2"]),
        ({"bins": 2.5}, ["bins must be"]),
        ({"bins": 100}, ["2,000 draws are too few for 100 bins", "3,000"]),
        ({"statistic": "P99"}, ["2,000 draws are too few for 10 bins, which need 368 each"]),
        ({"statistic": "P99.999"}, ["draws are too few"]),
        ({"groups": {"g": ["wages"]}}, ["'wages' is no uncertain input", "did you mean 'wage'"]),
        ({"groups": {"g": []}}, ["needs a list"]),
        ({"groups": {"g": "wage"}}, ["needs a list"]),
        ({"groups": {"g": ["wage"], "h": ["wage"]}}, ["one group once"]),
        ({"groups": {"hours": ["wage"]}}, ["a group cannot be called hours"]),
    ],
)
def test_a_tornado_that_makes_no_sense(run, options, words):
    refused(run.tornado, *words, output="cost", **options)


@pytest.mark.parametrize(
    ("analysis", "options", "words"),
    [
        ("sensitivity", {"walks": 10}, ["10 walks say nothing"]),
        ("sensitivity", {"walks": -1}, ["whole number"]),
        ("sensitivity", {"walks": 0, "groups": {"g": ["wage"]}}, ["groups need walks"]),
        ("contingency", {"target": "mean"}, ["a percentile or a CVaR"]),
        ("contingency", {"base": "median"}, ["did you mean medians"]),
        ("contingency", {"by": "input"}, ["did you mean inputs"]),
        ("contingency", {"groups": {"g": ["wage"]}}, ["by='inputs'"]),
        ("comparison", {"methods": ["swing"]}, ["two different methods"]),
        ("comparison", {"methods": ["swing", "swing"]}, ["two different methods"]),
        (
            "comparison",
            {"methods": ["swing", "rank"], "bins": 5},
            ["has no bins"],
        ),
        ("spider", {"method": "swing", "bins": 5}, ["a swing's spider has no bins"]),
        ("spider", {"method": "swing", "groups": {"g": ["wage"]}}, ["spider has no groups"]),
        ("spider", {"method": "rank"}, ["no method of a spider 'rank'"]),
        ("spider", {"method": "swing", "statistic": "P90"}, ["spider has no statistic"]),
    ],
)
def test_other_questions_that_make_no_sense(run, analysis, options, words):
    refused(getattr(run, analysis), *words, output="cost", **options)


def test_a_result_that_does_not_know_its_model_says_so(run):
    refused(pickle.loads(pickle.dumps(run)).tornado, "does not know the model", output="cost")
    meta = Meta(model="m", seed=0, draws=2000, design="random", replicates=1)
    made = simcost.Result({"y": np.arange(2000.0)}, {}, meta)
    refused(made.sensitivity, "does not know the model", output="y")


def test_sums_of_several_attempts_have_no_tornado():
    made = simcost.Model("Stages", currency="USD")
    made.stage("only", cost=simcost.uniform(low=1, high=2), failure=0.5)
    many = made.run(draws=2000, per="success")
    refused(many.tornado, "a sum per success", output="cost")


def test_a_stopped_run_knows_its_model(run):
    precise = model().run(precision=0.05)
    assert precise.tornado("cost").attrs["draws"] == precise.meta.draws


def test_a_swings_spider_of_gates_only_is_refused():
    made = simcost.Model("Gates", currency="USD")
    made.stage("only", cost=5, failure=0.5)
    refused(
        made.run(draws=2000).spider, "depends on gates only", output="succeeded", method="swing"
    )


def test_inputs_that_take_one_value_only_are_no_drivers_and_disturb_nothing():
    made = simcost.Model("One value", currency="USD")
    made.input("x", simcost.uniform(low=0, high=1), unit="USD")
    made.input("one", simcost.discrete(values=[4], weights=[1]))
    made.input("never", simcost.bernoulli(p=0))
    made.quantity("part", "x * one")
    made.output("cost", "part + x * (one + never)", unit="USD")
    result = made.run(draws=2000)
    for method in ("conditional", "swing", "regression", "rank"):
        data = result.tornado("cost", method=method)
        assert list(data["input"].values) == ["x"]
    assert float(result.tornado("cost", method="swing")["base"]) == pytest.approx(4.0)
    assert list(result.sensitivity("cost", walks=2048)["input"].values) == ["x"]
    for base in ("mean", "medians"):
        parts = result.contingency("cost", base=base)
        gap = float(parts["target"] - parts["base"])
        assert float(parts["contribution"].sum()) == pytest.approx(gap)
    assert list(result.spider("cost", method="swing")["input"].values) == ["x"]
