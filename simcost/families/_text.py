"""How numbers and names are put into messages."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def show(value: float) -> str:
    """Write a number the way an author would: ``5``, ``0.25``, ``1e+20``."""
    return f"{value:.12g}"


def brief(value: float) -> str:
    """Write a number to four digits, for descriptions."""
    return f"{value:.4g}"


def listed(words: Iterable[str], last: str = "and") -> str:
    """Join words as prose: ``a, b and c``."""
    *head, tail = list(words)
    return f"{', '.join(head)} {last} {tail}" if head else tail


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``Did you mean mode?`` when some known word is close, else an empty text."""
    close = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"Did you mean {close[0]}?" if close else ""
