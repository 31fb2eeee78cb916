"""The text of a stress test and of a ladder."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from simcost.report.cells import MISSING, cell, heading, level
from simcost.report.grid import Row, fitted, note_line, printed, title_line
from simcost.result.digits import exact

_LABEL = 26  # columns for the name of a scenario
_WAYS = {1: "high", -1: "low", 0: MISSING}


def render_stress(dataset: Any, *, width: int = 100, color: bool = False) -> str:
    """Return the table of a stress test as text.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `simcost.analyses.stress`.
    width : int
        Columns of text to keep within.
    color : bool
        Whether to style with terminal codes.
    """
    names = dataset["scenario"].values.tolist()
    parts: list[RenderableType] = [title_line(dataset.attrs["model"], heading(dataset)), Text()]
    headers = _headers(dataset)
    parts += [fitted([*headers, *_region(dataset)], _values(dataset, names), width), Text()]
    parts.append(Text(f"Change against the model {names[0]}, on the same draws", "bold"))
    parts += [fitted(headers, _changes(dataset, names[1:]), width), Text()]
    parts.append(Text(level(dataset), "dim"))
    if _region(dataset):
        parts.append(Text(f"region: the chance of what a scenario assumes, {names[0]}.", "dim"))
    parts += [note_line(note) for note in dataset.attrs["notes"]]
    return printed(Group(*parts), width, color)


def _headers(dataset: Any) -> list[str]:
    headers = [*dataset["quantile"].values.tolist(), "mean"]
    budget = dataset.attrs["budget"]
    return headers if math.isnan(budget) else [*headers, f"> {exact(budget)}"]


def _region(dataset: Any) -> list[str]:
    """Return the last header, where some scenario has a region."""
    return ["region"] if dataset["probability"].values[1:].any() and _known(dataset) else []


def _known(dataset: Any) -> bool:
    return any(not math.isnan(one) for one in dataset["probability"].values[1:].tolist())


def _values(dataset: Any, names: list[str]) -> list[Row]:
    rows = []
    for name in names:
        cells = _cells(dataset, name, ("value", "mean", "exceedance"), sign=False)
        if _region(dataset):
            cells.append(cell(dataset, "probability", share=True, scenario=name))
        rows.append((_label(name), cells))
    return rows


def _label(name: str) -> str:
    """Return the name of a scenario on lines short enough for a table."""
    short = name.replace(" --set ", ", ").removeprefix("--set ")
    return "\n".join(textwrap.wrap(short, _LABEL)) or name


def _changes(dataset: Any, names: list[str]) -> list[Row]:
    keys = ("difference", "mean_difference", "exceedance_difference")
    return [(_label(name), _cells(dataset, name, keys, sign=True)) for name in names]


def _cells(dataset: Any, name: str, keys: tuple[str, str, str], *, sign: bool) -> list[str]:
    quantiles, mean, chance = keys
    cells = [
        cell(dataset, quantiles, sign=sign, scenario=name, quantile=quantile)
        for quantile in dataset["quantile"].values.tolist()
    ]
    cells.append(cell(dataset, mean, sign=sign, scenario=name))
    if chance in dataset:
        cells.append(cell(dataset, chance, sign=sign, share=True, scenario=name))
    return cells


def render_ladder(dataset: Any, *, top: int = 15, width: int = 100, color: bool = False) -> str:
    """Return the table of a ladder as text.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `simcost.analyses.ladder`.
    top : int
        How many inputs to show, the largest effects first.
    width : int
        Columns of text to keep within.
    color : bool
        Whether to style with terminal codes.
    """
    attrs = dataset.attrs
    share = attrs["statistic"] == "overrun"
    names = dataset["input"].values.tolist()
    shown = names if len(names) <= top + 1 else [*names[:top], names[-1]]
    severities = dataset["severity"].values.tolist()
    rows = []
    for name in shown:
        way = _WAYS[int(dataset["direction"].sel(input=name))]
        turns = "" if bool(dataset["monotone"].sel(input=name)) else "?"
        cells = [
            cell(dataset, "value", share=share, input=name, severity=severity)
            for severity in severities
        ]
        rows.append(
            (name, [f"{way}{turns}" if name != names[-1] or len(names) == 1 else "", *cells])
        )
    what = attrs["statistic"]
    if share:
        what = f"chance to exceed {exact(attrs['budget'])}"
    base = cell(dataset, "base", share=share)
    parts: list[RenderableType] = [
        title_line(dataset.attrs["model"], heading(dataset)),
        Text(f"{what}: {base} before any input is held at a percentile in its bad direction"),
        Text(),
        fitted(["bad", *(f"P{severity:g}" for severity in severities)], rows, width),
        Text(),
        Text(level(dataset), "dim"),
    ]
    notes = list(attrs["notes"])
    if len(shown) < len(names):
        notes.insert(0, f"{len(names) - len(shown)} inputs with smaller effects are not shown")
    parts += [note_line(note) for note in notes]
    return printed(Group(*parts), width, color)
