"""From text to TOML values, with a message a person can act on when that fails.

A statement that stands on one line is taken out after it was reported, so that one missing
quote does not hide what else is wrong in the file.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from simcost.errors import Problem
from simcost.modelfile.brackets import look
from simcost.modelfile.complaint import Complaint
from simcost.modelfile.document import Document
from simcost.modelfile.locate import at, path_text
from simcost.modelfile.syntax_hints import explain

_MOST = 20  # syntax errors reported for one file
_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_KEY = re.compile(r"^[ \t]*(\w+)[ \t]*=", re.MULTILINE)
_TWICE = ("overwrite", "twice", "Duplicate", "immutable namespace", "redefine")


@dataclass
class Toml:
    """What could be read of a TOML text.

    Parameters
    ----------
    document : Document
        The text; statements that could not be read are blanked out of its `parsed`.
    data : dict or None
        Its values; None when the text as a whole cannot be read.
    problems : list of Problem
        Located.
    broken : set of str
        Keys of the statements that were taken out.
    """

    document: Document
    data: dict[str, Any] | None = None
    problems: list[Problem] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)


def parse_toml(document: Document) -> Toml:
    """Parse the text of a model file.

    Parameters
    ----------
    document : Document
        The file.

    Returns
    -------
    Toml
        Values and problems; never raises for anything the text contains.
    """
    toml = Toml(document)
    deep = look(document.text).too_deep
    if deep >= 0:
        message = "brackets or dotted keys are nested too deeply for a model file"
        toml.problems.append(at(document, deep, deep + 1, message))
        return toml
    while toml.data is None and len(toml.problems) < _MOST:
        try:
            toml.data = tomllib.loads(toml.document.parsed)
        except tomllib.TOMLDecodeError as error:
            if not _survive(toml, str(error)):
                break
        except (ValueError, RecursionError) as error:  # int() of thousands of digits
            toml.problems.append(_unreadable(toml.document, str(error)))
            break
    return toml


def _survive(toml: Toml, error: str) -> bool:
    """Report a syntax error; True when the rest of the text can still be read."""
    place = _PLACE.search(error)
    message = error[: place.start()] if place else error
    index = _index(toml.document, place)
    if any(word in message for word in _TWICE) and toml.document.positions.duplicates:
        _take_out_duplicates(toml)
        return True
    complaint = explain(toml.document.parsed, message, index)
    toml.problems.append(
        at(toml.document, complaint.start, complaint.end, complaint.message, complaint.fix)
    )
    return _take_out_line(toml, complaint)


def _index(document: Document, place: re.Match[str] | None) -> int:
    text = document.parsed
    if place is None or place[1] is None:
        return len(text.rstrip())
    line, column = int(place[1]), int(place[2])
    return min(document.line_starts[line - 1] + column - 1, len(text))


def _take_out_duplicates(toml: Toml) -> None:
    document, spans = toml.document, []
    for duplicate in document.positions.duplicates:
        line, _ = document.line_and_column(duplicate.first.start)
        message = f"{path_text(duplicate.path)} is given twice; the first time in line {line}"
        fix = (
            "Move what stands below it up to where the table was opened first."
            if duplicate.is_table
            else "Keep one of the two, or give one another name."
        )
        key, statement = duplicate.second, duplicate.statement
        toml.problems.append(at(document, key.start, key.end, message, fix))
        start = statement.start
        if duplicate.is_table:
            toml.broken.update(_KEY.findall(document.parsed[start : statement.end]))
        else:
            start = _comma_before(document.parsed, start)
        spans.append((start, statement.end))
    toml.document = _blanked(document, spans)


def _take_out_line(toml: Toml, complaint: Complaint) -> bool:
    """Blank the line of a complaint, if it is a statement of its own."""
    text = toml.document.parsed
    start = text.rfind("\n", 0, complaint.start) + 1
    end = text.find("\n", complaint.start)
    end = len(text) if end < 0 else end
    statement = re.match(r"[ \t]*([\w\"'. \t-]+?)[ \t]*=", text[start:end])
    if statement is None or look(text, start).open or look(text, end).open:
        return False
    if any(quotes in text[start:end] for quotes in ('"""', "'''")):
        return False
    toml.broken.update(re.findall(r"\w+", statement[1]))
    toml.document = _blanked(toml.document, [(start, end)])
    return True


def _blanked(document: Document, spans: Iterable[tuple[int, int]]) -> Document:
    """Replace stretches of the text by spaces, which keeps every other position."""
    pieces, done = [], 0
    for start, end in spans:
        pieces += [document.parsed[done:start], re.sub(r"[^\n]", " ", document.parsed[start:end])]
        done = end
    return replace(document, blanked="".join([*pieces, document.parsed[done:]]))


def _comma_before(text: str, start: int) -> int:
    """Return where a pair of an inline table begins together with the comma before it."""
    before = text[:start].rstrip(" \t")
    return len(before) - 1 if before.endswith(",") else start


def _unreadable(document: Document, reason: str) -> Problem:
    digits = re.search(r"\d{4000,}", document.parsed)
    if digits:
        message = "a number with thousands of digits"
        return at(document, digits.start(), digits.end(), message, "Write it as 1e12, for example.")
    return at(document, 0, 1, f"the file cannot be read: {reason}")
