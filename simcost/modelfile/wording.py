"""Words shared by the messages about a model file."""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterable
from typing import Any


def kind(value: Any) -> str:
    """Say what kind of TOML value this is, such as ``text`` or ``a number``."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (int, float)):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, (datetime.date, datetime.time)):
        return "a date or time"
    return f"a {type(value).__name__}"


def close_to(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that `word` is probably a misspelling of, or nothing."""
    if len(word) > 80:  # difflib is quadratic, and nobody means a name this long
        return ""
    by_lower = {candidate.lower(): candidate for candidate in words}
    found = difflib.get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else ""


def did_you_mean(word: str, words: Iterable[str], otherwise: str = "Possible") -> str:
    """Return ``Did you mean "wage"?``, or the list of what is possible.

    Parameters
    ----------
    word : str
        What was written.
    words : iterable of str
        What could have been meant.
    otherwise : str
        Begins the list that is returned when nothing is close.
    """
    known = list(words)
    guess = close_to(word, known)
    if guess:
        return f"Did you mean {guess}?"
    return f"{otherwise}: {listed(known)}." if known else ""


def listed(words: Iterable[str], most: int = 30) -> str:
    """Join words with commas, and say how many were left out."""
    known = list(words)
    rest = len(known) - most
    return ", ".join(known[:most]) + (f" and {rest} more" if rest > 0 else "")


def brief(text: object, most: int = 60) -> str:
    """Return a short printable form of something the file says."""
    shown = "".join(char if char.isprintable() else "�" for char in str(text))
    return shown if len(shown) <= most else shown[: most - 1] + "…"


def is_number(value: Any) -> bool:
    """Tell whether a TOML value is an integer or a float; ``true`` is neither."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def unquoted(value: Any) -> str:
    """Return the fix for a number written as text, or nothing."""
    if not isinstance(value, str):
        return ""
    try:
        float(value)
    except ValueError:
        return ""
    return f"Remove the quotes: {brief(value.strip())}"
