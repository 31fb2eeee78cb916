"""What a syntax error of TOML most likely means, and what to write instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simcost.modelfile.brackets import look
from simcost.modelfile.wording import brief


@dataclass(frozen=True, slots=True)
class Complaint:
    """A message about characters `start` to `end` of the text."""

    message: str
    fix: str
    start: int
    end: int


_PERCENT = re.compile(r"([+-]?\d[\d_.]*)[ \t]*%")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?(?!\d)")
_WITH_UNIT = re.compile(r"([+-]?\d[\d_.]*(?:[eE][+-]?\d+)?)[ \t]*([A-Za-z_$€£%][^\s,\]}#]+)")
_BARE_DECIMAL = re.compile(r"([+-]?)(\.\d+|\d+\.(?!\d))")
_DATE = re.compile(r"\d{4}-\d\d?(-\d*)?")
_WORD = re.compile(r"[^\s,\]}\[{#=\"']+")


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
    unclosed = _unclosed(text, index)
    value = _value_start(text, index)
    found = None if value is None else _number_with_extras(text, value)
    if found:
        return found
    if unclosed and ("Unclosed" in message or "end of" in message):
        return unclosed
    if value is not None and (date := _DATE.match(text, value)):
        return Complaint("this is not a date", "", value, date.end())
    if message == "Invalid value":
        return _invalid_value(text, index)
    return _other(text, message, index, unclosed)


def _value_start(text: str, index: int) -> int | None:
    """Return where the value that surrounds `index` begins."""
    line_start = text.rfind("\n", 0, index) + 1
    line = text[line_start:index]
    # Only a list has commas between values; elsewhere 1,000 is meant as one number.
    stops = "[," if line.rfind("[") > line.rfind("=") else "="
    stop = max(line.rfind(char) for char in stops)
    if stop < 0:
        return None
    match = re.compile(r"[ \t]*").match(text, line_start + stop + 1)
    return match.end() if match else None


def _number_with_extras(text: str, start: int) -> Complaint | None:
    if match := _THOUSANDS.match(text, start):
        plain = match[0].replace(",", "")
        return Complaint("a number cannot have commas in it", f"Write {plain}.", start, match.end())
    if match := _PERCENT.match(text, start):
        share = f"{float(match[1].replace('_', '') or 0) / 100:.12g}" if _float(match[1]) else "0.3"
        return Complaint("there is no percent sign in TOML", f"Write {share}.", start, match.end())
    if match := _BARE_DECIMAL.match(text, start):
        number = match[1] + ("0" + match[2] if match[2][0] == "." else match[2] + "0")
        return Complaint(
            "a decimal point needs a digit on each side", f"Write {number}.", start, match.end()
        )
    if match := _WITH_UNIT.match(text, start):
        unit = brief(match[2])
        return Complaint(
            "a number cannot be followed by a unit here",
            f'Write the unit beside it: {{ value = {match[1]}, unit = "{unit}" }}.',
            start,
            match.end(),
        )
    return None


def _float(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _invalid_value(text: str, index: int) -> Complaint:
    word = _WORD.match(text, index)
    rest = text[index:].split("\n", 1)[0].split("#", 1)[0].strip()
    if not rest:
        start = max(text.rfind("=", 0, index), 0)
        return Complaint("there is no value", "Write a value after the =.", start, start + 1)
    end = word.end() if word else index + 1
    name = text[index:end]
    if name.lower() in ("true", "false"):
        return Complaint(f"{name} is not a value", f"Write {name.lower()}.", index, end)
    if name.lower() in ("none", "null"):
        fix = "Leave the key out instead."
        return Complaint(f"{name} is not a value", fix, index, end)
    if word and not rest.startswith(("[", "{", "=")):
        line = text[index:].split("\n", 1)[0].split("#", 1)[0].rstrip()
        quoted = line if not re.search(r"[,\]}\"]", line) else name
        return Complaint(
            "text needs quotes", f'Write "{brief(quoted)}".', index, index + len(quoted)
        )
    return Complaint("this is not a value", "", index, end)


def _unclosed(text: str, index: int) -> Complaint | None:
    opened = look(text, index).open
    if not opened:
        return None
    place = opened[-1]
    closing = "]" if text[place] == "[" else "}"
    return Complaint(
        f"this {text[place]} is never closed", f"Close it with {closing}.", place, place + 1
    )


def _other(text: str, message: str, index: int, unclosed: Complaint | None) -> Complaint:
    char = text[index : index + 1] or "\n"  # the end of the file ends a line
    line_start = text.rfind("\n", 0, index) + 1
    line_end = text.find("\n", index)
    line_end = len(text) if line_end < 0 else line_end
    if message in ("Unterminated string",) or (message.startswith("Illegal") and char in "\n"):
        start = _last_quote(text, line_start, index)
        quotes = text[start] * (3 if text[start : start + 3] in ('"""', "'''") else 1)
        return Complaint("this text is never closed", f"End it with {quotes}.", start, index)
    if unclosed and text[unclosed.start] == "{" and "\n" in text[unclosed.start : index + 1]:
        return Complaint(
            "a table in braces has to stand on one line",
            "Join the lines, or open the table with a [header] of its own.",
            unclosed.start,
            unclosed.end,
        )
    if not char.isascii() and char.isalpha():
        fix = "Names are the letters a to z, digits and underscores."
        return Complaint(f"{char} cannot stand in a name", fix, index, index + 1)
    if message == "Invalid statement":
        fix = "Lines are key = value or [header]; names are letters, digits and underscores."
        return Complaint("TOML does not allow this here", fix, index, index + 1)
    if message.startswith("Expected '='"):
        end = max(line_start + 1, min(index, line_end))
        fix = "Write key = value; a key with spaces or signs needs quotes, a comment begins with #."
        return Complaint("a key without a value", fix, line_start, end)
    if message.startswith("Expected ']"):
        return Complaint(
            "a table header is never closed", "Write [name] or [[name]].", line_start, index
        )
    if "newline" in message:
        fix = "One key = value a line; a comment begins with #."
        return Complaint("more than one value on a line", fix, index, index + 1)
    if "Unescaped" in message or "hex" in message:
        fix = "Write \\\\ for a backslash, or put the text in single quotes."
        return Complaint("a backslash in quotes begins an escape", fix, index, index + 1)
    if message.startswith(("Found invalid character", "Illegal character")):
        return Complaint(f"a character that TOML does not allow: {char!r}", "", index, index + 1)
    return Complaint(f"not valid TOML: {message[:1].lower()}{message[1:]}", "", index, index + 1)


def _last_quote(text: str, start: int, end: int) -> int:
    """Return where the text that is open at `end` begins."""
    triple = max(text.rfind('"""', 0, end), text.rfind("'''", 0, end))
    pattern = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|[\"']")
    for match in pattern.finditer(text, start, end):
        if len(match[0]) == 1 and triple < start:
            return match.start()
    return max(triple, 0)
