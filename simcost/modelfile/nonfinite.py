"""NaN and infinities, which TOML can write and no model can use."""

from __future__ import annotations

from math import isfinite, isnan
from typing import Any

from simcost.modelfile.locate import Found
from simcost.modelfile.reading import KeyPath, Reading


def report_nonfinite(reading: Reading, data: Any) -> None:
    """Report every ``nan`` and ``inf`` in the file, in place of what else is said about them.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    data : Any
        The whole file. The ends of ``within`` may be infinite: that window is open on one side.
    """
    paths: list[KeyPath] = []
    _walk(data, (), paths)
    if not paths:
        return
    around = {path[:length] for path in paths for length in range(2, len(path) + 1)}
    reading.findings.found = [found for found in reading.findings.found if not _same(found, around)]
    for path in paths:
        reading.add(path, "nan and inf are not usable numbers", "Write a finite number.")


def _walk(value: Any, path: KeyPath, paths: list[KeyPath]) -> None:
    if isinstance(value, dict):
        for key, item in value.items():
            _walk(item, (*path, key), paths)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            _walk(item, (*path, number), paths)
    elif isinstance(value, float) and not isfinite(value):
        open_end = len(path) > 1 and path[-2] == "within" and not isnan(value)
        if not open_end:
            paths.append(path)


def _same(found: Found, around: set[KeyPath]) -> bool:
    """Whether a problem is about a bad number, or a table only as far as it holds one."""
    return found.problem.path in around and not found.on_key
