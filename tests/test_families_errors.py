"""Every refusal says what is wrong, where, and what to write."""

from __future__ import annotations

from typing import Any

import pytest

from simcost.errors import ModelError, ParameterError
from simcost.families import FAMILIES, build

# Table, path, message, fix.
CASES: list[tuple[dict[str, Any], tuple[Any, ...], str, str]] = [
    # percentiles
    (
        {"lognormal": {"p10": 5, "p90": 2}},
        ("lognormal", "p90"),
        "p10 = 5 is above p90 = 2",
        "Swap them.",
    ),
    (
        {"normal": {"p05": 3, "p95": 3}},
        ("normal", "p95"),
        "p5 and p95 are both 3",
        "value = 3",
    ),
    (
        {"lognormal": {"p10": 1, "p50": 2, "p90": 5}},
        ("lognormal",),
        "fixed by two percentiles; 3 are given",
        "jqpd = { p10 = 1, p50 = 2, p90 = 5 }",
    ),
    (
        {"normal": {"p5": 1, "p50": 2, "p95": 5}},
        ("normal",),
        "fixed by two percentiles; 3 are given",
        "p10, p50 and p90 to jqpd",
    ),
    (
        {"normal": {"p5": 1, "p25": 2, "p50": 3, "p75": 4}},
        ("normal",),
        "4 are given",
        "percentiles = { p5 = 1, p25 = 2, p50 = 3, p75 = 4 }",
    ),
    (
        {"lognormal": {"p10": -1, "p90": 2}},
        ("lognormal", "p10"),
        "p10 = -1 is not above 0",
        "normal",
    ),
    ({"lognormal": {"p0": 1, "p90": 2}}, ("lognormal", "p0"), "p0 is no percentile", "within"),
    ({"lognormal": {"p10": 1, "p100": 2}}, ("lognormal", "p100"), "p100 is no percentile", "p99"),
    ({"lognormal": {"p05": 1, "p5": 2}}, ("lognormal", "p5"), "p05 and p5 are the same", "one"),
    ({"lognormal": {"p10": 1}}, ("lognormal",), "another percentile is missing", "2 percentiles"),
    ({"uniform": {"p10": 1, "high": 2}}, ("uniform", "p10"), "does not take p10", "low, high"),
    # sets
    (
        {"lognormal": {"mean": 1, "p10": 1}},
        ("lognormal",),
        "mean and p10 together do not make a lognormal",
        "Give mu, sigma; or mean, sd; or median, gsd; or 2 percentiles.",
    ),
    ({"lognormal": {"mean": 1, "sd": 1, "median": 1}}, ("lognormal",), "together", "Give mu"),
    ({"gamma": {"shape": 1, "scale": 1, "mean": 1}}, ("gamma",), "together", "Give shape"),
    ({"lognormal": {"mean": 1}}, ("lognormal",), "sd is missing", "mean, sd"),
    ({"pert": {"low": 1, "mode": 2}}, ("pert",), "high is missing", "low, mode, high"),
    ({"pert": {"low": 1}}, ("pert",), "mode and high are missing", "low, mode, high"),
    ({"pert": {}}, ("pert",), "no parameters", "low, mode, high"),
    ({"pert": 3}, ("pert",), "needs a table", "pert = { low, mode, high"),
    ({"pert": {"low": 1, "mod": 2, "high": 3}}, ("pert", "mod"), "pert has no mod", "mode?"),
    ({"pert": {"low": 1, "xyz": 2, "high": 3}}, ("pert", "xyz"), "pert has no xyz", "Give low"),
    # ranges
    ({"bernoulli": {"p": 1.3}}, ("bernoulli", "p"), "p = 1.3 is not between 0 and 1", "p = 0.013"),
    ({"bernoulli": {"p": 30}}, ("bernoulli", "p"), "p = 30 is not between 0 and 1", "p = 0.3"),
    ({"bernoulli": {"p": -0.1}}, ("bernoulli", "p"), "p = -0.1 is not between", "from 0 to 1"),
    ({"binomial": {"n": 2.5, "p": 0.1}}, ("binomial", "n"), "n = 2.5 is not a whole", "tries"),
    ({"binomial": {"n": 0, "p": 0.1}}, ("binomial", "n"), "n = 0 is not a whole number from 1", ""),
    ({"normal": {"mean": 5, "sd": 0}}, ("normal", "sd"), "sd = 0 is not above 0", "value = 5"),
    ({"normal": {"mean": 5, "sd": -1}}, ("normal", "sd"), "sd = -1 is not above 0", "deviation"),
    ({"lognormal": {"median": 5, "gsd": 1}}, ("lognormal", "gsd"), "gsd = 1 is not", "value = 5"),
    ({"lognormal": {"mu": 0, "sigma": 0}}, ("lognormal", "sigma"), "sigma = 0", "value = 1"),
    ({"lognormal": {"mean": -5, "sd": 1}}, ("lognormal", "mean"), "mean = -5 is not above 0", ""),
    ({"student_t": {"df": 0}}, ("student_t", "df"), "df = 0 is not above 0", "degrees"),
    ({"negative_binomial": {"r": 1, "p": 1}}, ("negative_binomial", "p"), "ends excluded", ""),
    # together
    ({"uniform": {"low": 3, "high": 1}}, ("uniform", "high"), "low = 3 is above high = 1", "Swap"),
    ({"uniform": {"low": 3, "high": 3}}, ("uniform", "high"), "are both 3", "value = 3"),
    ({"pert": {"low": 1, "mode": 9, "high": 5}}, ("pert", "mode"), "mode = 9 is above", "1 to 5"),
    ({"triangular": {"low": 1, "mode": 0, "high": 5}}, ("triangular", "mode"), "is below low", ""),
    (
        {"pert": {"p10": 1, "mode": 1, "p90": 5}},
        ("pert", "mode"),
        "mode = 1 is not between p10 = 1 and p90 = 5",
        "low, mode and high",
    ),
    (
        {"triangular": {"p10": 5, "mode": 3, "p90": 1}},
        ("triangular", "p90"),
        "p10 = 5 is above p90 = 1",
        "Swap them.",
    ),
    ({"pareto": {"minimum": 5, "alpha": 1, "cap": 2}}, ("pareto", "cap"), "is above cap", "Swap"),
    ({"beta": {"mean": 2, "sd": 0.1}}, ("beta", "mean"), "mean = 2 is not between low = 0", "ends"),
    ({"beta": {"mean": 0.5, "sd": 0.6}}, ("beta", "sd"), "more than a beta", "below 0.5"),
    ({"beta": {"alpha": 1e-5, "beta": 1}}, ("beta", "alpha"), "below 0.03", "at least 0.03"),
    ({"beta": {"alpha": 1, "beta": 1e9}}, ("beta", "beta"), "times alpha = 1", "gamma with shape"),
    ({"beta": {"mean": 0.5, "sd": 1e-9}}, ("beta", "beta"), "a normal", "Write a normal"),
    ({"gamma": {"shape": 1e-300, "scale": 1}}, ("gamma", "shape"), "below 0.001", "at least"),
    ({"gamma": {"mean": 1e6, "sd": 1e-3}}, ("gamma", "shape"), "a normal", "Write a normal"),
    (
        {"pert": {"low": 1, "mode": 1, "high": 2, "shape": 2e8}},
        ("pert", "shape"),
        "out of sight",
        "closer",
    ),
    (
        {"negative_binomial": {"mean": 9, "sd": 2}},
        ("negative_binomial", "sd"),
        "sd = 2 is not above the square root of mean = 9",
        "poisson = { mean = 9 }",
    ),
    ({"poisson": {"mean": 1e9}}, ("poisson",), "more than 200000", "normal = { mean = 1000000000"),
    # not numbers
    ({"normal": {"mean": "5", "sd": 1}}, ("normal", "mean"), '"5" is not a number', "mean = 5"),
    ({"normal": {"mean": "x", "sd": 1}}, ("normal", "mean"), '"x" is not a number', "Write a"),
    ({"normal": {"mean": True, "sd": 1}}, ("normal", "mean"), "true is not a number", "Write a"),
    ({"normal": {"mean": [1], "sd": 1}}, ("normal", "mean"), "[1] is not a number", "Write a"),
    ({"normal": {"mean": float("nan"), "sd": 1}}, ("normal", "mean"), "nan is not a finite", ""),
    ({"normal": {"mean": float("inf"), "sd": 1}}, ("normal", "mean"), "inf is not a finite", ""),
    ({"normal": {"mean": 10**400, "sd": 1}}, ("normal", "mean"), "is not a finite", ""),
    ({"value": float("nan")}, ("value",), "nan is not a finite", ""),
    ({"value": "7"}, ("value",), '"7" is not a number', "Remove the quotes: 7"),
    # the table around
    ({}, (), "no distribution is given", "lognormal ="),
    ({"lognorml": {}}, ("lognorml",), "lognorml is no family", "lognormal?"),
    ({"qqq": {}}, ("qqq",), "qqq is no family", "The families are bernoulli, beta"),
    ({"normal": {}, "beta": {}}, ("beta",), "normal and beta are given together", "Keep one"),
    ({"value": 5, "within": [1, 9]}, ("within",), "nothing to cut off", "Remove"),
    # within
    ({"normal": {"mean": 0, "sd": 1}, "within": [2, 1]}, ("within",), "holds no range", "Swap"),
    ({"normal": {"mean": 0, "sd": 1}, "within": [2, 2]}, ("within",), "no range", "value = 2"),
    ({"normal": {"mean": 0, "sd": 1}, "within": [2]}, ("within",), "two numbers", "[a, b]"),
    ({"normal": {"mean": 0, "sd": 1}, "within": "12"}, ("within",), "two numbers", "[a, b]"),
    ({"normal": {"mean": 0, "sd": 1}, "within": [0, "1"]}, ("within", 1), "not a number", "quotes"),
    (
        {"uniform": {"low": 0, "high": 1}, "within": [2, 3]},
        ("within",),
        "within = [2, 3] is a range the uniform never falls in",
        "It goes from 0 to 1",
    ),
    ({"poisson": {"mean": 3}, "within": [1.2, 1.8]}, ("within",), "never falls in", "0 to inf"),
    # lists
    ({"discrete": {"values": [1, 2]}}, ("discrete",), "weights is missing", "values and weights"),
    ({"discrete": {}}, ("discrete",), "values and weights are missing", "Give"),
    (
        {"discrete": {"values": [1, 2], "weights": [1]}},
        ("discrete", "weights"),
        "2 values and 1",
        "",
    ),
    ({"discrete": {"values": [1], "weights": [0]}}, ("discrete", "weights"), "positive sum", ""),
    ({"discrete": {"values": [], "weights": []}}, ("discrete", "weights"), "positive sum", ""),
    (
        {"discrete": {"values": [1, 2], "weights": [1, -1]}},
        ("discrete", "weights", 1),
        "-1",
        "0 or",
    ),
    (
        {"discrete": {"values": 1, "weights": [1]}},
        ("discrete", "values"),
        "not a list",
        "[1, 2, 3]",
    ),
    (
        {"discrete": {"values": ["a"], "weights": [1]}},
        ("discrete", "values", 0),
        "not a number",
        "",
    ),
]


