"""Line and column of keys and values: compared with what the text says at that place."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simcost.errors import Problem
from simcost.modelfile.document import Document, clean
from simcost.modelfile.locate import Found, locate
from simcost.modelfile.positions import Positions
from simcost.modelfile.strings import character_positions

TEXT = '''\
# größe 😀
top = 1
a.b."c.d" = [1, { x = 2, y.z = [3, 4] },
  # between
  5]
'quoted key' = "é"

[inputs]
wage = { pert = { low = 8, mode = 12 }, unit = "USD" } # 😀

[deep.er]
k = """
first
second \\u00e9 third"""

[[stages]]
name = 'one'
[[stages.parts]]
q = 1
[[stages]]
name = "two 😀"
'''


def shown(path, **how):
    positions = Positions(TEXT)
    span = positions.find(path, **how)
    return TEXT[span.start : span.end]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (("top",), "1"),
        (("a", "b", "c.d", 0), "1"),
        (("a", "b", "c.d", 1, "x"), "2"),
        (("a", "b", "c.d", 1, "y", "z", 1), "4"),
        (("a", "b", "c.d", 2), "5"),
        (("a", "b"), "b"),
        (("quoted key",), '"é"'),
        (("inputs",), "inputs"),
        (("inputs", "wage", "pert", "mode"), "12"),
        (("inputs", "wage", "pert"), "pert"),  # of a table, its key
        (("inputs", "wage"), "wage"),
        (("deep", "er"), "er"),
        (("deep",), "deep"),
        (("stages",), "stages"),
        (("stages", 0, "name"), "'one'"),
        (("stages", 0, "parts", 0, "q"), "1"),
        (("stages", 1, "name"), '"two 😀"'),
        (("stages", 1), "stages"),
        (("inputs", "wage", "nothing"), "wage"),  # what is not there: the table around it
        (("nowhere",), ""),
    ],
)
def test_find(path, expected):
    assert shown(path) == expected


def test_keys():
    assert shown(("top",), on_key=True) == "top"
    assert shown(("a", "b", "c.d"), on_key=True) == '"c.d"'
    assert shown(("a", "b", "c.d", 1), on_key=True) == "{ x = 2, y.z = [3, 4] }"


def test_inside_a_text():
    path = ("deep", "er", "k")
    value = tomllib.loads(TEXT)["deep"]["er"]["k"]
    for word in ("first", "second", "third"):
        assert shown(path, offset=value.index(word), length=len(word)) == word
    assert shown(path, offset=value.index("é"), length=1) == "\\"  # the escape begins there


def test_inside_a_formula_table():
    text = 'total = { formula = "wage * houers", unit = "USD" }\nplain = "wag"'
    positions = Positions(text)
    for path in (("total",), ("total", "formula")):
        span = positions.find(path, offset=7, length=6)
        assert text[span.start : span.end] == "houers"
    span = positions.find(("plain", "formula"), offset=0, length=3)
    assert text[span.start : span.end] == "wag"
    span = positions.find(("total", "unit"), offset=0, length=3)
    assert text[span.start : span.end] == "USD"


def test_columns_count_characters():
    document = Document(clean("\ufeff'😀é' = { é = nan }\r\nx = 1\r\n".replace("é =", "e =")), "m")
    problem = locate(document, Found(Problem("bad", path=("😀é", "e"))))
    assert (problem.line, problem.column, problem.length) == (1, 14, 3)
    assert problem.source[problem.column - 1 :][: problem.length] == "nan"


def test_tabs_keep_the_caret_in_its_place():
    problem = locate(Document("\tx =\t5", "m"), Found(Problem("bad", path=("x",))))
    _, source, caret = str(problem).split("\n")
    assert source[caret.index("^")] == "5"


def test_long_lines_are_cut():
    document = Document("x = " + "1" * 500 + "\ny = { note = '" + "a" * 500 + "', z = 1 }", "m")
    first = locate(document, Found(Problem("bad", path=("x",))))
    assert len(first.source) < 200
    assert first.column + first.length <= len(first.source)
    far = locate(document, Found(Problem("bad", path=("y", "z"))))
    assert (far.source, far.column) == ("", 522)


keys = st.text("abcé😀", min_size=1, max_size=3)
scalars = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=6),
)
trees = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(keys, inner, max_size=3)),
    max_leaves=8,
)


def written(value):
    """Write a value as TOML."""
    if isinstance(value, dict):
        inside = ", ".join(f"{quoted(key)} = {written(item)}" for key, item in value.items())
        return "{ " + inside + " }" if inside else "{}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return quoted(value) if isinstance(value, str) else str(value)


def quoted(text):
    return '"' + "".join(f"\\U{ord(char):08x}" if ord(char) < 48 else char for char in text) + '"'


def leaves(value, path=()):
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from leaves(item, (*path, number))
    else:
        yield path, value


@given(st.dictionaries(keys, trees, max_size=4))
def test_every_value_is_found_where_it_is_written(data):
    text = "\n".join(f"{quoted(key)} = {written(value)}" for key, value in data.items())
    text = text.replace("\\U0000005c", "\\\\")
    try:
        parsed = tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # a character TOML has no place for
        return
    positions = Positions(text)
    for path, value in leaves(parsed):
        span = positions.find(path)
        assert tomllib.loads(f"x = {text[span.start : span.end]}")["x"] == value


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=20),
    st.sampled_from(['"', '"""', '"""\n']),
    st.integers(0, 2**20),
)
def test_characters_of_a_text_are_where_they_are_written(value, quotes, choice):
    pieces = [
        f"\\U{ord(char):08X}" if char in '"\\' or choice >> (i % 20) & 1 else char
        for i, char in enumerate(value)
    ]
    token = quotes + "".join(pieces) + quotes.strip()
    places = character_positions(token)
    assert len(places) == len(value) + 1
    for char, piece, start in zip(value, pieces, places, strict=False):
        assert token.startswith(piece, start)
        assert tomllib.loads(f'x = "{piece}"')["x"] == char
    assert token[places[-1] :] == quotes.strip()


def test_a_continued_line_is_skipped():
    token = '"""a\\\n   b"""'
    assert [token[place] for place in character_positions(token)] == ["a", "b", '"']
