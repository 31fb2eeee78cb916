"""What a syntax error of TOML most likely means, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simcost.modelfile.brackets import look
from simcost.modelfile.complaint import Complaint
from simcost.modelfile.syntax_numbers import odd_number
from simcost.modelfile.wording import brief

_WORD = re.compile(r"[^\s,\]}\[{#=\"']+")
_SPACES = re.compile(r"[ \t]*")
_QUOTED = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\"']")

# What is left when nothing better is known: a word of tomllib's message, ours, and a fix.
_OTHERS = (
    ("Invalid statement", "TOML does not allow this here",
     "Lines are key = value or [header]; names are letters, digits and underscores."),
    ("newline", "more than one value on a line",
     "One key = value a line; a comment begins with #."),
    ("invalid character", "a character that TOML does not allow", ""),
    ("Illegal character", "a character that TOML does not allow", ""),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Error:
    """An error of tomllib: the text, what it said, and the character it complained about."""

    text: str
    message: str
    index: int

    @property
    def line_start(self) -> int:
        return self.text.rfind("\n", 0, self.index) + 1

    @property
    def line_end(self) -> int:
        end = self.text.find("\n", self.index)
        return len(self.text) if end < 0 else end

    @property
    def character(self) -> str:
        return self.text[self.index : self.index + 1] or "\n"  # the end of the file ends a line

    def says(self, *words: str) -> bool:
        return any(word in self.message for word in words)

    def here(self, message: str, fix: str = "") -> Complaint:
        return Complaint(message, fix, self.index, self.index + 1)


def explain(text: str, message: str, index: int) -> Complaint:
    """Turn an error of ``tomllib`` into a message with a fix.

    Parameters
    ----------
    text : str
        The file.
    message : str
        What ``tomllib`` said, without the place.
    index : int
        The character it complained about.
    """
    error = _Error(text, message, index)
    for hint in (_number, _unclosed, _value, _quote, _two_lines, _name, _key, _escape, _before):
        complaint = hint(error)
        if complaint is not None:
            return complaint
    for word, meaning, fix in _OTHERS:
        if error.says(word):
            return error.here(meaning, fix)
    return error.here(f"not valid TOML: {message[:1].lower()}{message[1:]}")


def _number(error: _Error) -> Complaint | None:
    start = _value_start(error)
    return None if start is None else odd_number(error.text, start)


def _value_start(error: _Error) -> int | None:
    """Return where the value that surrounds the error begins."""
    line = error.text[error.line_start : error.index]
    # Only a list has commas between values; elsewhere 1,000 is meant as one number.
    stops = "[," if line.rfind("[") > line.rfind("=") else "="
    stop = max(line.rfind(char) for char in stops)
    if stop < 0:
        return None
    match = _SPACES.match(error.text, error.line_start + stop + 1)
    return match.end() if match else None


def _unclosed(error: _Error) -> Complaint | None:
    place = _open_bracket(error)
    if place is None or not error.says("Unclosed", "end of"):
        return None
    closing = "]" if error.text[place] == "[" else "}"
    message = f"this {error.text[place]} is never closed"
    return Complaint(message, f"Close it with {closing}.", place, place + 1)


def _open_bracket(error: _Error) -> int | None:
    opened = look(error.text, error.index).open
    return opened[-1] if opened else None


def _value(error: _Error) -> Complaint | None:
    if error.message != "Invalid value":
        return None
    text, index = error.text, error.index
    rest = text[index : error.line_end].split("#", 1)[0].rstrip()
    if not rest.strip():
        start = max(text.rfind("=", 0, index), 0)
        return Complaint("there is no value", "Write a value after the =.", start, start + 1)
    word = _WORD.match(text, index)
    if word is None:
        return error.here("this is not a value")
    return _bare_word(word[0], rest, index)


def _bare_word(word: str, rest: str, start: int) -> Complaint:
    if word.lower() in ("true", "false"):
        fix = f"Write {word.lower()}."
        return Complaint(f"{word} is not a value", fix, start, start + len(word))
    if word.lower() in ("none", "null"):
        fix = "Leave the key out instead."
        return Complaint(f"{word} is not a value", fix, start, start + len(word))
    meant = word if re.search(r"[,\]}\"]", rest) else rest
    return Complaint("text needs quotes", f'Write "{brief(meant)}".', start, start + len(meant))


def _quote(error: _Error) -> Complaint | None:
    illegal_line_break = error.says("Illegal") and error.character == "\n"
    if not (error.says("Unterminated", 'Expected "') or illegal_line_break):
        return None
    start = _open_quote(error)
    quotes = error.text[start : start + 3]
    quotes = quotes if quotes in ('"""', "'''") else quotes[:1]
    return Complaint("this text is never closed", f"End it with {quotes}.", start, error.index)


def _open_quote(error: _Error) -> int:
    text, start = error.text, error.line_start
    triple = max(text.rfind('"""', 0, error.index), text.rfind("'''", 0, error.index))
    for match in _QUOTED.finditer(text, start, error.index):
        if len(match[0]) == 1 and triple < start:
            return match.start()
    return max(triple, 0)


def _two_lines(error: _Error) -> Complaint | None:
    place = _open_bracket(error)
    if place is None or error.text[place] != "{":
        return None
    if "\n" not in error.text[place : error.index + 1]:
        return None
    message = "a table in braces has to stand on one line"
    fix = "Join the lines, or open the table with a [header] of its own."
    return Complaint(message, fix, place, place + 1)


def _name(error: _Error) -> Complaint | None:
    if error.character.isascii() or not error.character.isalpha():
        return None
    fix = "Names are the letters a to z, digits and underscores."
    return error.here(f"{error.character} cannot stand in a name", fix)


def _key(error: _Error) -> Complaint | None:
    start = error.line_start
    if error.says("Expected ']"):
        fix = "Write [name] or [[name]]."
        return Complaint("a table header is never closed", fix, start, error.index)
    if error.says("Expected '='"):
        end = max(start + 1, min(error.index, error.line_end))
        fix = "Write key = value; a key with spaces or signs needs quotes, a comment begins with #."
        return Complaint("a key without a value", fix, start, end)
    return None


def _escape(error: _Error) -> Complaint | None:
    if not error.says("Unescaped", "hex", "Escaped"):
        return None
    fix = "Write \\\\ for a backslash, or put the text in single quotes."
    start = max(error.text.rfind("\\", error.line_start, error.index + 1), error.line_start)
    return Complaint("a backslash in quotes begins an escape", fix, start, start + 2)


def _before(error: _Error) -> Complaint | None:
    if not error.says("overwrite", "twice", "namespace"):
        return None
    line = error.text[error.line_start : error.line_end]
    start = error.line_start + len(line) - len(line.lstrip())
    fix = "Write a table in one place: with dotted keys, in braces, or below a [header]."
    return Complaint("this was given before, in another way", fix, start, error.line_end)
