"""Reading one number, or one percentile key, that an author wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from simcost.errors import Key, ModelError, ParameterError, Problem
from simcost.families._text import did_you_mean, show

_PERCENTILE = re.compile(r"p(\d{1,3}(?:[._]\d+)?)")


def percentile_of(key: Any) -> float | None:
    """Return 2.5 for ``p2.5`` or ``p2_5``, 5 for ``p05``, None for what is no percentile key."""
    match = _PERCENTILE.fullmatch(key) if isinstance(key, str) else None
    return float(match[1].replace("_", ".")) if match else None


def fail(problems: Sequence[Problem]) -> ModelError:
    """Return the error for these problems: a ParameterError where there is only one."""
    if len(problems) > 1:
        return ModelError(problems)
    (only,) = problems
    return ParameterError(only.message, only.fix, only.path)


def unknown_keys(
    family: str, table: Iterable[Any], known: Sequence[str], advice: str
) -> list[Problem]:
    """Return a problem for each key of a family's table that the family does not understand."""
    return [
        Problem(f"{family} has no {key}", did_you_mean(str(key), known) or advice, (key,))
        for key in table
        if key not in known
    ]


def number(
    value: Any, name: str, *, path: tuple[Key, ...] | None = None, finite: bool = True
) -> float:
    """Return `value` as a float.

    Parameters
    ----------
    value : object
        What the author wrote.
    name : str
        What to call it; empty for a bare number.
    path : tuple, optional
        Where it is; ``(name,)`` if not given.
    finite : bool
        Whether infinities and NaN are refused.

    Raises
    ------
    ParameterError
        For text, booleans, lists, and numbers that are not finite or beyond floating point.
    """
    place = ((name,) if name else ()) if path is None else path
    label = f"{name} = " if name else ""
    if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
        written = f'"{value}"' if isinstance(value, str) else str(value)
        fix = "Write a number."
        if isinstance(value, str) and _reads_as_number(value):
            fix = f"Remove the quotes: {label}{value.strip()}."
        elif isinstance(value, bool | np.bool_):
            written = str(bool(value)).lower()
        raise ParameterError(f"{label}{written} is not a number", fix, place)
    try:
        plain = float(value)
    except OverflowError:
        plain = float("inf")
    if finite and not isfinite(plain):
        raise ParameterError(
            f"{label}{show(plain)} is not a finite number", "Write a finite number.", place
        )
    return plain + 0.0  # -0.0 would get a key of its own


def _reads_as_number(text: str) -> bool:
    try:
        return isfinite(float(text))
    except ValueError:
        return False
