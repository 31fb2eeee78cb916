"""What people get wrong, and what they are told: `tests/bad/NAME.toml` and `NAME.txt`.

The texts are what a user reads, so they are kept word for word. After a message was changed on
purpose, `SIMCOST_ACCEPT=1 pytest tests/test_modelfile_bad_input.py` writes the new ones; read
them before committing.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simcost.errors import FileError, ModelError
from simcost.modelfile import load, parse, read

BAD = Path(__file__).parent / "bad"
CASES = sorted(path.stem for path in BAD.glob("*.toml"))


def complaint(path):
    with pytest.raises(ModelError) as caught:
        load(path)
    return caught.value


@pytest.mark.parametrize("case", CASES)
def test_message(case, monkeypatch):
    monkeypatch.chdir(BAD)
    text = str(complaint(f"{case}.toml")) + "\n"
    expected = BAD / f"{case}.txt"
    if os.environ.get("SIMCOST_ACCEPT"):
        expected.write_text(text, encoding="utf-8")
    assert text == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_every_problem_has_its_place_and_they_are_in_order(case):
    problems = complaint(BAD / f"{case}.toml").problems
    places = [(problem.line, problem.column) for problem in problems]
    assert places == sorted(places)
    lines = (BAD / f"{case}.toml").read_text(encoding="utf-8").split("\n")
    for problem in problems:
        assert problem.file.endswith(f"{case}.toml")
        assert problem.source == lines[problem.line - 1]
        assert problem.column - 1 + problem.length <= len(problem.source) + 1
        assert problem.message
        assert not problem.message.endswith(".")


def test_there_is_an_expected_text_for_every_file_and_no_other():
    assert {path.stem for path in BAD.glob("*.txt")} == set(CASES)


def test_all_problems_come_at_once_also_those_of_formulas():
    problems = complaint(BAD / "no_quotes.toml").problems
    assert len(problems) == 8
    assert "prise" in str(problems[-1])


def test_a_hundred_thousand_brackets():
    text = "[quantities]\nn = '" + "(" * 100_000 + ")" * 100_000 + "'\n"
    _, problems = parse(text)
    assert problems == []  # the text is TOML; its formula is refused by the model


def test_a_hundred_thousand_brackets_in_a_file(tmp_path):
    path = tmp_path / "bomb.toml"
    path.write_text("[quantities]\nn = '" + "(" * 100_000 + ")" * 100_000 + "'\n")
    error = complaint(path)
    assert len(error.problems) == 1
    assert error.problems[0].line == 2
    assert len(str(error)) < 2000


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a = " + "[" * 100_000 + "]" * 100_000,
        "a = " + "{a = " * 50_000 + "1" + "}" * 50_000,
        "a." * 100_000 + "b = 1",
        "[" + "a." * 100_000 + "b]",
        '"a b".' * 100_000 + "b = 1",
    ],
    ids=["open", "lists", "tables", "dots", "header", "quoted"],
)
def test_toml_bombs_are_refused_quickly(text):
    _, problems = parse(text)
    assert len(problems) == 1
    assert "too deeply" in problems[0].message
    assert len(str(problems[0])) < 1000


def test_a_number_of_thousands_of_digits():
    _, problems = parse("[inputs]\nx = " + "9" * 5000)
    assert (problems[0].line, problems[0].column) == (2, 5)
    _, problems = parse("[inputs]\nx = " + "9" * 400 + "\ny = { value = " + "9" * 400 + " }")
    assert [problem.line for problem in problems] == [2, 3]


def test_numbers_that_overflow_in_a_family_are_a_problem_of_the_file():
    _, problems = parse("[inputs]\nx = { lognormal = { mean = 1e-300, sd = 1e300 } }")
    assert [(problem.line, problem.path[:2]) for problem in problems] == [(2, ("inputs", "x"))]


def test_missing_file_folder_and_device(tmp_path):
    (tmp_path / "cost.toml").write_text("")
    with pytest.raises(FileError, match=r"no such file; did you mean .*cost\.toml"):
        read(tmp_path / "cots.toml")
    with pytest.raises(FileError, match=r"is a folder.*it holds cost\.toml"):
        read(tmp_path)
    with pytest.raises(FileError, match="no such file"):
        read(tmp_path / "a" / "b.toml")
    with pytest.raises(FileError):
        read("a\0b")
    if os.path.exists("/dev/zero"):
        with pytest.raises(FileError, match="larger than 1 MB"):
            read("/dev/zero")


def test_a_large_file_is_refused_with_advice(tmp_path):
    path = tmp_path / "large.toml"
    path.write_bytes(b"#" * 1_000_001)
    with pytest.raises(FileError, match="Keep data in a CSV file"):
        read(path)


def test_other_encodings(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes("[model]\nname = 'größe'".encode("latin-1"))
    (problem,) = complaint(path).problems
    assert (problem.line, problem.column) == (2, 11)
    assert "UTF-8" in problem.message
    path.write_bytes("[model]\nname = 'x'".encode("utf-16"))
    (problem,) = complaint(path).problems
    assert "UTF-16" in problem.message


def test_a_file_with_byte_order_mark_and_crlf_is_read(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf[inputs]\r\nx = 5\r\ny = nan\r\n[quantities]\r\nz = 'x * 2'")
    (problem,) = complaint(path).problems
    assert (problem.line, problem.column, problem.source) == (3, 5, "y = nan")


def test_control_characters_do_not_reach_the_terminal():
    _, problems = parse("[inputs]\nx = \x1b[31m5\n")
    assert problems
    assert "\x1b" not in "\n".join(map(str, problems))
