"""Every fenced block of README.md and docs/*.md is run, and every link is followed.

- ``python``: executed in order, one namespace a page; ``>>>`` blocks as doctests.
- ``toml`` with ``[inputs]``: a whole model, loaded with all its scenarios. Without any header:
  lines of ``[inputs]``. ``toml fragment``: loaded with the names of `FRAME` added.
  ``toml file=NAME``: also saved, for the blocks below; ``wrong`` says that it is not to be loaded.
- ``console``: lines ``$ simcost …`` are run in this process, in a folder of the page's own that
  holds ``examples/``; what they print must be the lines that follow. ``console error``: what they
  print to standard error, and they must fail. ``…`` stands for any text in a line, or, on a line of
  its own, for any number of lines. Other commands are not run.

``UPDATE_DOCS=1 pytest tests/test_docs.py`` writes the output of this version into the pages; where
lines were left out, into the lines most like it.
"""

from __future__ import annotations

import doctest
import inspect
import os
import re
import shlex
import shutil
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

import simcost
from simcost import errors
from simcost.graph import FUNCTIONS
from simcost.modelfile import shipped_systems
from simcost.modelfile.fragments import open_fragment, shipped_fragments
from simcost.report import figures
from simcost.units.definitions import AMBIGUOUS, COMPOUNDS, CURRENCIES
from simcost.units.names import spellings

ROOT = Path(__file__).parent.parent
DATA = {"hours.csv": "hours\n12\n30\n18\n"}  # files that models on the pages read
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
ANY = "…"

# What fragments may speak of without saying it.
FRAME = {
    "inputs": {
        "samples": '{ lognormal = { p10 = 2e4, p90 = 1.2e5 }, unit = "sample" }',
        "label_rate": '{ uniform = { low = 5, high = 10 }, unit = "sample/hour" }',
        "wage": '{ pert = { low = 8, mode = 12, high = 20 }, unit = "USD/hour" }',
        "months": '{ lognormal = { p10 = 1, p90 = 4 }, unit = "month" }',
        "gpu_hours": '{ uniform = { low = 100, high = 300 }, unit = "gpu*hour" }',
        "pilot_hours": '{ value = 40, unit = "hour" }',
        "gpu_price": '{ uniform = { low = 2, high = 4 }, unit = "USD/gpu/hour" }',
    },
    "quantities": {"hours": '"samples / label_rate"'},
}


@dataclass(frozen=True)
class Block:
    """A fenced block: its first line's number, its language, its other words and its text."""

    line: int
    language: str
    words: tuple[str, ...]
    text: str


def blocks_of(page: str) -> Iterator[Block]:
    for match in re.finditer(r"^```(.*)\n((?:(?!```).*\n)*)```$", page, re.MULTILINE):
        language, *words = match[1].split() or [""]
        yield Block(page[: match.start()].count("\n") + 2, language, tuple(words), match[2])


