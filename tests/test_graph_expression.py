from __future__ import annotations

import pickle
from fractions import Fraction

import numpy as np
import pytest

from simcost.errors import ModelError, UnitError
from simcost.graph import FUNCTIONS, Expression, evaluate, lift
from simcost.graph.node import ARITY, LEAVES, stream
from simcost.graph.rules import _RULES
from simcost.units import PLAIN, parse_unit

x = Expression(stream("x"), label="x")
y = Expression(stream("y"), label="y")
hours = Expression(stream("hours"), parse_unit("hour"), label="hours")
minutes = Expression(stream("minutes"), parse_unit("minute"), label="minutes")
wage = Expression(stream("wage"), parse_unit("USD/hour"), label="wage")
NAMES = {"x": x, "y": y, "hours": hours, "wage": wage, "minutes": minutes}


@pytest.mark.parametrize(
    ("built", "text"),
    [
        (lambda: x + 1, "x + 1"),
        (lambda: 1 + x, "1 + x"),
        (lambda: x - y, "x - y"),
        (lambda: 1 - x, "1 - x"),
        (lambda: 2 * x / y, "2 * x / y"),
        (lambda: 1 / x, "1 / x"),
        (lambda: x % 2, "x % 2"),
        (lambda: 2 % x, "2 % x"),
        (lambda: x**2, "x ** 2"),
        (lambda: 2**x, "2 ** x"),
        (lambda: -x, "-x"),
        (lambda: +x, "x"),
        (lambda: abs(x), "abs(x)"),
        (lambda: round(x), "round(x)"),
        (lambda: x < y, "x < y"),
        (lambda: x <= 1, "x <= 1"),
        (lambda: x > 1, "x > 1"),
        (lambda: 1 >= x, "x <= 1"),
        (lambda: x == 1, "x == 1"),
        (lambda: x != y, "x != y"),
        (lambda: (x > 1) & (y > 1), "x > 1 and y > 1"),
        (lambda: (x > 1) | (y > 1), "x > 1 or y > 1"),
        (lambda: ~(x > 1), "not x > 1"),
        (lambda: True & (x > 1), "1 and x > 1"),
        (lambda: sum([hours, hours]), "0 + hours + hours"),
        (lambda: hours * wage, "hours * wage"),
        (lambda: hours + minutes, "hours + minutes"),
        (lambda: np.exp(x), "exp(x)"),
        (lambda: np.log(x), "log(x)"),
        (lambda: np.log1p(np.expm1(x)), "log1p(expm1(x))"),
        (lambda: np.log2(x) + np.log10(x), "log2(x) + log10(x)"),
        (lambda: np.sqrt(hours), "sqrt(hours)"),
        (lambda: np.minimum(x, 3), "min(x, 3)"),
        (lambda: np.maximum(3.0, x), "max(3, x)"),
        (lambda: np.floor(x) + np.ceil(x), "floor(x) + ceil(x)"),
        (lambda: np.rint(x), "round(x)"),
        (lambda: np.round(x), "round(x)"),
        (lambda: np.abs(x), "abs(x)"),
        (lambda: np.sin(x) * np.cos(x) / np.tan(x), "sin(x) * cos(x) / tan(x)"),
        (lambda: np.clip(x, 0, 1), "clip(x, 0, 1)"),
        (lambda: np.where(x > 1, y, 0), "where(x > 1, y, 0)"),
        (lambda: np.where(x > 1, y, 0), "y if x > 1 else 0"),
        (lambda: np.float64(2) * x, "2 * x"),
        (lambda: np.int64(2) - x, "2 - x"),
        (lambda: x + np.array(2.0), "x + 2"),
        (lambda: x + Fraction(1, 2), "x + 0.5"),
        (lambda: np.logical_not(x), "not x"),
        (lambda: np.power(x, y), "x ** y"),
        (lambda: np.mod(x, 2), "x % 2"),
    ],
)
def test_python_and_formulas_build_the_same_graph(built, text: str) -> None:
    ours, theirs = built(), evaluate(text, NAMES)
    assert isinstance(ours, Expression)
    assert ours.node is theirs.node
    assert ours.unit == theirs.unit


