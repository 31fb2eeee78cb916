"""CSV: one row an outcome, for spreadsheets and other tools."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

from simcost.report.cells import with_unit
from simcost.report.formats._format import Format
from simcost.report.formats._write import replacing
from simcost.result import Result, WeightedResult

_ROWS = 1 << 14


def write(result: Result, path: Path) -> None:
    """Write every outcome: its number, then each output in the shortest form that reads back equal.

    The header names the outputs with their units, ``cost [USD]``. Where gates are exact, an outcome
    has a line for each pattern, with its name and its weight after the number.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        titles = [with_unit(name, unit) for name, unit in result.units.items()]
        if isinstance(result, WeightedResult):
            writer.writerow(["outcome", "pattern", "weight", *titles])
            for first in range(0, result.meta.draws, _ROWS):
                writer.writerows(_weighted(result, first, min(first + _ROWS, result.meta.draws)))
            return
        writer.writerow(["outcome", *titles])
        for first in range(0, result.meta.draws, _ROWS):
            columns = [values[first : first + _ROWS].tolist() for values in result.values.values()]
            writer.writerows(zip(range(first, first + _ROWS), *columns, strict=False))


def _weighted(result: WeightedResult, first: int, last: int) -> Iterator[tuple[object, ...]]:
    """Yield the lines of some outcomes: number, pattern, weight, outputs."""
    by_pattern = [
        zip(range(first, last), repeat(name), *columns, strict=False)
        for name, *columns in zip(
            result.meta.patterns,
            *(figures.tolist() for figures in result.parts(first, last)),
            strict=True,
        )
    ]
    for lines in zip(*by_pattern, strict=True):
        yield from lines


FORMAT = Format(name="csv", suffix=".csv", write=write)
