"""Sensitivity: each input's share of the variance, alone, with interactions, and fairly divided."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import Rows, name_rows, rows_of, whisker
from simcost.report.figures._numbers import half_width, share_text, shares
from simcost.report.figures._palette import BAND, BLUE, FAINT, GREEN, INK, PURPLE, VERMILLION
from simcost.report.figures._sheet import Heading, Key, line, patch, sheet, source_of_attributes
from simcost.report.figures._texts import more
from simcost.result import Interval

TOP = 20
_KINDS = (
    ("first", "first-order: the input alone", BLUE, "o"),
    ("total", "total: with its interactions", VERMILLION, "s"),
    ("shapley", "Shapley: interactions divided fairly", GREEN, "D"),
)
_WORDS = {"first": "first-order share", "total": "total share", "shapley": "Shapley share"}
_APART = 0.115  # inches between the marks of an input
_LEAST = 0.44
_SMALL = 0.001  # a share below that is called less


def make(dataset: Any, *, top: int = TOP, title: str = "") -> Drawing:
    """Draw the shares of each input side by side, and the delta measure with its noise floor.

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
    count = len(data.names("input"))
    rows = rows_of(data.first("input", top), _LEAST)
    kinds = [kind for kind in _KINDS if _known(data, kind[0])]
    delta = _known(data, "delta")
    output = data.text("output")
    heading = Heading(
        title or data.text("title") or f"What the spread of {output} comes from",
        _interaction(data),
        source_of_attributes(data.attrs),
        (*data.notes, *_rest(data, count, top)),
        _keys(data, kinds, delta),
    )
    drawing = sheet(heading, rows.height + 0.75)
    grid = drawing.subplots(1, 2, width_ratios=[2.6, 1], sharey=True) if delta else None
    axes = drawing.add_subplot() if grid is None else grid[0]
    name_rows(axes, rows)
    middle = (len(kinds) - 1) / 2
    for number, (kind, _, colour, marker) in enumerate(kinds):
        _marks(axes, data, kind, rows, (number - middle) * _APART, colour, marker)
    _rules(axes, rows)
    axes.axvline(0, color=INK, linewidth=1.2, zorder=1.5)
    shares(axes.xaxis, 6)
    axes.set_xlabel(f"share of the variance of {output}")
    axes.grid(axis="x")
    if grid is not None:
        _delta(grid[1], data, rows)
    return drawing


def _known(data: Data, name: str) -> bool:
    return name in data and bool(np.isfinite(data.column(name)).any())


def _marks(
    axes: Axes, data: Data, kind: str, rows: Rows, shift: float, colour: str, marker: str
) -> None:
    low, high = data.ends(kind)
    for y, value, a, b in zip(rows.centres, data.column(kind), low, high, strict=False):
        if math.isfinite(value):
            axes.plot([value], [y + shift], marker=marker, markersize=5, color=colour, zorder=5)
            whisker(axes, float(a), float(b), y + shift, colour)


def _rules(axes: Axes, rows: Rows) -> None:
    """Draw lines between the inputs, whose marks would run together otherwise."""
    for above, below in zip(rows.centres, rows.centres[1:], strict=False):
        axes.axhline((above + below) / 2, color=FAINT, linewidth=0.8, zorder=0.5)


def _delta(axes: Axes, data: Data, rows: Rows) -> None:
    """Draw the panel of delta, which sees more than variance and has a floor of its own."""
    floor = data.number("noise_floor_delta", 0.0)
    if floor > 0:
        axes.axvspan(0, floor, color=BAND, linewidth=0, zorder=0)
    _marks(axes, data, "delta", rows, 0.0, PURPLE, "^")
    _rules(axes, rows)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=INK, linewidth=1.2, zorder=1.5)
    shares(axes.xaxis, 3)
    axes.set_xlabel("delta: shift of the\nwhole distribution")
    axes.grid(axis="x")


def _interaction(data: Data) -> str:
    if "interaction" not in data:
        return ""
    value = data.number("interaction")
    if not math.isfinite(value):
        return ""
    ends = [data.number(f"interaction_{end}", math.nan) for end in ("lower", "upper")]
    half = half_width(value, *ends)
    found = Interval(value) if half is None else Interval(value, value - half, value + half)
    return f"interactions hold {share_text(found)} of the variance"


def _keys(data: Data, kinds: Any, delta: bool) -> tuple[Key, ...]:
    dot = {"linestyle": "", "markersize": 6}
    keys = [line(colour, text, marker=marker, **dot) for _, text, colour, marker in kinds]
    if delta:
        keys.append(line(PURPLE, "delta", marker="^", **dot))
        if data.number("noise_floor_delta", 0.0) > 0:
            keys.append(patch(BAND, "noise floor of delta"))
    keys.append(line(INK, f"{data.confidence} interval", marker="|", markersize=6))
    return tuple(keys)


def _rest(data: Data, count: int, top: int) -> tuple[str, ...]:
    if count <= top:
        return ()
    first = next((k for k in ("shapley", "total", "first") if _known(data, k)), "first")
    largest = float(np.nan_to_num(data.column(first)[top:]).max())
    size = f"{largest:.1%}" if largest >= _SMALL else f"less than {_SMALL:.1%}"
    said = f"not shown; the largest {_WORDS[first]} is {size}"
    return more(count - top, "input", f"is {said}|are {said}")


FIGURE = Figure("sensitivity", "analysis", "Each input's share of the variance.", make)