def test_every_operation_that_formulas_reach_has_a_unit_rule() -> None:
    internal = {*LEAVES, "quantile", "ndtri", "ndtr", "student_cdf"}
    assert set(_RULES) == set(ARITY) - internal


def test_every_function_can_be_called_from_a_formula() -> None:
    for name, function in FUNCTIONS.items():
        arguments = ", ".join(["x", "y", "0.5"][: max(function.least, 1)])
        assert isinstance(evaluate(f"{name}({arguments})", NAMES), Expression)
        assert function.usage.startswith(f"{name}(")
        assert function.doc


def test_an_expression_has_no_truth() -> None:
    with pytest.raises(TypeError, match="where"):
        bool(x > 1)
    with pytest.raises(TypeError, match="where"):
        _ = 1 if x > 1 else 2
    with pytest.raises(TypeError, match="where"):
        _ = 1 < x < 2
    with pytest.raises(TypeError, match="run the model"):
        float(x)


def test_an_expression_can_be_a_key() -> None:
    assert {x: 1, y: 2}[x] == 1


@pytest.mark.parametrize(
    "use",
    [
        lambda: x + "1",
        lambda: x + None,
        lambda: x * np.array([1.0, 2.0]),
        lambda: np.array([1.0, 2.0]) * x,
        lambda: np.exp(x, out=np.zeros(1)),
        lambda: np.add.reduce(x),
        lambda: np.arctan2(x, y),
        lambda: np.round(x, 2),
        lambda: np.where(x > 1),
        lambda: np.concatenate([x, x]),
        lambda: x + 1j,
    ],
)
def test_what_does_not_fit_is_a_type_error(use) -> None:
    with pytest.raises((TypeError, ValueError)):
        use()


@pytest.mark.parametrize("number", [float("nan"), float("inf"), -float("inf")])
def test_numbers_are_finite(number: float) -> None:
    with pytest.raises(ModelError, match="not a finite number"):
        x + number


def test_constants_that_overflow_are_refused() -> None:
    with pytest.raises(ModelError, match="infinite"):
        lift(9) ** (lift(9) ** 9)
    with pytest.raises(ModelError, match="divides by zero"):
        x / 0


def test_constants_are_known_but_not_simplified() -> None:
    two = lift(1) + 1
    assert two.node.op == "add"
    assert two.fixed == 2
    assert (x + 1).fixed is None
    assert (hours**two).unit == parse_unit("hour^2")


def test_to_converts() -> None:
    day = hours.to("day")
    assert day.unit == parse_unit("day")
    assert (day.node.op, day.node.args[1].value) == ("div", 24)
    seconds = hours.to(parse_unit("second"))
    assert (seconds.node.op, seconds.node.args[1].value) == ("mul", 3600)
    assert hours.to("hours").node is hours.node
    with pytest.raises(UnitError, match="cannot convert hour to sample"):
        hours.to("sample")
    with pytest.raises(UnitError, match="Did you mean"):
        hours.to("dayz")


def test_kg_of_co2e_and_kg_are_the_same_without_a_conversion() -> None:
    kg = Expression(stream("kg"), parse_unit("kg"))
    assert kg.to("kgCO2e").node is kg.node


def test_errors_without_names_still_speak_of_units() -> None:
    with pytest.raises(UnitError, match="cannot add hour to USD/hour"):
        (hours * 1) + (wage * 1)
    with pytest.raises(UnitError, match="hours is in hour but 5 is a plain number"):
        hours + 5


def test_an_expression_does_not_change() -> None:
    with pytest.raises(AttributeError):
        x.unit = PLAIN  # type: ignore[misc]
    assert x.named("z").label == "z"
    assert x.label == "x"


def test_unit_travels_to_another_process() -> None:
    unit = parse_unit("USD/hour^2")
    assert pickle.loads(pickle.dumps(unit)) == unit
