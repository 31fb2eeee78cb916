from __future__ import annotations

import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from simcost.errors import ModelError
from simcost.graph import Expression, evaluate, examine, name_problem, names_in, parse
from simcost.graph.node import Node, stream, walk
from simcost.units import parse_unit

F = np.float64
OPERATIONS: dict[str, Callable[..., object]] = {
    "neg": lambda a: -a,
    "not": lambda a: not a,
    "abs": abs,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.round,
    "sin": np.sin,
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "mod": lambda a, b: a % b,
    "pow": lambda a, b: a**b,
    "min": np.minimum,
    "max": np.maximum,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
    "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b,
    "eq": lambda a, b: a == b,
    "ne": lambda a, b: a != b,
    "and": lambda a, b: bool(a) and bool(b),
    "or": lambda a, b: bool(a) or bool(b),
    "where": lambda c, a, b: a if c else b,
}


def compute(root: Node, values: dict[str, float]) -> float:
    """Walk a graph with NumPy scalars, one outcome at a time."""
    done: dict[Node, np.float64] = {}
    with np.errstate(all="ignore"):
        for node in walk([root]):
            if node.op == "const":
                done[node] = F(node.value)
            elif node.op == "stream":
                done[node] = F(values[node.name])
            else:
                done[node] = F(OPERATIONS[node.op](*(done[arg] for arg in node.args)))
    return float(done[root])


def quantity(name: str, unit: str = "") -> Expression:
    return Expression(stream(name), parse_unit(unit), label=name)


PLAIN_NAMES = {name: quantity(name) for name in ("x", "y", "z")}
MODEL = {
    name: quantity(name, unit)
    for name, unit in {
        "hours": "hour",
        "minutes_": "minute",
        "samples": "sample",
        "label_rate": "sample/hour",
        "wage": "USD/hour",
        "cost": "USD",
        "euros_": "EUR",
        "share": "percent",
        "x": "",
        "month": "",
    }.items()
}


def value(text: str, **values: float) -> float:
    return compute(evaluate(text, MODEL).node, values)


# ---- what a formula comes to, against Python itself

numbers = st.floats(0, 1e3).map(lambda n: (repr(n), f"F({n!r})")) | st.integers(0, 9).map(
    lambda n: (str(n), f"F({n})")
)
leaves = numbers | st.sampled_from([(name, name) for name in PLAIN_NAMES])
Pair = tuple[str, str]


def infix(op: str, *parts: Pair) -> Pair:
    return tuple(f"({op.join(texts)})" for texts in zip(*parts, strict=True))  # type: ignore[return-value]


def bare(op: str, *parts: Pair) -> Pair:
    return tuple(op.join(texts) for texts in zip(*parts, strict=True))  # type: ignore[return-value]


def larger(parts: st.SearchStrategy[Pair]) -> st.SearchStrategy[Pair]:
    arithmetic = st.sampled_from([" + ", "-", "*", " / ", "%", " ** "])
    comparison = st.sampled_from(["<", " <= ", ">", ">=", "==", " != "])
    tests = st.builds(infix, comparison, parts, parts)
    tests |= st.builds(infix, comparison, parts, parts, parts)
    tests |= st.builds(infix, st.sampled_from([" and ", " or "]), tests, tests)
    tests = tests.map(lambda p: (p[0], f"F{p[1]}"))  # truth is a number here
    return st.one_of(
        st.builds(infix, arithmetic, parts, parts),
        st.builds(bare, arithmetic, parts, parts, parts),
        tests,
        parts.map(lambda p: (f"-{p[0]}", f"-{p[1]}")),
        tests.map(lambda p: (f"(not {p[0]})", f"F(not {p[1]})")),
        st.tuples(parts, tests, parts).map(
            lambda t: infix(" ", t[0], ("if", "if"), t[1], ("else", "else"), t[2])
        ),
        st.tuples(st.sampled_from(["abs", "floor", "exp", "sqrt"]), parts).map(
            lambda t: (f"{t[0]}({t[1][0]})", f"{t[0]}({t[1][1]})")
        ),
        st.tuples(st.sampled_from(["min", "max"]), parts, parts).map(
            lambda t: (f"{t[0]}({t[1][0]}, {t[2][0]})", f"{t[0]}({t[1][1]}, {t[2][1]})")
        ),
    )


@given(
    st.recursive(leaves, larger, max_leaves=12),
    st.tuples(*[st.floats(-100, 100)] * 3),
)
@settings(max_examples=300, deadline=1000)
def test_a_formula_means_what_python_means(pair: Pair, drawn: tuple[float, ...]) -> None:
    text, python = pair
    values = dict(zip(PLAIN_NAMES, drawn, strict=True))
    try:
        node = evaluate(text, PLAIN_NAMES).node
    except ModelError as error:
        reasons = ("infinite", "not a number", "divides by zero")
        assume(not any(reason in str(error) for reason in reasons))
        raise
    scope = {"F": F, "abs": abs, "floor": np.floor, "exp": np.exp, "sqrt": np.sqrt}
    scope |= {"min": np.minimum, "max": np.maximum}
    scope |= {name: F(number) for name, number in values.items()}
    with np.errstate(all="ignore"):
        theirs = float(eval(python, scope))
    ours = compute(node, values)
    assert ours == theirs or (math.isnan(ours) and math.isnan(theirs))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("-7 % 3", 2),
        ("7 % -3", -2),
        ("1 < 2 < 3", 1),
        ("1 < 3 < 2", 0),
        ("1 if 0 else 2 if 1 else 3", 2),
        ("not 0 and 5", 1),
        ("0 or 7", 1),
        ("round(2.5)", 2),
        ("round(3.5)", 4),
        ("clip(5, 0, 3)", 3),
        ("clip(-5, 0, 3)", 0),
        ("where(1 > 2, 10, 20)", 20),
        ("sum(1, 2, 3)", 6),
        ("prod(2, 3, 4)", 24),
        ("mean(1, 2, 6)", 3),
        ("min(3, 1, 2)", 1),
        ("1_000.5e1", 10005),
        (".5 + 1.", 1.5),
        ("\n 1 +\n\t 2\n", 3),
        ("0 * pi", 0),
        ("+3", 3),
        ("007", 7),
    ],
)
def test_values(text: str, expected: float) -> None:
    assert value(text) == expected


