from __future__ import annotations

import time

import pytest

from simcost.errors import ModelError, Problem
from simcost.graph import Expression, evaluate
from simcost.graph.node import stream
from simcost.units import parse_unit

MODEL = {
    name: Expression(stream(name), parse_unit(unit), label=name)
    for name, unit in {
        "hours": "hour",
        "samples": "sample",
        "label_rate": "sample/hour",
        "wage": "USD/hour",
        "dollars_": "USD",
        "euros_": "EUR",
        "x": "",
        "y": "",
        "month": "",
    }.items()
}


def problems(text: str) -> tuple[Problem, ...]:
    with pytest.raises(ModelError) as caught:
        evaluate(text, MODEL)
    return caught.value.problems


@pytest.mark.parametrize(
    ("text", "pointed", "message", "fix"),
    [
        # names and functions
        ("labl_rate * 2", "labl_rate", "unknown name 'labl_rate'", "did you mean label_rate?"),
        ("2 + qqqqq", "qqqqq", "unknown name", "input or a quantity"),
        ("x + day", "day", "unknown name", "1 day"),
        ("x * max", "max", "unknown name", "max(a, b, …)"),
        ("x + mx(x, y)", "mx", "unknown function 'mx'", "did you mean max?"),
        ("__import__(x)", "__import__", "unknown function", ""),
        ("clip(x)", "clip", "does not take 1 argument", "clip(x, low, high)"),
        ("exp()", "exp", "does not take 0 arguments", "exp(x)"),
        ("x(3)", "x", "unknown function", ""),
        # units
        ("hours + samples", "+", "cannot add hour to sample", ""),
        ("hours - samples", "-", "cannot subtract sample from hour", ""),
        ("hours > samples", ">", "cannot compare hour with sample", ""),
        ("x if hours > 5 else y", ">", "hours is in hour but 5 is a plain number", "write 5 hour"),
        ("5 + hours", "+", "hours is in hour but 5 is a plain number", "write 5 hour"),
        ("hours + x", "+", "hours is in hour but x is a plain number", "(1 hour)"),
        ("hours * wage + 5", "+", "hours * wage is in USD but 5", "write 5 USD"),
        ("dollars_ + euros_", "+", "USD and EUR are different currencies", "in USD/EUR"),
        ("max(dollars_, euros_)", "max", "USD and EUR are different currencies", "in USD/EUR"),
        ("hours if x else samples", "if", "cannot choose between hour and sample", ""),
        ("exp(hours)", "exp", "exp needs a plain number but hours is in hour", "(1 hour)"),
        ("x ** hours", "**", "a power needs a plain number", ""),
        ("hours ** x", "**", "has to be a fixed number", ""),
        ("hours ** 0.123", "**", "cannot be raised to 0.123", "simple fraction"),
        ("hours ** 13", "**", "exponent", ""),
        ("x and hours", "and", "needs a plain number", "hours > 0"),
        ("1 if hours else 2", "if", "needs a plain number", "hours > 0"),
        ("5 housr", "housr", "'housr' after 5 is not a unit", "did you mean hour?"),
        ("5 x", "x", "'x' after 5 is not a unit", "write 5 * x"),
        ("5 FLOPS", "FLOPS", "not a unit", "flop/s"),
        ("x * 5 hour/month", "month", "both a unit and a name", "write (5 hour) / month"),
        ("5 hour * samples", "samples", "both a unit and a name", "write (5 hour) * samples"),
        ("5 m ** x", "**", "exponent of a unit", "(5 m) ** …"),
        ("5 m ** 2 ** 2", "**", "exponent of a unit", "(5 m) ** …"),
        ("5 m ** 99", None, "exponent", ""),
        # numbers
        ("x + 9**9**9", "**", "infinite", ""),
        ("1e400", "1e400", "1e400 is infinite", "1.8e308"),
        ("1" * 3000, "1" * 3000, "is infinite", ""),
        ("1e308 / 1e-308", "/", "infinite", ""),
        ("hours ** 1e300", "**", "exponent of hour in a unit is out of range", ""),
        ("x / 0", "/", "x / 0 divides by zero", ""),
        ("x % (1 - 1)", "%", "divides by zero", ""),
        ("log(-1)", "log", "log(-1) is not a number", ""),
        ("x + exp(1000)", "exp", "infinite", ""),
        ("1,5", ",", "a comma stands between arguments", "1234.5"),
        ("0x10", "x10", "not a unit", ""),
        # order of the pieces
        ("", None, "the formula is empty", ""),
        ("  \n ", None, "the formula is empty", ""),
        ("x +", "+", "the formula ends after '+'", "a value is missing"),
        ("* x", "*", "a value is missing before '*'", ""),
        ("(x + )", ")", "a value is missing before ')'", ""),
        ("()", ")", "a value is missing before ')'", ""),
        ("(x", "(", "never closed", "add )"),
        ("x)", ")", "never opened", "remove it"),
        ("x y", "y", "an operator is missing before 'y'", "x * y"),
        ("2 (x)", "(", "an operator is missing", "2 * ("),
        ("x not y", "not", "an operator is missing", ""),
        ("5 min(x, y)", "min", "an operator is missing", "5 * min"),
        ("x if y", None, "not a complete formula", "a if condition else b"),
        ("1if x else 2", "if", "a blank is missing", ""),
        # what belongs to Python and not to formulas
        ("x ^ 2", "^", "not a power", "write **"),
        ("x // 2", "//", "no place", "floor(a / b)"),
        ("x & y", "&", "no place", "write and"),
        ("x | y", "|", "no place", "write or"),
        ("~x", "~", "no place", "write not"),
        ("x << 2", "<<", "no place", "2 ** n"),
        ("x = 2", "=", "no place", "write =="),
        ("(x := 2)", ":=", "no place", "write =="),
        ("max(x, key=y)", "=", "no place", "write =="),
        ("x.real", ".", "no place", "names have no parts"),
        ("x[0]", "[", "no place", ""),
        ("'text'", "'text'", "no place", "no text"),
        ("lambda: 1", "lambda", "no meaning", ""),
        ("x is y", "is", "no meaning", "write =="),
        ("x in y", "in", "no meaning", "x == a or x == b"),
        ("True", "True", "no meaning", "write 1"),
        ("x for y", "for", "no meaning", ""),
        ("max(*x)", "*", "a value is missing", ""),
        ("$5", "$", "no place", "5 USD"),
        ("x × y", "×", "no place", "write *"),
        ("x ≤ y", "≤", "no place", "write <="),
        ("x²", "x²", "no place", "** 2"),
        ("x\0", "\0", "no place", ""),
        ("\ud800", "\ud800", "no place", ""),
    ],
)
def test_bad_formulas(text: str, pointed: str | None, message: str, fix: str) -> None:
    first = problems(text)[0]
    assert message in first.message
    assert fix in first.fix
    if pointed is not None:
        assert text[first.offset : first.offset + first.length] == pointed
    assert first.path == ()


