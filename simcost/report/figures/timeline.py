"""Timeline: what is spent in each period, and up to its end."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import amounts, half_width, scale_of
from simcost.report.figures._palette import BLUE, INK, paled
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of_attributes


def make(dataset: Any, *, title: str = "") -> Drawing:
    """Draw the outermost percentiles of each period as a band, the middle one as a line.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    names, output, unit = data.names("quantile"), data.text("output"), data.text("unit")
    period = data.text("period_unit", "period")
    middle = names[len(names) // 2]
    total = data.number("total_mean")
    half = half_width(total, data.number("total_mean_lower"), data.number("total_mean_upper"))
    keys = [
        *([patch(paled(BLUE), f"{names[0]} to {names[-1]}")] if len(names) > 1 else []),
        line(BLUE, middle, linewidth=2.0),
        line(INK, "mean", linewidth=1.2, linestyle=(0, (3, 2))),
    ]
    said = data.text("title") or f"{output} by {period}"
    heading = Heading(
        title or said[:1].upper() + said[1:],
        f"mean in all {scale_of([total]).text(total, half)} {unit}".rstrip(),
        source_of_attributes(data.attrs),
        data.notes,
        tuple(keys),
    )
    drawing = sheet(heading, 5.0)
    upper, lower = drawing.subplots(2, 1, sharex=True)
    _steps(upper, data, "amount")
    _rising(lower, data)
    upper.set_ylabel(with_unit(f"in the {period}", unit))
    lower.set_ylabel(with_unit("up to its end", unit))
    lower.set_xlabel(period)
    lower.xaxis.set_major_locator(MaxNLocator(12, integer=True))
    return drawing


def _steps(axes: Axes, data: Data, key: str) -> None:
    """Draw amounts that fill their periods: period n is from n - 1/2 to n + 1/2."""
    values = data.matrix(key, "period", "quantile")
    n = data.column("period")
    edges = np.append(n - 0.5, n[-1] + 0.5)
    if values.shape[1] > 1:
        axes.stairs(
            values[:, -1], edges, baseline=values[:, 0], fill=True, color=paled(BLUE), linewidth=0
        )
    axes.stairs(values[:, values.shape[1] // 2], edges, baseline=None, color=BLUE, linewidth=2.0)
    mean = data.column(f"{key}_mean")
    axes.stairs(mean, edges, baseline=None, color=INK, linewidth=1.2, linestyle=(0, (3, 2)))
    axes.set_xlim(edges[0], edges[-1])
    _frame(axes, values, mean)


def _rising(axes: Axes, data: Data) -> None:
    """Draw what was spent by the end of each period, from nothing at the start."""
    values = data.matrix("cumulative", "period", "quantile")
    n = data.column("period")
    ends = np.append(n[0] - 0.5, n + 0.5)
    values = np.vstack([np.zeros(values.shape[1]), values])
    mean = np.append(0.0, data.column("cumulative_mean"))
    if values.shape[1] > 1:
        axes.fill_between(ends, values[:, 0], values[:, -1], color=paled(BLUE), linewidth=0)
    axes.plot(ends, values[:, values.shape[1] // 2], color=BLUE, linewidth=2.0)
    axes.plot(ends, mean, color=INK, linewidth=1.2, linestyle=(0, (3, 2)))
    _frame(axes, values, mean)


def _frame(axes: Axes, values: Any, mean: Any) -> None:
    amounts(axes.yaxis, scale_of([*values.ravel().tolist(), *mean.tolist()]), 5)
    if values.min() >= 0:
        axes.set_ylim(bottom=0)
    axes.grid(axis="y")


FIGURE = Figure("timeline", "analysis", "What is spent in each period.", make)
