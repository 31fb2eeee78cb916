"""Joint confidence: the frontier of targets that hold together."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import amounts, scale_of, share_text
from simcost.report.figures._palette import BLUE, QUIET, VERMILLION, paled
from simcost.report.figures._sheet import Heading, Key, line, patch, sheet, source_of_attributes
from simcost.report.figures._texts import wrap
from simcost.result import Interval

_SIDE_BY_SIDE = 2  # panels in a row
_LONGEST = 2.6  # inches of a line of a label


def make(dataset: Any, *, title: str = "") -> Drawing:
    """Draw a frontier for each pair, with the targets that were asked about.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    names = data.names("target")
    share = f"{100 * float(data.attrs['joint_confidence']):g}%"
    pairs = [*zip(data.texts("first", 0), data.texts("second", 0), strict=True)]
    heading = Heading(
        title or _title(data) or f"Targets that hold together in {share} of outcomes",
        _subtitle(data, share),
        source_of_attributes(data.attrs),
        data.notes,
        _keys(data, share),
    )
    rows = -(-len(pairs) // _SIDE_BY_SIDE)
    drawing = sheet(heading, 3.6 * rows if len(pairs) > 1 else 4.4)
    grid = drawing.subplots(rows, min(len(pairs), _SIDE_BY_SIDE), squeeze=False).ravel()
    for axes in grid[len(pairs) :]:
        axes.set_axis_off()
    for k, (first, second) in enumerate(pairs):
        _panel(grid[k], data, k, names.index(first), names.index(second))
    return drawing


def _title(data: Data) -> str:
    text = data.text("title")
    return text[:1].upper() + text[1:]


def _all(data: Data) -> str:
    number = len(data.names("target"))
    return "both" if number == 2 else f"all {number}"


def _subtitle(data: Data, share: str) -> str:
    level = data.number("level")
    words = f"{_all(data)} at their P{level:.4g} they hold together in {share} of outcomes"
    joint = data.number("joint")
    if np.isfinite(joint):
        found = Interval(joint, data.number("joint_lower"), data.number("joint_upper"))
        words += f"; the targets stated do in {share_text(found)}"
    return words


def _keys(data: Data, share: str) -> tuple[Key, ...]:
    keys = [
        line(BLUE, f"pairs that hold in {share}", linewidth=2.2),
        patch(paled(BLUE, 0.78), f"its {data.confidence} interval"),
        line(
            BLUE,
            f"{_all(data)} at one percentile",
            marker="o",
            markersize=6,
            linestyle="",
        ),
        line(QUIET, f"each at its own P{share[:-1]}", marker="x", markersize=6, linestyle=""),
    ]
    if np.isfinite(data.column("limit")).any():
        keys.append(line(VERMILLION, "targets stated", linewidth=1.2))
    return tuple(keys)


def _panel(axes: Axes, data: Data, pair: int, first: int, second: int) -> None:
    names, units = data.names("target"), data.texts("target_unit", 0)
    x, y, low, high = (
        data.matrix(f"frontier_{key}", "pair", "point")[pair]
        for key in ("x", "y", "y_lower", "y_upper")
    )
    known = np.isfinite(x) & np.isfinite(y)
    x, y, low, high = x[known], y[known], low[known], high[known]
    top = float(np.nanmax(np.where(np.isfinite(high), high, y)))
    band = (np.where(np.isfinite(low), low, y), np.where(np.isfinite(high), high, top))
    axes.fill_between(x, *band, color=paled(BLUE, 0.78), linewidth=0, zorder=1)
    axes.plot(x, y, color=BLUE, linewidth=2.2, marker="o" if len(x) == 1 else "", zorder=3)
    budget, alone, limit = (data.column(key) for key in ("budget", "alone", "limit"))
    axes.plot([budget[first]], [budget[second]], color=BLUE, marker="o", markersize=7, zorder=4)
    axes.plot([alone[first]], [alone[second]], color=QUIET, marker="x", markersize=7, zorder=4)
    # Steep ends of the frontier would leave no room for its middle.
    shown_x = [alone[first], budget[first], *x[: max(1, len(x) * 3 // 4)]]
    shown_y = [alone[second], budget[second], *y[max(0, len(y) // 6) :]]
    for along, place, shown in ((True, first, shown_x), (False, second, shown_y)):
        if np.isfinite(limit[place]):
            (axes.axvline if along else axes.axhline)(
                limit[place], color=VERMILLION, linewidth=1.2, zorder=2
            )
            shown.append(limit[place])
    for axis, place, shown in ((axes.xaxis, first, shown_x), (axes.yaxis, second, shown_y)):
        amounts(axis, scale_of(shown), 5 if axis is axes.xaxis else 7)
        margin = 0.06 * (max(shown) - min(shown)) or 0.05 * abs(max(shown)) or 1.0
        limits = (min(shown) - margin, max(shown) + margin)
        if axis is axes.xaxis:
            axes.set_xlim(*limits)
            axes.set_xlabel(_label(names[place], units[place]))
        else:
            axes.set_ylim(*limits)
            axes.set_ylabel(_label(names[place], units[place]))
    axes.grid(axis="both")


def _label(name: str, unit: str) -> str:
    return wrap(with_unit(name, unit), _LONGEST, 9.0)


FIGURE = Figure("joint", "analysis", "Targets that hold together.", make)