class Recorder(doctest.DocTestRunner):
    """Keeps what a doctest printed instead."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.changed: dict[str, str] = {}

    def report_failure(self, out: Any, test: Any, example: doctest.Example, got: str) -> None:
        super().report_failure(out, test, example, got)
        start = f">>> {example.source}"
        self.changed[start + example.want] = start + got


class Page:
    """Runs the blocks of one page, and remembers what was not as the page says."""

    def __init__(self, text: str, cli: Callable[..., Any]) -> None:
        self.text, self.cli = text, cli
        self.namespace: dict[str, Any] = {"__name__": "page"}
        self.failures: list[str] = []

    def run(self) -> list[str]:
        runners = {"python": self.python, "toml": self.toml, "console": self.console}
        for block in blocks_of(self.text):
            try:
                runners.get(block.language, lambda _: None)(block)
            except Exception as error:  # a page's fault, whatever it is
                self.failures.append(f"line {block.line}: {type(error).__name__}: {error}")
        return self.failures

    def python(self, block: Block) -> None:
        if ">>>" not in block.text:
            exec(compile(block.text, f"line {block.line}", "exec"), self.namespace)
            return
        parser = doctest.DocTestParser()
        test = parser.get_doctest(block.text, self.namespace, "page", "page", block.line - 1)
        said = StringIO()
        runner = Recorder(verbose=False, optionflags=doctest.ELLIPSIS)
        runner.run(test, out=said.write, clear_globs=False)
        self.namespace.update(test.globs)
        if runner.failures:
            self.failures.append(f"line {block.line}: {said.getvalue()}")
        written = block.text
        for expected, got in runner.changed.items():
            written = written.replace(expected, got)
        self.text = self.text.replace(block.text, written)

    def toml(self, block: Block) -> None:
        text = block.text
        named = [word.removeprefix("file=") for word in block.words if word.startswith("file=")]
        for name in named:
            Path(name).write_text(text, encoding="utf-8")
        if "wrong" in block.words:
            return
        headers = re.findall(r"^\[+[\w.]+\]+", text, re.MULTILINE)
        if "fragment" in block.words:
            text = framed(text)
        elif not headers:
            text = f"[inputs]\n{text}"
        elif "[inputs]" not in headers:  # not a model
            tomllib.loads(text)
            return
        path = Path(f"block-{block.line}.toml")
        path.write_text(text, encoding="utf-8")
        model = simcost.load(path)
        for scenario in model.scenarios:
            model.compiled(scenario)

    def console(self, block: Block) -> None:
        fails = "error" in block.words
        written = block.text
        for command, expected in commands(block.text):
            done = self.cli(*shlex.split(command, comments=True)[1:])
            if (done.code != 0) != fails:
                self.failures.append(f"line {block.line}: {command}: exit {done.code}: {done.err}")
            said = tidy(done.err if fails else done.out)
            if not re.fullmatch(pattern(expected), said):
                self.failures.append(f"line {block.line}: {command}\nsaid\n{said}\nnot\n{expected}")
                anew = said if ANY not in expected else refitted(expected, said)
                if re.fullmatch(pattern(anew), said):
                    written = written.replace(f"{command}\n{expected}", f"{command}\n{anew}")
        self.text = self.text.replace(block.text, written)


def framed(text: str) -> str:
    """Add the names that a fragment takes for granted."""
    given = tomllib.loads(text)
    for section, entries in FRAME.items():
        missing = entries.keys() - given.get(section, {})
        lines = "".join(f"{name} = {entries[name]}\n" for name in sorted(missing))
        header = f"[{section}]\n"
        if header in text:
            text = text.replace(header, header + lines, 1)
        else:
            text += f"\n{header}{lines}"
    return text


def commands(text: str) -> Iterator[tuple[str, str]]:
    """Return each command of simcost and what is printed below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, printed = part.partition("\n")
        if command.split()[0] == "simcost":
            yield command, tidy(printed)


