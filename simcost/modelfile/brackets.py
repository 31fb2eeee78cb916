"""A quick look at the brackets and dots of a TOML text, before a parser sees it.

It bounds what the parsers are asked to do (``tomllib`` takes quadratic time on a key of many
parts and recurses on nested brackets) and finds the bracket that was never closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

DEEPEST = 40  # brackets inside brackets
LONGEST_KEY = 40  # parts of a dotted key

_TOKEN = re.compile(
    r"""(?P<text>\"\"\"(?:\\.|[^\\])*?\"{3,5}|'''.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
    r"""|(?P<comment>\#[^\n]*)|(?P<open>[\[{])|(?P<close>[\]}])|(?P<dot>\.)|(?P<stop>[,=\n])""",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Brackets:
    """What the look found.

    Parameters
    ----------
    open : tuple of int
        Positions of the brackets that are open where the look ended, outermost first.
    too_deep : int
        Position where nesting or a dotted key passes the limits; -1 if nowhere.
    """

    open: tuple[int, ...]
    too_deep: int


def look(text: str, end: int | None = None) -> Brackets:
    """Follow brackets and dots up to character `end`.

    Parameters
    ----------
    text : str
        A TOML text, valid or not.
    end : int, optional
        Where to stop; the end of the text if not given.
    """
    opened: list[int] = []
    dots = 0
    for token in _TOKEN.finditer(text, 0, len(text) if end is None else end):
        what = token.lastgroup
        if what == "open":
            opened.append(token.start())
        elif what == "close" and opened:
            opened.pop()
        if what == "dot":
            dots += 1
        elif what in ("stop", "open", "close"):
            dots = 0
        if len(opened) > DEEPEST or dots > LONGEST_KEY:
            return Brackets(tuple(opened), token.start())
    return Brackets(tuple(opened), -1)
