"""The catalogue on a terminal: a list, and a page for one entry."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from simcost.catalogue import Entry, Table
from simcost.report.columns import columns
from simcost.report.histogram import histogram, of_distribution
from simcost.result.digits import figure

PERCENTILES = (1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0)
SHOWN = (10.0, 50.0, 90.0)


def entry_table(entries: Sequence[Entry], tables: Sequence[Table] = (), words: str = "") -> str:
    """Return a list of entries: key, P10/P50/P90, unit and basis.

    Parameters
    ----------
    entries : sequence of Entry
        One line for each.
    tables : sequence of Table
        A line for each below them.
    words : str
        What was searched for; a row with them in it is the example of its table.

    Returns
    -------
    str
        At least one line, if there is an entry or a table.
    """
    lines: list[str] = []
    if entries:
        rows: list[tuple[str, ...]] = [("input", "P10", "P50", "P90", "unit", "basis")]
        for entry in entries:
            figures = [figure(value, 4) for value in _percentiles(entry, SHOWN)]
            rows.append((entry.key, *figures, entry.unit, _basis(entry)))
        count = f"{len(entries)} entries" if len(entries) > 1 else "1 entry"
        lines += [line[2:] for line in columns(rows, right=(1, 2, 3))]
        lines += ["", f"{count}; one in full: simcost inputs NAME"]
    if tables:
        rows = [("table", "rows", "what is in it", "for example")]
        for table in tables:
            rows.append((table.name, str(len(table.rows)), table.what, f"[{table.example(words)}]"))
        lines += [""] * bool(lines) + [line[2:] for line in columns(rows, right=(1,))]
        lines += ["", f"All rows of one: simcost inputs {tables[0].name}"]
    return "\n".join(lines)


def row_table(name: str, rows: Sequence[Entry]) -> str:
    """Return the rows of a table: key, what it is, its median and unit.

    Parameters
    ----------
    name : str
        Of the table.
    rows : sequence of Entry
        Its rows as entries.
    """
    lines: list[tuple[str, ...]] = [("key", "P50", "unit", "source")]
    for entry in rows:
        key = entry.key.removeprefix(name).strip("[]").lstrip("_")
        middle = figure(_percentiles(entry, (50.0,))[0], 4)
        lines.append((key, middle, entry.unit, _short(entry)))
    table = [line[2:] for line in columns(lines, right=(1,))]
    key = lines[1][0]
    return "\n".join([*table, "", f'One in full: simcost inputs "{name}[{key}]"'])


def entry_page(entry: Entry) -> str:
    """Return one entry in full, with its percentiles, source and histogram.

    Parameters
    ----------
    entry : Entry
        The entry.

    Returns
    -------
    str
    """
    unit = f" {entry.unit}" if entry.unit else ""
    lines = [entry.key, f"  {entry.distribution.describe()}{unit}"]
    if entry.value is None:
        rows = [[f"P{p:g}" for p in PERCENTILES]]
        rows.append([figure(value, 4) for value in _percentiles(entry, PERCENTILES)])
        lines += ["", *columns(rows, right=range(len(PERCENTILES))), "", *_histogram(entry)]
    mean = float(entry.distribution.mean())
    facts = [("mean", figure(mean, 4) + unit)] if entry.value is None else []
    facts += [("basis", _basis(entry)), ("source", entry.citation())]
    if entry.money_year is not None:
        facts.append(("money of", str(entry.money_year)))
    if entry.note:
        facts.append(("note", entry.note))
    lines.append("")
    for name, text in facts:
        wrapped = textwrap.wrap(text, 86, break_long_words=False) or [""]
        lines += [f"  {name:<9} {wrapped[0]}", *(f"  {'':<9} {more}" for more in wrapped[1:])]
    if not entry.is_reference:
        short = re.sub(r"\W+", "_", entry.name).strip("_")
        lines += ["", f'  in a model:  {short} = {{ from = "{entry.key}" }}']
    return "\n".join(lines)


def entry_dict(entry: Entry) -> dict[str, Any]:
    """Return one entry as plain data for JSON."""
    return {
        "key": entry.key,
        "distribution": dict(entry.table),
        "unit": entry.unit,
        "basis": entry.basis,
        "money_year": entry.money_year,
        "source": dict(entry.source),
        "note": entry.note,
        "percentiles": {
            f"P{p:g}": value
            for p, value in zip(PERCENTILES, _percentiles(entry, PERCENTILES), strict=True)
        },
    }


def _percentiles(entry: Entry, which: Sequence[float]) -> list[float]:
    return [float(x) for x in entry.distribution.quantile(np.asarray(which) / 100)]


def _histogram(entry: Entry) -> list[str]:
    law = entry.distribution
    drawn = histogram(*of_distribution(law.quantile, law.cdf))
    return [f"  {line}" for line in drawn.splitlines()]


def _short(entry: Entry) -> str:
    """Say in a few words what an entry is: the place of a row, or who published it."""
    *_, place = entry.source.get("locator", "").split(", ", 1)
    known = place if "[" in entry.key else entry.citation()
    return textwrap.shorten(known, 60, placeholder=" …")


def _basis(entry: Entry) -> str:
    return f"{entry.basis} (reference)" if entry.is_reference else entry.basis
