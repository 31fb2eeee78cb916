"""The text of a comparison of two versions of a model."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from simcost.report.cells import cell, heading, level
from simcost.report.grid import fitted, grid, note_line, printed, title_line
from simcost.result.digits import exact


def render_compare(dataset: Any, *, width: int = 100, color: bool = False) -> str:
    """Return the comparison as text.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `simcost.analyses.compare`.
    width : int
        Columns of text to keep within.
    color : bool
        Whether to style with terminal codes.
    """
    attrs = dataset.attrs
    names = attrs["model"]
    if attrs["before"] != names:
        names = f"{attrs['before']} → {names}"
    title = title_line(names, heading(dataset))
    parts: list[RenderableType] = [title, Text(), *_changed(dataset), Text()]
    if dataset.sizes["difference"]:
        parts += [_versions(dataset, width), Text()]
    if dataset.sizes["attribution"]:
        parts += [*_shares(dataset, width), Text()]
    if dataset.sizes["difference"]:
        parts.append(Text(level(dataset), "dim"))
    parts += [note_line(note) for note in attrs["notes"]]
    return printed(Group(*parts), width, color)


def _changed(dataset: Any) -> list[RenderableType]:
    if not dataset.sizes["difference"]:
        return [
            Text("The two compute the same: nothing differs but notes and sources, if anything")
        ]
    table = grid()
    kinds, names, words = (dataset[key].values.tolist() for key in ("kind", "name", "words"))
    for kind, name, said in zip(kinds, names, words, strict=True):
        table.add_row("  " + f"{kind} {name}".strip(), Text(said))
    return [Text("What changed", "bold"), table]


def _versions(dataset: Any, width: int) -> RenderableType:
    headers = [*dataset["quantile"].values.tolist(), "mean"]
    if "exceedance" in dataset:
        headers.append(f"> {exact(dataset.attrs['budget'])}")
    rows = []
    for version in dataset["version"].values.tolist():
        sign = version == "change"
        cells = [
            cell(dataset, "value", sign=sign, version=version, quantile=quantile)
            for quantile in dataset["quantile"].values.tolist()
        ]
        cells.append(cell(dataset, "mean", sign=sign, version=version))
        if "exceedance" in dataset:
            cells.append(cell(dataset, "exceedance", sign=sign, share=True, version=version))
        rows.append((version, cells))
    return fitted(headers, rows, width)


def _shares(dataset: Any, width: int) -> list[RenderableType]:
    statistic = dataset.attrs["statistic"]
    share = statistic == "overrun"
    contribution = dataset["contribution"].values.tolist()
    names = dataset["attribution"].values.tolist()
    order = sorted(range(len(names)), key=lambda k: -abs(contribution[k]))
    rows = []
    for name in (names[k] for k in order):
        cells = [cell(dataset, "contribution", sign=True, share=share, attribution=name)]
        if statistic != "mean":
            cells.append(cell(dataset, "mean_contribution", sign=True, attribution=name))
        rows.append((name, cells))
    budget = dataset.attrs["budget"]
    what = f"> {exact(budget)}" if share and not math.isnan(budget) else statistic
    headers = [what] if statistic == "mean" else [what, "mean"]
    text = "The change by what made it, each averaged over every order of making the changes"
    return [Text(text, "bold"), fitted(headers, rows, width)]