def test_x_minus_x_sees_one_draw() -> None:
    node = evaluate("x - x", MODEL).node
    assert node.op == "sub"
    assert node.args[0] is node.args[1]


def test_pi_gives_way_to_a_name_of_the_model() -> None:
    assert evaluate("pi", {}).node.value == math.pi
    assert evaluate("pi", {"pi": quantity("pi")}).node.op == "stream"


# ---- units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("samples / label_rate", "hour"),
        ("hours * wage", "USD"),
        ("hours / (8 * 140 hour/week)", "week"),
        ("2e3 kgCO2e/MWh", "kgCO2e/MWh"),
        ("5 USD", "USD"),
        ("5USD", "USD"),
        ("5 m^2 + 3 m**2", "metre^2"),
        ("5 USD/hour**2", "USD/hour^2"),
        ("2 USD/GPU/hr * 3 gpu_hours", "USD"),
        ("hours + minutes_", "hour"),
        ("minutes_ + hours", "minute"),
        ("hours > 5 minute", ""),
        ("hours ** 2", "hour^2"),
        ("sqrt(hours)", "hour^(1/2)"),
        ("hours ** (1/2)", "hour^(1/2)"),
        ("hours ** -1", "1/hour"),
        ("hours / minutes_", "hour/minute"),
        ("exp(hours / minutes_)", ""),
        ("cost * share", "USD"),
        ("cost if hours > 1 hour else 0", "USD"),
        ("min(0, hours)", "hour"),
        ("clip(hours, 0, 1 day)", "hour"),
        ("0 + hours", "hour"),
        ("5 min + hours", "minute"),
        ("max(5 min, 1 hour)", "minute"),
        ("round(hours)", "hour"),
        ("1 / hours", "1/hour"),
        ("5 hour * 2", "hour"),
        ("5 hour * x", "hour"),
    ],
)
def test_the_unit_of_a_formula(text: str, unit: str) -> None:
    assert str(evaluate(text, {**MODEL, "x": quantity("x")}).unit) == unit


def test_conversions_are_ordinary_arithmetic() -> None:
    assert value("hours + minutes_", hours=1, minutes_=90) == 2.5
    assert value("minutes_ + hours", hours=1, minutes_=90) == 150
    assert value("exp(0 * hours / minutes_)", hours=1, minutes_=60) == 1
    assert value("hours / minutes_ + 1", hours=1, minutes_=60) == pytest.approx(2 / 60)
    assert value("cost * share", cost=200, share=15) == 30
    assert value("share + 1", share=15) == 115


def test_same_units_need_no_conversion() -> None:
    node = evaluate("hours + 5 hours", MODEL).node
    assert [arg.op for arg in node.args] == ["stream", "const"]


# ---- names


def test_names_in_order_without_units_and_functions() -> None:
    assert names_in("max(b, 5 hour/month) + a * b - pi") == ("b", "a", "pi")


@pytest.mark.parametrize("text", ["", "a +", "5 housr + a", "(" * 100, "x" * 5000])
def test_names_never_raise(text: str) -> None:
    assert set(names_in(text)) <= {"a"}


def test_names_of_a_model() -> None:
    assert name_problem("label_rate") == ""
    assert name_problem("größe") == ""
    assert "reserved" in name_problem("lambda")
    assert "reserved" in name_problem("if")
    assert name_problem("max") == ""  # a function is known by its bracket
    assert "digit" in name_problem("2x")
    assert "digit" in name_problem("a-b")


def test_a_broken_name_is_not_blamed_on_the_formula() -> None:
    assert examine("wages * 2", MODEL, broken={"wages"}) == (None, ())
    expression, problems = examine("wages * smples", MODEL, broken={"wages"})
    assert expression is None
    assert [problem.offset for problem in problems] == [8]


def test_parse_needs_no_names() -> None:
    assert parse("nobody + knows").names == ("nobody", "knows")
    with pytest.raises(ModelError):
        parse("nobody +")


# ---- speed


def test_long_formulas_are_read_at_once() -> None:
    began = time.perf_counter()
    evaluate("+".join(["x"] * 499), MODEL)
    evaluate("x if x else " * 300 + "x", MODEL)
    evaluate("**".join(["x"] * 300), MODEL)
    evaluate("-" * 300 + "x", MODEL)
    assert time.perf_counter() - began < 30  # guards against a hang, not a speed


PIECES = ["x", "hours", "month", "max(", "(", ")", "+", "-", "**", "^", "5 ", "1e9", " hour", "/"]
PIECES += [" if ", " else ", " not ", " and ", "<", ",", "9", " qq", "'", "=", "²", "\n", "lambda "]


@given(
    st.text(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=80).map("".join),
)
@settings(max_examples=400, deadline=1000)
def test_any_text_is_a_formula_or_a_model_error(text: str) -> None:
    try:
        expression = evaluate(text, MODEL)
    except ModelError as error:
        for problem in error.problems:
            assert problem.message
            assert -1 <= problem.offset <= len(text)
            assert problem.offset + problem.length <= max(1, len(text))
    else:
        assert isinstance(expression, Expression)