def tidy(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    return f"{lines}\n" if lines else ""


def pattern(expected: str) -> str:
    def of_line(line: str) -> str:
        if line.strip() == ANY:
            return r"(?:.*\n)*?"
        return re.escape(line).replace(ANY, r"[^\n]*?")

    return "".join(map(of_line, expected.splitlines(keepends=True)))


def refitted(expected: str, said: str) -> str:
    """Return the lines that are expected as they are said now, with the same ones left out."""

    def shape(line: str) -> str:
        return re.sub(r"[\d.,]+", "0", " ".join(line.strip("─│█░ ").split()))

    rest, lines = said.splitlines(), []
    for line in expected.splitlines():
        if line.strip() == ANY or not rest:
            lines.append(line)
            continue
        alike = [SequenceMatcher(None, shape(line), shape(other)).ratio() for other in rest]
        place = alike.index(max(alike))
        keep = ANY in line and ANY not in rest[place]  # something was left out within the line
        lines.append(line if keep else rest[place])
        rest = rest[place + 1 :]
    return "\n".join(lines) + "\n"


@pytest.fixture
def page_folder(tmp_path, monkeypatch):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    for name, text in DATA.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
@pytest.mark.usefixtures("page_folder")
def test_every_block_of_a_page_does_what_the_page_says(path, simcost_cli):
    page = Page(path.read_text(encoding="utf-8"), simcost_cli)
    failures = page.run()
    if os.environ.get("UPDATE_DOCS") and failures:
        path.write_text(page.text, encoding="utf-8")
    assert not failures, f"{path.name}\n" + "\n\n".join(failures)


@pytest.mark.usefixtures("page_folder")
def test_a_changed_digit_is_noticed(simcost_cli):
    command = "simcost run examples/quickstart.toml --draws 1000"
    printed = simcost_cli(*command.split()[1:]).out
    page = f"Text.\n\n```console\n$ {command}\n{tidy(printed)}```\n"
    assert not Page(page, simcost_cli).run()
    start = page.find("P90")
    digits = [match.start() for match in re.finditer(r"\d", page) if match.start() > start]
    for place in digits:
        other = str((int(page[place]) + 1) % 10)
        assert Page(page[:place] + other + page[place + 1 :], simcost_cli).run()


@pytest.mark.parametrize(
    "block",
    [
        "```python\nassert 1 + 1 == 3\n```",
        "```python\n>>> 1 + 1\n3\n```",
        '```toml\n[inputs]\nx = { normal = { mean = 0, ds = 1 } }\n[outputs]\ny = "x"\n```',
        "```toml\nx = { normal = { mean = 0, ds = 1 } }\n```",
        '```toml fragment\n[outputs]\ny = "wages"\n```',
        "```console\n$ simcost run examples/none.toml\n…\n```",
        "```console error\n$ simcost check examples/quickstart.toml\n…\n```",
        "```console\n$ simcost check examples/quickstart.toml\n…\n5 problems\n```",
    ],
)
@pytest.mark.usefixtures("page_folder")
def test_a_block_that_does_not_hold_is_noticed(block, simcost_cli):
    assert Page(f"Text.\n\n{block}\n", simcost_cli).run()


@pytest.mark.parametrize(
    ("expected", "said", "fits"),
    [
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a\n  …\nd\n", "a\nd\n", True),
        ("a\n…\nd\n", "a\nb\nc\n", False),
        ("a = 1.…\n", "a = 1.25\n", True),
        ("a = 1.…\n", "a = 1.25\nb\n", False),
    ],
)
def test_an_ellipsis_stands_for_lines_or_for_the_rest_of_one(expected, said, fits):
    assert bool(re.fullmatch(pattern(expected), said)) is fits


# -- links ----------------------------------------------------------------------------------------


def prose(page: str) -> str:
    return re.sub(r"^```.*?^```$", "", page, flags=re.MULTILINE | re.DOTALL)


def anchors(page: str) -> set[str]:
    """Names that GitHub gives to the headings of a page."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


def broken_links(path: Path, page: str) -> list[str]:
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", prose(page))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name
        if not there.exists():
            broken.append(target)
        elif anchor and anchor not in anchors(there.read_text(encoding="utf-8") if name else page):
            broken.append(target)
    return broken


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path):
    assert not broken_links(path, path.read_text(encoding="utf-8"))


def test_a_link_to_nowhere_is_noticed():
    page = "# A title: here\n[a](#a-title-here) [b](README.md) [c](#none) [d](none.md)\n"
    assert broken_links(ROOT / "page.md", page) == ["#none", "none.md"]


# -- tables that the program knows better ----------------------------------------------------------


def section(page: str, title: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {title}\n(.*?)(?=^#|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no section {title!r}"
    return found[2]


def test_the_table_of_functions_is_complete():
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", section("model-file.md", "Functions"), re.M)
    assert rows == [(one.usage, one.doc) for one in FUNCTIONS.values()]


def test_the_table_of_units_is_complete():
    text = section("model-file.md", "Units")
    said = set(re.findall(r"`([A-Za-z]\w*)`", text.partition("<!-- units -->")[2]))
    assert said - {*spellings(), *COMPOUNDS} == set()
    money = {f"{prefix}{code}" for prefix in ("k", "M", "bn") for code in CURRENCIES}
    assert {*spellings().values()} - money <= said
    assert not said & set(AMBIGUOUS)


def test_the_tables_of_figures_are_complete():
    text = section("figures.md", "Of a result") + section("figures.md", "Of an analysis")
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", text, re.M)
    said = {name: (shows, set(re.findall(r"`(\w+)`", options))) for name, shows, options in rows}
    known = {
        one.name: (one.summary, options_of(one.make))
        for one in figures.figures().values()
        if one.of != "results"
    }
    assert said == known


def options_of(make: Callable[..., Any]) -> set[str]:
    parameters = inspect.signature(make).parameters.values()
    return {one.name for one in parameters if one.kind is one.KEYWORD_ONLY}


def test_the_table_of_exit_codes_is_complete():
    rows = dict(re.findall(r"^\| (\d+) \| (.*?) \|", section("results.md", "Exit codes"), re.M))
    tree = [
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, errors.SimcostError)
    ]
    assert rows.keys() >= {str(one.exit_code) for one in tree} | {"0", "130"}


def test_the_table_of_systems_is_what_they_come_to():
    import systems_page

    text = systems_page.PAGE.read_text(encoding="utf-8")
    assert set(systems_page.ORDER) == set(shipped_systems())
    assert text == systems_page.page(), "python tests/systems_page.py"


def test_the_table_of_fragments_is_complete():
    text = section("systems.md", "Building blocks").partition("<!-- fragments -->")[2]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|(.*?)\| (.*?) \|$", text, re.MULTILINE)
    found = {}
    for name in shipped_fragments():
        fragment = open_fragment(name, None)
        free = [
            key
            for key, about in fragment.parameters.items()
            if set(about) & {"from", "value", "pert", "formula", "needed_for"}
        ]
        must = [key for key in fragment.parameters if key not in free]
        found[name] = [", ".join(part) for part in (must, free, fragment.quantities)]
    assert {name: [part.strip() for part in parts] for name, *parts in rows} == found
