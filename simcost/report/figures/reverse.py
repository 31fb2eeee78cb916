"""Reverse stress: how each input would have to shift for the target to hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import Beside, fit_across, name_rows, rows_of
from simcost.report.figures._palette import INK, PALE, QUIET, VERMILLION
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of_attributes
from simcost.report.figures._texts import more
from simcost.result.digits import figure

TOP = 15
_FAR = 4.0  # widths of the base range; further would press the rest together


def make(dataset: Any, *, top: int = TOP, title: str = "") -> Drawing:
    """Draw each input's range before and after, on a scale of its own: P10 to P90 of the base.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.report.figures`.
    top : int
        Most inputs shown, those that shift most first.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    names, gamma = data.names("input"), data.column("gamma")
    units = data.texts("unit", len(names))
    order = [int(i) for i in np.argsort(-np.nan_to_num(np.abs(gamma)), kind="stable")]
    shown = order[: len(data.first("input", top))]
    heading = Heading(
        title or data.text("title") or "What would have to be true of the inputs",
        "each input on its own scale, from P10 (0) to P90 (1) of the base; what shifts most on top",
        source_of_attributes(data.attrs),
        (
            *data.notes,
            *more(len(order) - len(shown), "input", "shifts less, not shown|shift less, not shown"),
        ),
        (
            patch(PALE, "base, P10 to P90"),
            line(QUIET, "its mean", marker="o", linestyle=""),
            line(VERMILLION, "stressed, P10 to P90", linewidth=3),
            line(VERMILLION, "its mean", marker="D", linestyle=""),
        ),
    )
    rows = rows_of([names[i] for i in shown], 0.38)
    drawing = sheet(heading, rows.height + 0.7)
    axes = drawing.add_subplot()
    name_rows(axes, rows)
    texts, reached = [], [0.0, 1.0]
    for y, i in zip(rows.centres, shown, strict=True):
        place = _place(data, i)
        ends = [place(data.column(f"stressed_{q}")[i]) for q in ("p10", "p90", "mean")]
        before = place(data.column("base_mean")[i])
        axes.barh(y, 1.0, 0.16, left=0.0, color=PALE, zorder=1.5)
        axes.hlines(y, ends[0], ends[1], colors=VERMILLION, linewidth=3, zorder=3)
        axes.plot([before], [y], marker="o", markersize=6, color=QUIET, zorder=4)
        axes.plot([ends[2]], [y], marker="D", markersize=6, color=VERMILLION, zorder=5)
        means = [float(data.column(f"{when}_mean")[i]) for when in ("base", "stressed")]
        text = f"{figure(means[0])} → {figure(means[1])} {units[i]}".rstrip()
        texts.append(Beside(max(1.0, *ends), y, text.replace("-", "\N{MINUS SIGN}"), 1))
        reached += [*ends, before]
    axes.set_xticks([0, 0.5, 1], ["P10", "", "P90"])
    axes.axvline(0, color=INK, linewidth=0.6, zorder=1)
    axes.axvline(1, color=INK, linewidth=0.6, zorder=1)
    axes.set_xlabel("range of the input in the base; on the right its mean, before → after")
    fit_across(drawing, axes, min(reached), max(reached), texts)
    return drawing


def _place(data: Data, i: int) -> Any:
    """Return how a value of an input is placed between P10 and P90 of its base."""
    low, high = float(data.column("base_p10")[i]), float(data.column("base_p90")[i])
    middle = float(data.column("base_mean")[i])
    if not high > low:  # a yes or no: between 0 and 1, or around its mean
        low, high = (0.0, 1.0) if 0 <= middle <= 1 else (middle - 0.5, middle + 0.5)

    def place(value: float) -> float:
        at = (float(value) - low) / (high - low)
        return min(max(at, 1 - _FAR), _FAR) if math.isfinite(at) else 0.0

    return place


FIGURE = Figure("reverse", "analysis", "How inputs would have to shift for a target.", make)