@pytest.mark.parametrize(("spec", "path", "message", "fix"), CASES, ids=lambda case: str(case)[:60])
def test_refusal(spec: Any, path: Any, message: str, fix: str) -> None:
    with pytest.raises(ModelError) as caught:
        build(spec)
    problem = caught.value.problems[0]
    assert message in problem.message
    assert fix in problem.fix
    assert problem.fix
    assert not problem.message.endswith(".")
    assert isinstance(caught.value, ParameterError)
    assert problem.path == path


def test_all_problems_of_a_table_come_at_once() -> None:
    with pytest.raises(ModelError) as caught:
        build({"lognormal": {"median": -1, "gsd": 0.5}, "within": ["1", 2]})
    paths = [problem.path for problem in caught.value.problems]
    assert paths == [("lognormal", "median"), ("lognormal", "gsd"), ("within", 0)]
    with pytest.raises(ModelError) as caught:
        build({"lognormal": {"mean": "a", "sd": True, "x": 1}})
    assert len(caught.value.problems) == 3


def test_only_the_outer_percentiles_go_with_a_mode() -> None:
    with pytest.raises(ModelError) as caught:
        build({"pert": {"p5": 1, "mode": 2, "p95": 3}})
    assert [problem.path for problem in caught.value.problems] == [("pert", "p5"), ("pert", "p95")]
    assert "p10, mode, p90" in caught.value.problems[0].fix


def test_author_s_own_spelling_of_a_percentile_is_in_the_path() -> None:
    with pytest.raises(ParameterError) as caught:
        build({"lognormal": {"p05": 3, "p95.0": 1}})
    assert caught.value.problems[0].path == ("lognormal", "p95.0")


def test_what_is_not_a_table_is_refused() -> None:
    with pytest.raises(ParameterError, match="is not a distribution"):
        build([1, 2])  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FAMILIES)
def test_every_family_refuses_an_unknown_key(name: str) -> None:
    with pytest.raises(ModelError) as caught:
        build({name: {**FAMILIES[name].examples[0], "loc": 1}})
    assert any(problem.path[:2] == (name, "loc") for problem in caught.value.problems)
