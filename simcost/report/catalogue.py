"""The catalogue on a terminal: a list, and a page for one entry."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from simcost.catalogue import Entry
from simcost.report.columns import columns
from simcost.report.histogram import histogram, of_distribution
from simcost.result.digits import figure

PERCENTILES = (1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0)
SHOWN = (10.0, 50.0, 90.0)


def entry_table(entries: Sequence[Entry]) -> str:
    """Return a list of entries: key, P10/P50/P90, unit and basis.

    Parameters
    ----------
    entries : sequence of Entry
        At least one.

    Returns
    -------
    str
        One line for each.
    """
    rows: list[tuple[str, ...]] = [("input", "P10", "P50", "P90", "unit", "basis")]
    for entry in entries:
        figures = [figure(value, 4) for value in _percentiles(entry, SHOWN)]
        rows.append((entry.key, *figures, entry.unit, _basis(entry)))
    count = f"{len(entries)} entries" if len(entries) > 1 else "1 entry"
    lines = [line[2:] for line in columns(rows, right=(1, 2, 3))]
    return "\n".join([*lines, "", f"{count}; one in full: simcost inputs NAME"])


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
        lines += ["", f'  in a model:  {entry.name} = {{ from = "{entry.key}" }}']
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


def _basis(entry: Entry) -> str:
    return f"{entry.basis} (reference)" if entry.is_reference else entry.basis
