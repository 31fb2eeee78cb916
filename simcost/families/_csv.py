"""One column of numbers from a comma-separated file."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from math import isfinite
from pathlib import Path

import numpy as np

from simcost.errors import ParameterError
from simcost.families._base import Vector
from simcost.families._text import did_you_mean, listed


def column_of(name: str, column: str, folder: Path | None) -> Vector:
    """Return the numbers below the heading `column`.

    Parameters
    ----------
    name : str
        File name, relative to `folder` (or to the working folder) unless absolute. UTF-8, with a
        row of headings; empty lines are skipped.
    column : str
        Heading.
    folder : Path or None
        Folder of the model file.

    Returns
    -------
    float64 array
        At least one number.

    Raises
    ------
    ParameterError
        When the file cannot be read or has no such column, or when a cell is not a finite
        number, naming its line.
    """
    path = (folder or Path()) / name
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            numbers = np.fromiter(_cells(csv.reader(file), name, column), dtype=np.float64)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise ParameterError(
            f"cannot read {name}: {reason}",
            "Write its path as seen from the folder of the model file.",
            ("csv",),
        ) from None
    except UnicodeDecodeError:
        raise ParameterError(
            f"{name} is not UTF-8 text", "Save it as comma-separated UTF-8.", ("csv",)
        ) from None
    except csv.Error as error:
        raise ParameterError(
            f"{name} is not a comma-separated file: {error}", "Save it as one.", ("csv",)
        ) from None
    if not numbers.size:
        raise ParameterError(
            f"column {column} of {name} is empty", "Name a column with numbers.", ("column",)
        )
    return numbers


def _cells(rows: Iterator[list[str]], name: str, column: str) -> Iterator[float]:
    heading = [cell.strip() for cell in next(rows, [])]
    if heading.count(column) != 1:
        raise _no_column(heading, name, column)
    at = heading.index(column)
    line = 1
    for row in rows:
        line = getattr(rows, "line_num", line + 1)
        if any(cell.strip() for cell in row):
            yield _number(row[at].strip() if at < len(row) else "", name, column, line)


def _number(cell: str, name: str, column: str, line: int) -> float:
    try:
        # Python's float also reads 1_000, which no spreadsheet means as a number.
        value = float(cell.replace("_", "?"))
    except ValueError:
        what = f'"{cell}" is not a number' if cell else "the cell is empty"
        raise ParameterError(
            f"{name}, line {line}, column {column}: {what}",
            "Write a plain number such as 1234.5, or remove the line.",
            ("csv",),
        ) from None
    if not isfinite(value):
        raise ParameterError(
            f"{name}, line {line}, column {column}: {cell} is not a finite number",
            "Write a finite number, or remove the line.",
            ("csv",),
        )
    return value


def _no_column(heading: list[str], name: str, column: str) -> ParameterError:
    if column in heading:
        return ParameterError(
            f"{name} has several columns named {column}", "Rename all but one.", ("column",)
        )
    if not heading:
        return ParameterError(f"{name} is empty", "Name a file with a row of headings.", ("csv",))
    if len(heading) == 1 and any(mark in heading[0] for mark in ";\t"):
        return ParameterError(
            f"{name} is not separated by commas", "Save it with commas between cells.", ("csv",)
        )
    advice = did_you_mean(column, heading) or f"Its columns are {listed(heading[:20])}."
    return ParameterError(f"{name} has no column {column}", advice, ("column",))
