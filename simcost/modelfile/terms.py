"""Values that may be a formula, a number or a distribution."""

from __future__ import annotations

from math import isfinite
from typing import Any

from simcost.model.spec import Term
from simcost.modelfile.distributions import family_keys, read_distribution
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.wording import is_number, kind


def read_term(reading: Reading, value: Any, path: KeyPath) -> Term | None:
    """Read a figure of a stage.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    value : Any
        What the file says; None where the key was not given.
    path : tuple
        Where it says it.

    Returns
    -------
    str, float, Distribution or None
        None where nothing was given or it could not be read.
    """
    if value is None:
        return None
    if isinstance(value, str):
        return read_formula(reading, value, path)
    if is_number(value):
        return read_number(reading, value, path)
    if isinstance(value, dict):
        return _distribution(reading, value, path)
    reading.add(
        path,
        f"{path[-1]} is {kind(value)}, not a formula, a number or a distribution",
        f'For example: {path[-1]} = "hours * wage"',
    )
    return None


def read_formula(reading: Reading, value: Any, path: KeyPath) -> str | None:
    """Return the text of a formula; what it says is checked when the model is compiled."""
    if is_number(value):
        return repr(value)
    if not isinstance(value, str):
        reading.add(path, f"{path[-1]} is {kind(value)}, not a formula")
    elif not value.strip():
        reading.add(path, f"the formula of {path[-1]} is empty", 'For example: "hours * wage"')
    else:
        return value
    return None


def read_number(reading: Reading, value: float, path: KeyPath) -> float | None:
    """Return a number as a float; infinities and NaN have been reported before."""
    try:
        number = float(value)
    except OverflowError:
        reading.add(path, f"{path[-1]} is too large a number", "Numbers go up to 1.7e308.")
        return None
    return number if isfinite(number) else None


def _distribution(reading: Reading, table: dict[str, Any], path: KeyPath) -> Term | None:
    fields = [key for key in ("unit", "from", "source", "note", "basis") if key in table]
    if fields and not (set(table) - {*fields, *family_keys(), "within"}):
        name = path[-1]
        reading.add(
            (*path, fields[0]),
            f"{fields[0]} can only be given to a named input",
            f'Move this table to [inputs] under a name of its own and write {name} = "that_name".',
            on_key=True,
        )
        return None
    return read_distribution(reading, table, path)
