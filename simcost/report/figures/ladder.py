"""Ladder: a figure as inputs are held ever further in the bad direction."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._lines import NAMED, Line, draw_lines
from simcost.report.figures._numbers import rough_amount, scale_of
from simcost.report.figures._palette import INK
from simcost.report.figures._sheet import Heading, line, sheet, source_of_attributes
from simcost.report.figures._texts import more

_TOGETHER = "all together"
MANY = 1000  # grey lines that a figure may hold
_DWARFS = 2.5  # times the reach of single inputs


def make(dataset: Any, *, title: str = "") -> Drawing:
    """Draw a line an input over the rungs of severity.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.report.figures`.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    values = data.matrix("value", "input", "severity")[:MANY]
    names, severity = data.first("input", MANY), data.column("severity")
    statistic, output, unit = data.text("statistic", "P90"), data.text("output"), data.text("unit")
    base = data.number("base")
    last = np.nan_to_num(np.abs(values[:, -1] - base))
    order = np.argsort(-last, kind="stable")
    lines = [Line(names[i], values[i], names[i] == _TOGETHER) for i in order]
    rest = sum(not one.whole for one in lines) - NAMED
    heading = Heading(
        title or data.text("title") or f"The {statistic} of {output}, inputs ever worse",
        "each input held at a percentile in its bad direction, the others free",
        source_of_attributes(data.attrs),
        (
            *data.notes,
            *more(rest, "input", "is grey: it moves it less|are grey: they move it less"),
        ),
        (line(INK, f"base: {rough_amount(base, unit)}", linewidth=1.0),),
    )
    drawing = sheet(heading, 4.4)
    ticks = [f"P{level:g}" for level in severity]
    panels = _panels(lines, base)
    grid = drawing.subplots(1, len(panels), squeeze=False, width_ratios=[2.2, 1][: len(panels)])[0]
    for axes, members in zip(grid, panels, strict=True):
        _panel(drawing, axes, members, base, ticks)
    grid[0].set_ylabel(with_unit(f"{statistic} of {output}", unit))
    return drawing


def _panels(lines: list[Line], base: float) -> list[list[Line]]:
    """Return what shares a scale: all inputs at once stand apart where they dwarf the others."""
    whole = [one for one in lines if one.whole]
    single = [one for one in lines if not one.whole]
    reach = [
        max((float(np.nan_to_num(np.abs(one.y - base)).max()) for one in group), default=0.0)
        for group in (whole, single)
    ]
    return [single, whole] if single and reach[0] > _DWARFS * reach[1] else [lines]


def _panel(drawing: Drawing, axes: Axes, lines: list[Line], base: float, ticks: list[str]) -> None:
    x = np.arange(len(ticks), dtype=float)
    axes.axhline(base, color=INK, linewidth=1.0, zorder=1.5)
    axes.set_xlim(0, max(x[-1], 0.5))
    axes.set_xticks(x, ticks)
    axes.set_xlabel("severity: percentile in the bad direction")
    if all(one.whole for one in lines):
        axes.set_title(_TOGETHER, weight="bold")
        axes.set_xlabel("all inputs at once")
    scale = scale_of([base, *(float(y) for one in lines for y in one.y)])
    draw_lines(drawing, axes, x, lines, scale, named=len(lines) > 1)


FIGURE = Figure("ladder", "analysis", "A figure as inputs get ever worse.", make)
