"""Errors of TOML itself: what they most likely mean, and where."""

from __future__ import annotations

import pytest

from simcost.modelfile.brackets import look
from simcost.modelfile.document import Document
from simcost.modelfile.syntax import parse_toml

# text, then for each problem: what the caret is under, a word of the message, a word of the fix
CASES = [
    ("a = hello", ("hello", "quotes", 'Write "hello".')),
    ("a = hello world # why", ("hello world", "quotes", '"hello world"')),
    ("a = [x, y]", ("x", "quotes", '"x"')),
    ("a = 5%", ("5%", "percent", "0.05")),
    ("a = { b = 12.5 % }", ("12.5 %", "percent", "0.125")),
    ("a = [5%, 4]", ("5%", "percent", "0.05")),
    ("a = 1,000", ("1,000", "commas", "1000")),
    ("a = { b = 1,000,000.5 }", ("1,000,000.5", "commas", "1000000.5")),
    ("a = .5", (".5", "decimal", "0.5")),
    ("a = 5.", ("5.", "decimal", "5.0")),
    ("a = -.5", ("-.5", "decimal", "-0.5")),
    ("a = 5 USD/hour", ("5 USD/hour", "unit", 'value = 5, unit = "USD/hour"')),
    ("a = { b = 5 USD }", ("5 USD", "unit", 'unit = "USD"')),
    ("a = True", ("True", "not a value", "true")),
    ("a = none", ("none", "not a value", "Leave the key out")),
    ("a =", ("=", "no value", "after the =")),
    ("a = # nothing", ("=", "no value", "after the =")),
    ("a = 'text", ("'text", "never closed", "End it with '.")),
    ('a = """text\nb = 1', ('"""text', "never closed", 'End it with """.')),
    ("a = [1, 2\nb = 1", ("[", "never closed", "]")),
    ("a = [1, 2", ("[", "never closed", "]")),
    ("a = { b = 1", ("{", "never closed", "}")),
    ("a = { b = 1,\n c = 2 }", ("{", "one line", "Join")),
    ("[a\nb = 1", ("[", "never closed", "]")),
    ("a", ("a", "without a value", "key = value")),
    ("a b = 1", ("a ", "without a value", "quotes")),
    ('a = "x" "y"', ('"', "more than one value", "One key")),
    ('a = "C:\\data"', ("\\d", "backslash", "single quotes")),
    ("a = 2020-13-45", ("2020-13-45", "not a date", "")),
    ("größe = 1", ("ö", "name", "underscores")),
    ("a = \x07", ("\x07", "", "")),
    ("[a]\nx = 1\n[a]\ny = 2", ("a", "given twice; the first time in line 1", "Move")),
    ("x = 1\nx = 2", ("x", "given twice; the first time in line 1", "Keep one")),
    ("a.b = 1\n[a]\nc = 1", ("[a]", "in another way", "one place")),
    ("a = 1\na.b = 2", ("a.b = 2", "in another way", "one place")),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_one_problem_in_its_place(text, expected):
    under, message, fix = expected
    (problem,) = parse_toml(Document(text, "model.toml")).problems
    line = text.split("\n")[problem.line - 1]
    assert line[problem.column - 1 :][: problem.length] == under
    assert message in problem.message
    assert fix in problem.fix


def test_what_is_right_is_still_read():
    text = "[a]\nb = 5%\nc = 2\nd = { e = 1, e = 2, f = 3 }\nc = oops\n[g]\nh = yes\ni = 4"
    toml = parse_toml(Document(text, "model.toml"))
    assert sorted(problem.line for problem in toml.problems) == [2, 4, 5, 7]
    assert toml.data == {"a": {"c": 2, "d": {"e": 1, "f": 3}}, "g": {"i": 4}}
    assert toml.broken == {"b", "c", "h"}
    assert len(toml.document.parsed) == len(text)


def test_a_table_given_twice_is_left_out_with_its_names():
    text = "[a]\nx = 1\n[b]\ny = 1\n[a]\nz = 2\n w = 3\n[c]\nv = 4"
    toml = parse_toml(Document(text, "model.toml"))
    assert [problem.line for problem in toml.problems] == [5]
    assert toml.data == {"a": {"x": 1}, "b": {"y": 1}, "c": {"v": 4}}
    assert toml.broken == {"z", "w"}


def test_many_mistakes_end_somewhere():
    toml = parse_toml(Document("\n".join(f"x{i} = oops" for i in range(1000)), "model.toml"))
    assert len(toml.problems) == 20
    assert toml.data is None


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("a = [1, { b = ']}' }", (4,)),
        ('a = "[" # [', ()),
        ("a = '''\n[ ''' \nb = [", (19,)),
        ('a = """ " [ """', ()),
        ("]]]", ()),
    ],
)
def test_look_at_brackets(text, opened):
    assert look(text).open == opened


def test_numbers_and_texts_with_dots_are_not_long_keys():
    assert look("a = [" + "1.5, " * 1000 + "]\nb = '" + "a." * 1000 + "'").too_deep == -1
