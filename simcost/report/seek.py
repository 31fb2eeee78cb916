"""The text of a goal seek and of the robustness of a decision."""

from __future__ import annotations

import math
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from simcost.report.cells import MISSING, cell, heading, level, with_unit
from simcost.report.grid import fitted, grid, note_line, printed, title_line
from simcost.result.digits import exact, figure, plus_minus


def render_seek(dataset: Any, *, width: int = 100, color: bool = False) -> str:
    """Return the answer of a goal seek as text.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `simcost.analyses.seek`.
    width : int
        Columns of text to keep within.
    color : bool
        Whether to style with terminal codes.
    """
    attrs = dataset.attrs
    share = attrs["statistic"] == "overrun"
    what = f"{attrs['statistic']} of {attrs['output']}"
    unit = f" {attrs['unit']}" if attrs["unit"] else ""
    goal = f"{100 * attrs['target']:g}%" if share else exact(attrs["target"]) + unit
    if share:
        what = f"chance that {attrs['output']} exceeds {exact(attrs['budget'])}"
    table = grid()
    table.add_row(
        f"{what}, as it is", Text(cell(dataset, "base", share=share) + unit * (not share))
    )
    table.add_row(f"{what}, wanted", Text(goal))
    for number in range(dataset.sizes["root"]):
        table.add_row(*map(Text, _root(dataset, number)))
    parts: list[RenderableType] = [
        title_line(attrs["model"], heading(dataset)),
        Text(),
        table,
        Text(),
    ]
    parts.append(Text(level(dataset), "dim"))
    parts += [note_line(note) for note in attrs["notes"]]
    return printed(Group(*parts), width, color)


def _root(dataset: Any, number: int) -> tuple[str, str]:
    """Return what has to be, and at most or at least what."""
    attrs = dataset.attrs
    value, low, high, percentile = (
        float(dataset[name][number])
        for name in ("answer", "answer_lower", "answer_upper", "percentile")
    )
    half = None if math.isnan(low) or math.isnan(high) else max(high - value, value - low, 0.0)
    bound = "at most" if bool(dataset["rises"][number]) else "at least"
    text = exact(value) if attrs["levels"] else plus_minus(value, half)
    if attrs["input_unit"]:
        text += f" {attrs['input_unit']}"
    if not math.isnan(percentile):
        text += f" ({_rank(percentile)})"
    return f"{attrs['input']}, {bound}", text


def _rank(percentile: float) -> str:
    """Return which percentile of the input that is."""
    if percentile < 0.01:
        return "below what the model holds possible" if percentile == 0 else "below its P0.01"
    if percentile > 99.99:
        return "above what the model holds possible" if percentile == 100 else "above its P99.99"
    digits = 2 if min(percentile, 100 - percentile) < 1 else 0
    return f"its P{percentile:.{digits}f}"


def render_robustness(dataset: Any, *, top: int = 15, width: int = 100, color: bool = False) -> str:
    """Return what flips a decision as text.

    Parameters
    ----------
    dataset : xarray.Dataset
        Of `simcost.analyses.robustness`.
    top : int
        How many assumptions to show, the smallest changes first.
    width : int
        Columns of text to keep within.
    color : bool
        Whether to style with terminal codes.
    """
    attrs = dataset.attrs
    unit = f" {attrs['unit']}" if attrs["unit"] else ""
    verdict = "approve" if bool(dataset["approved"]) else "do not approve"
    rule = f"{attrs['statistic']} of {attrs['output']} at most {exact(attrs['budget'])}{unit}"
    parts: list[RenderableType] = [
        title_line(attrs["model"], heading(dataset)),
        Text(f"Approve if {rule}: it is {cell(dataset, 'base')}{unit}, so {verdict}"),
        Text(),
    ]
    names = dataset["input"].values.tolist()
    flips = [name for name in names if not math.isnan(float(dataset["after"].sel(input=name)))]
    shown = flips[:top]
    if shown:
        parts.append(
            Text("What each assumption alone would have to be for the other decision", "bold")
        )
        headers = ["now", "to flip", "median at", "or times"]
        parts += [fitted(headers, [_row(dataset, name) for name in shown], width), Text()]
    parts.append(Text(level(dataset), "dim"))
    parts += [note_line(note) for note in _notes(dataset, names, flips, shown)]
    return printed(Group(*parts), width, color)


def _row(dataset: Any, name: str) -> tuple[str, list[str]]:
    at = {"input": name}
    gate = bool(dataset["gate"].sel(**at))
    before = float(dataset["before"].sel(**at))
    unit = str(dataset["input_unit"].sel(**at).item())
    if gate:
        label, now = f"{name.removesuffix('.gate')}.failure", f"{100 * before:.3g}%"
    else:
        label, now = with_unit(name, unit), figure(before)
    after = cell(dataset, "after", share=gate, input=name)
    median = MISSING if gate else _percentile(dataset, name)
    return label, [now, after, median, cell(dataset, "factor", input=name)]


def _percentile(dataset: Any, name: str) -> str:
    """Return ``P78 ± 1``."""
    return f"P{cell(dataset, 'percentile', input=name)}"


def _notes(dataset: Any, names: list[str], flips: list[str], shown: list[str]) -> list[str]:
    notes = list(dataset.attrs["notes"])
    if not bool(dataset["sure"]):
        notes.append("the budget lies inside the interval: more draws may decide otherwise")
    if len(flips) > len(shown):
        notes.append(f"{len(flips) - len(shown)} more would flip it, by larger changes")
    never = [name for name in names if name not in flips]
    if never:
        notes.append(
            "no shift of the median within P0.1 to P99.9 flips it for "
            + (f"{len(never)} others" if len(never) > 6 and flips else ", ".join(never))
        )
    return notes
