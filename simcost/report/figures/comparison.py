"""Comparison: how several methods rank the inputs, and where they disagree."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import name_rows, rows_of
from simcost.report.figures._palette import BLUE, INK, PALE, QUIET, VERMILLION, paled
from simcost.report.figures._sheet import Heading, patch, sheet, source_of_attributes
from simcost.report.figures._texts import more

TOP = 20


def make(dataset: Any, *, top: int = TOP, title: str = "") -> Drawing:
    """Draw a table of ranks: one column a method, one row an input, darker is more important.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    top : int
        Most inputs shown.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    ranks = data.matrix("rank", "tornado", "input").T
    sure = data.matrix("significant", "tornado", "input").T > 0
    methods, names = data.names("tornado"), data.names("input")
    split = data.flags("disagree", default=False)
    best = np.where(np.isfinite(ranks), ranks, np.inf).min(axis=1)
    shown = len(data.first("input", top))
    order = [int(i) for i in np.argsort(best, kind="stable")][:shown]
    heading = Heading(
        title or data.text("title") or f"What drives {data.text('output')}, by several methods",
        "place of each input in the ranking of each method; 1 drives most",
        source_of_attributes(data.attrs),
        (*data.notes, *more(len(names) - len(order), "input", "ranks lower|rank lower")),
        (
            patch(BLUE, "significant; darker drives more"),
            patch("white", "not significant", edgecolor=PALE),
            patch("white", "≠ the methods disagree", edgecolor=VERMILLION, linewidth=1.8),
        ),
    )
    rows = rows_of(["≠ " * bool(split[i]) + names[i] for i in order], 0.32)
    drawing = sheet(heading, rows.height + 0.4)
    axes = drawing.add_subplot()
    name_rows(axes, rows)
    axes.set_xlim(-0.55, len(methods) - 0.45)
    axes.set_xticks(range(len(methods)), methods)
    axes.xaxis.tick_top()
    axes.tick_params(axis="x", length=0)
    axes.spines["bottom"].set_visible(False)
    for y, i in zip(rows.centres, order, strict=True):
        edge = VERMILLION if split[i] else "white"
        for x, rank in enumerate(ranks[i]):
            if not np.isfinite(rank):
                continue
            fade = min((rank - 1) / max(len(order) - 1, 1), 1.0) * 0.85
            face = paled(BLUE, fade) if sure[i, x] else "white"
            line = edge if split[i] else (PALE if not sure[i, x] else face)
            axes.barh(y, 0.92, 0.24, left=x - 0.46, color=face, edgecolor=line, linewidth=1.4)
            dark = sure[i, x] and fade < 0.25
            colour = "white" if dark else (INK if sure[i, x] else QUIET)
            axes.text(x, y, f"{rank:.0f}", ha="center", va="center", color=colour, size=8.5)
    return drawing


FIGURE = Figure("comparison", "analysis", "How several methods rank the inputs.", make)
