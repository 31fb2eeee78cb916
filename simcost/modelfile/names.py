"""Names that formulas can use: how they are spelt, and that each means one thing."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Mapping
from typing import Any

from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.time import automatic
from simcost.modelfile.wording import brief

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST = 100


def read_name(reading: Reading, name: str, path: KeyPath) -> bool:
    """Check that formulas can use a name.

    Parameters
    ----------
    reading : Reading
        Takes the problem.
    name : str
        The name.
    path : tuple
        Its key.
    """
    if len(name) > _LONGEST:
        message, fix = f"a name of {len(name)} characters", f"Use at most {_LONGEST}."
    elif not _NAME.fullmatch(name):
        message = f'"{brief(name)}" cannot be used in a formula'
        fix = f"Names are letters, digits and underscores: {_plain(name)}"
    elif keyword.iskeyword(name):
        message, fix = f"{name} is a word of the formula language", f"Write {name}_ instead."
    else:
        return True
    reading.add(path, message, fix, on_key=True)
    return False


def _plain(name: str) -> str:
    plain = re.sub(r"\W+", "_", name, flags=re.ASCII).strip("_") or "name"
    return f"_{plain}" if plain[0].isdigit() else plain


def check_unique(reading: Reading, data: Mapping[str, Any]) -> None:
    """Report names that stand for two things.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    data : mapping
        The whole file.
    """
    first: dict[str, KeyPath] = {}
    for path in _named(data):
        name = str(path[1])
        if name in first and not _is_report(path, data):
            reading.add(
                path,
                f"{name} is the name of two things; the other is {first[name][0]}.{name} "
                f"in line {reading.line(first[name])}",
                "Give one of them another name.",
                on_key=True,
            )
            reading.broken.add(name)
        elif automatic(name, data):
            reading.add(
                path,
                f"{name} comes by itself from the stages, "
                f"which begin in line {reading.line(('stages', 0))}",
                f"Remove it, or name it otherwise, such as total_{name}.",
                on_key=True,
            )
            reading.broken.add(name)
        elif name == "period" and "time" in data:
            line = reading.line(("time",))
            what = f"period is the number of the period, since there is [time] in line {line}"
            reading.add(path, what, "Give it another name.", on_key=True)
            reading.broken.add(name)
        first.setdefault(name, path)


def _named(data: Mapping[str, Any]) -> Iterable[KeyPath]:
    for section in ("inputs", "switches", "quantities", "outputs"):
        entries = data.get(section)
        if isinstance(entries, dict):
            yield from ((section, name) for name in entries)


def _is_report(path: KeyPath, data: Mapping[str, Any]) -> bool:
    """Whether this is an output that reports an input or quantity under its own name."""
    section, name = path
    entry = data[str(section)][name]
    formula = entry.get("formula") if isinstance(entry, dict) else entry
    return section == "outputs" and isinstance(formula, str) and formula.strip() == name
