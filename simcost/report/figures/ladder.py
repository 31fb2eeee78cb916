"""Ladder: a figure as inputs are held ever further in the bad direction."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._lines import NAMED, Line, draw_lines
from simcost.report.figures._numbers import scale_of, with_unit
from simcost.report.figures._palette import INK
from simcost.report.figures._sheet import Heading, line, sheet, source_of_attributes

_TOGETHER = "all together"


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
    values = data.matrix("value", "input", "severity")
    names, severity = data.names("input"), data.column("severity")
    statistic, output, unit = data.text("statistic", "P90"), data.text("output"), data.text("unit")
    base = data.number("base")
    last = np.nan_to_num(np.abs(values[:, -1] - base))
    order = np.argsort(-last, kind="stable")
    lines = [Line(names[i], values[i], names[i] == _TOGETHER) for i in order]
    rest = sum(not one.whole for one in lines) - NAMED
    more = (f"{rest} more inputs, in grey, move it less.",) if rest > 0 else ()
    scale = scale_of([*values.ravel().tolist(), base])
    keys = [line(INK, f"base: {scale.rough(base, 4)} {unit}".rstrip(), linewidth=1.0)]
    heading = Heading(
        title or data.text("title") or f"The {statistic} of {output}, inputs ever worse",
        "each input held at a percentile in its bad direction, the others free",
        source_of_attributes(data.attrs),
        (*data.notes, *more),
        tuple(keys),
    )
    drawing = sheet(heading, 4.4)
    axes = drawing.add_subplot()
    x = np.arange(len(severity), dtype=float)
    axes.axhline(base, color=INK, linewidth=1.0, zorder=1.5)
    axes.set_xlim(0, max(x[-1], 0.5))
    axes.set_xticks(x, [f"P{level:g}" for level in severity])
    axes.set_xlabel("severity: percentile in the bad direction")
    axes.set_ylabel(with_unit(f"{statistic} of {output}", unit))
    draw_lines(drawing, axes, x, lines, scale)
    return drawing


FIGURE = Figure("ladder", "analysis", "A figure as inputs get ever worse.", make)