def test_all_errors_of_a_formula_come_at_once() -> None:
    found = problems("labl_rate * 2 + smples / hourz + (hours + x) + samples * 0")
    assert [problem.offset for problem in found] == [0, 16, 25, 40]


def test_one_name_is_complained_about_once() -> None:
    assert len(problems("qqq + qqq * qqq")) == 1


def test_unit_and_name_errors_come_together() -> None:
    found = problems("smples + (hours + wage)")
    assert ["unknown name" in p.message for p in found] == [True, False]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("(" * 100_000, "100,000 characters"),
        ("(" * 3000, "nested more than 50 deep"),
        ("(" * 51 + "x" + ")" * 51, "nested more than 50 deep"),
        ("-" * 3999 + "x", "too long or too deeply nested"),
        ("not " * 900 + "x + " * 90 + "x", "too long or too deeply nested"),
        ("x+" * 1999 + "x", "too long or too deeply nested"),
        ("x**" * 1300 + "x", "too long or too deeply nested"),
        ("(x<" * 49 + "x" + "<x)" * 49, "too long or too deeply nested"),
        ("9**" * 1000 + "9", "too long or too deeply nested"),
        ("9**9**9**9", "infinite"),
    ],
)
def test_formula_bombs_are_one_clear_error_at_once(text: str, message: str) -> None:
    began = time.perf_counter()
    found = problems(text)
    assert time.perf_counter() - began < 30  # guards against a hang, not a speed
    assert len(found) == 1
    assert message in found[0].message


@pytest.mark.parametrize(
    "piece", ["1 qq + ", "qqqqqq(", "$ ", "qq{} + ", "1 qqqqqqqqqqqqqqqqqqqqqqqq "]
)
def test_many_errors_are_cut_short(piece: str) -> None:
    text = "".join(piece.replace("{}", str(n)) for n in range(3900 // (len(piece) + 2)))
    began = time.perf_counter()
    assert 1 <= len(problems(text + "1")) <= 20
    assert time.perf_counter() - began < 30  # guards against a hang, not a speed
