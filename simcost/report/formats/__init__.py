"""File formats of a result: one file each, found by its suffix."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from simcost.errors import FileError
from simcost.registry import collect
from simcost.report.formats._format import Format
from simcost.report.formats._write import check_target
from simcost.result import Result

DEFAULT = ".nc"

__all__ = ["DEFAULT", "Format", "format_of", "formats", "prepare", "write"]


@cache
def formats() -> Mapping[str, Format]:
    """Return every format by its name."""
    return collect(__name__, "FORMAT")


def format_of(path: str | Path) -> Format:
    """Return the format that the suffix of a path names; netCDF where there is none.

    Raises
    ------
    FileError
        When no format has that suffix; with those that exist.
    """
    suffix = Path(path).suffix.lower() if "." in Path(path).name else DEFAULT
    known = {record.suffix: record for record in formats().values()}
    if suffix in known:
        return known[suffix]
    near = difflib.get_close_matches(suffix, known, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise FileError(
        f"{path}: results are written as {', '.join(known)}, not as {suffix or 'that'}{hint}"
    )


def prepare(path: str | Path) -> Format:
    """Return the format of a path after checking that a file can appear there.

    Worth calling before a long run.

    Raises
    ------
    FileError
        When the suffix is unknown, or the folder is missing or not writable.
    """
    found = format_of(path)
    check_target(Path(path))
    return found


def write(result: Result, path: str | Path) -> None:
    """Write a result in the format its suffix names; the file appears whole or not at all.

    Raises
    ------
    FileError
        When it cannot be written.
    """
    prepare(path).write(result, Path(path))
