"""Spider: a figure along each input's percentiles."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data, Vector
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._lines import NAMED, Line, draw_lines
from simcost.report.figures._numbers import PERCENT, scale_of
from simcost.report.figures._palette import INK, QUIET, paled
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of_attributes
from simcost.report.figures._texts import more

OVERRUN = "overrun"  # the statistic that is a chance
MANY = 1000  # grey lines that a figure may hold
_APART = 0.06  # of the axis, between the names of two percentiles


def make(dataset: Any, *, title: str = "") -> Drawing:
    """Draw a line an input; the widest ones are named.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    values = data.matrix("statistic", "input", "percentile")[:MANY]
    x = data.column("percentile")
    names = data.first("input", MANY)
    base = data.number("base")
    width = np.ptp(np.where(np.isfinite(values), values, base), axis=1)
    order = np.argsort(-width, kind="stable")
    statistic, output, unit = data.text("statistic", "mean"), data.text("output"), data.text("unit")
    chance = statistic == OVERRUN
    scale = PERCENT if chance else scale_of(values.ravel().tolist())
    what = f"chance of {statistic}" if chance else statistic
    rest = len(names) - NAMED
    heading = Heading(
        title or data.text("title") or f"The {statistic} of {output} along each input",
        "from the lowest to the highest values of an input; a flat line moves nothing",
        source_of_attributes(data.attrs),
        (
            *data.notes,
            *more(rest, "input", "is grey: it moves it less|are grey: they move it less"),
        ),
        (
            line(INK, "base", linewidth=1.0),
            *[patch(paled(QUIET, 0.75), f"{data.confidence} interval")] * _uncertain(data),
        ),
    )
    drawing = sheet(heading, 4.4)
    axes = drawing.add_subplot()
    axes.axhline(base, color=INK, linewidth=1.0, zorder=1.5)
    low, high = _bands(data)
    lines = [Line(names[i], values[i], band=(low[i], high[i])) for i in order]
    axes.set_xlim(float(x.min()), float(x.max()))
    axes.set_xticks(x, _tick_names(x))
    axes.set_xlabel("percentile of the input")
    axes.set_ylabel(with_unit(f"{what} of {output}", unit))
    draw_lines(drawing, axes, x, lines, scale)
    return drawing


def _bands(data: Data) -> list[Vector]:
    """Return the ends of the intervals; the lines themselves where there are none."""
    names = [f"statistic_{end}" for end in ("lower", "upper")]
    return [data.matrix(n if n in data else "statistic", "input", "percentile") for n in names]


def _uncertain(data: Data) -> bool:
    low, high = _bands(data)
    return bool(np.any(high > low))


def _tick_names(percents: Vector) -> list[str]:
    """Return names of percentiles, without those that would touch the one before."""
    apart = _APART * float(percents[-1] - percents[0])
    names, last = [], -math.inf
    for percent in percents:
        shown = percent - last >= apart and (
            percents[-1] - percent >= apart or percent == percents[-1]
        )
        names.append(f"P{percent:g}" * bool(shown))
        last = float(percent) if shown else last
    return names


FIGURE = Figure("spider", "analysis", "A figure along each input's percentiles.", make)
