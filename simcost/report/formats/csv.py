"""CSV: one row an outcome, for spreadsheets and other tools."""

from __future__ import annotations

import csv
from pathlib import Path

from simcost.report.formats._format import Format
from simcost.report.formats._write import replacing
from simcost.result import Result

_ROWS = 1 << 14


def write(result: Result, path: Path) -> None:
    """Write every outcome: its number, then each output in the shortest form that reads back equal.

    The header names the outputs with their units, ``cost [USD]``.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["outcome", *(_title(name, unit) for name, unit in result.units.items())])
        for first in range(0, result.meta.draws, _ROWS):
            columns = [values[first : first + _ROWS].tolist() for values in result.values.values()]
            writer.writerows(zip(range(first, first + _ROWS), *columns, strict=False))


def _title(name: str, unit: str) -> str:
    return f"{name} [{unit}]" if unit else name


FORMAT = Format(name="csv", suffix=".csv", write=write)
