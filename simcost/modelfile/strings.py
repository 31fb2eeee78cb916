"""Where each character of a TOML string stands in the file."""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_CONTINUED = re.compile(r"\\[ \t]*\n[ \t\n]*")  # a backslash at the end of a line


def character_positions(token: str) -> list[int]:
    """Return, for each character of a string's value, its position in the text of the string.

    Parameters
    ----------
    token : str
        The string as written: with quotes, escapes and line breaks.

    Returns
    -------
    list of int
        One position a character of the value, and the position of the closing quotes at the end.
    """
    quotes = 3 if token[:3] in ('"""', "'''") and len(token) >= 6 else 1
    start, end = quotes, len(token) - quotes
    if quotes == 3 and token[start : start + 1] == "\n":
        start += 1  # TOML drops a line break right after the opening quotes
    if token[0] == "'" or "\\" not in token:
        return list(range(start, end + 1))
    return [*_escaped(token, start, end), end]


def _escaped(token: str, start: int, end: int) -> list[int]:
    places: list[int] = []
    while start < end:
        continued = _CONTINUED.match(token, start, end)
        escape = _ESCAPE.match(token, start, end)
        if continued:
            start = continued.end()
            continue
        places.append(start)
        start = escape.end() if escape else start + 1
    return places
