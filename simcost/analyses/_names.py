"""Words that an analysis knows, and what was meant instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from simcost.errors import UsageError


def one_of(what: str, given: str, known: Iterable[str]) -> str:
    """Return a word that is known.

    Raises
    ------
    UsageError
        For another, with the nearest one that is.
    """
    words = list(known)
    if given in words:
        return given
    near = difflib.get_close_matches(str(given), words, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(words)}"
    raise UsageError(f"there is no {what} {given!r}; {hint}")
