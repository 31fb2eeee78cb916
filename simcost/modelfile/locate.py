"""Giving problems their place in the file: path and offset in, line and column out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from simcost.errors import Key, Problem
from simcost.modelfile.document import Document

_WIDEST = 160  # characters of a line that are shown


@dataclass(frozen=True, slots=True)
class Found:
    """A problem, and whether it is about the key at its path (not about the value)."""

    problem: Problem
    on_key: bool = False


class Findings:
    """Collects problems while a file is read."""

    def __init__(self) -> None:
        self.found: list[Found] = []

    def add(
        self, path: tuple[Key, ...], message: str, fix: str = "", *, on_key: bool = False
    ) -> None:
        """Add a problem at `path`."""
        self.found.append(Found(Problem(message, fix, path), on_key))

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add problems that have their paths already."""
        self.found.extend(Found(problem) for problem in problems)


def path_text(path: tuple[Key, ...]) -> str:
    """Return ``inputs.wage.unit``."""
    return Problem("", path=path).where


def at(document: Document, start: int, end: int, message: str, fix: str = "") -> Problem:
    """Return a problem about characters `start` to `end` of the text."""
    return place(document, Problem(message, fix), start, end)


def place(document: Document, problem: Problem, start: int, end: int) -> Problem:
    """Return `problem` with line, column, length and the line's text filled in."""
    number, column = document.line_and_column(start)
    line = document.lines[number - 1]
    length = max(1, min(end - start, len(line) - column + 1))
    return replace(
        problem,
        file=document.name,
        line=number,
        column=column,
        length=min(length, max(1, _WIDEST - column)),
        source=_shown(line, column),
    )


def locate(document: Document, found: Found) -> Problem:
    """Return a problem with its place in the file, found by its path.

    Parameters
    ----------
    document : Document
        The file.
    found : Found
        The problem; one that has a line already is returned as it is.
    """
    problem = found.problem
    if problem.line:
        return problem
    span = document.positions.find(
        problem.path, on_key=found.on_key, offset=problem.offset, length=problem.length
    )
    return place(document, problem, span.start, span.end)


def _shown(line: str, column: int) -> str:
    """Return the line fit for a terminal, or nothing when the place is too far to the right."""
    if column > _WIDEST:
        return ""
    # One column a character keeps the caret under its place.
    plain = "".join(char if char.isprintable() else " " for char in line[:_WIDEST])
    return plain + "…" * (len(line) > _WIDEST)
