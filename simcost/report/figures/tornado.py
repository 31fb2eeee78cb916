"""Tornado: how far each input moves a figure, the largest effect on top."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import Beside, base_line, fit_across, name_rows, rows_of
from simcost.report.figures._numbers import (
    PERCENT,
    Scale,
    amount,
    amounts,
    half_width,
    interval_of,
    rough_amount,
    scale_of,
    share_text,
)
from simcost.report.figures._palette import BAND, HIGH, INK, LOW, QUIET, paled
from simcost.report.figures._sheet import Heading, Key, line, patch, sheet, source_of_attributes
from simcost.report.figures._swings import End, coefficients_of, draw_swing, swings_of
from simcost.report.figures._texts import more

TOP = 20  # more bars than that are a list, not a chart
_PLAIN = ("regression", "rank")  # coefficients: one bar from zero
_OF_STATISTIC = ("conditional", "gate")  # the others are of the output itself
_OVERRUN = "overrun"


def make(dataset: Any, *, top: int = TOP, title: str = "") -> Drawing:
    """Draw the tornado of an analysis.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    top : int
        Most bars; a note says what the others come to.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    names = data.first("input", top)
    rows = rows_of(names)
    method, output = data.text("method"), data.text("output")
    plain = method in _PLAIN
    unit = "" if plain else data.text("unit")
    statistic = data.text("statistic", "mean")
    base, floor = data.number("base", 0.0), data.number("noise_floor", 0.0)
    scale = _scale(data, base, statistic, len(names))
    ends = coefficients_of(data, len(names), base, scale) if plain else swings_of(data, len(names))
    what = _subject(method, statistic, output)
    significant = data.flags("significant", default=True)[: len(names)].tolist()
    heading = Heading(
        title or f"What drives {what}",
        f"{data.text('title')} ({method})" if data.text("title") else method,
        source_of_attributes(data.attrs),
        (*data.notes, *_rest(data, top, scale, unit)),
        _keys(data, plain, floor, scale, unit, all(significant), any(map(_unsure, ends))),
    )
    drawing = sheet(heading, rows.height + 0.85)
    axes = drawing.add_subplot()
    name_rows(axes, rows, [not one for one in significant])
    if floor > 0:
        reach = floor if plain else floor / 2
        axes.axvspan(base - reach, base + reach, color=BAND, linewidth=0, zorder=0)
    texts: list[Beside] = []
    for y, swing, sure in zip(rows.centres, ends, significant, strict=True):
        texts += draw_swing(axes, base, y, swing, sure)
    base_line(axes, base, "" if plain else f"base {_base(data, base, scale, unit)}")
    amounts(axes.xaxis, scale)
    axes.set_xlabel(_axis(method, what, output, unit))
    axes.grid(axis="x")
    reached = [base, *(place for swing in ends for end in swing for place in end.places)]
    fit_across(drawing, axes, min(reached), max(reached), texts)
    return drawing


def _scale(data: Data, base: float, statistic: str, count: int) -> Scale:
    if statistic == _OVERRUN:
        return PERCENT
    return scale_of([base, *data.column("low")[:count], *data.column("high")[:count]])


def _subject(method: str, statistic: str, output: str) -> str:
    """Return what the bars are of, in words."""
    if method not in _OF_STATISTIC:
        return output
    name = "chance of overrun" if statistic == _OVERRUN else statistic
    return f"the {name} of {output}"


def _base(data: Data, base: float, scale: Scale, unit: str) -> str:
    ends = [data.number(f"base_{end}", math.nan) for end in ("lower", "upper")]
    if scale is PERCENT:
        return share_text(interval_of(base, *ends))
    if not half_width(base, *ends):  # unknown, or computed without error
        return rough_amount(base, unit)
    return amount(interval_of(base, *ends), unit)


def _axis(method: str, what: str, output: str, unit: str) -> str:
    if method == "regression":
        return f"standard deviations of {output} for one of the input"
    if method == "rank":
        return f"rank correlation with {output}"
    return with_unit(what.removeprefix("the "), unit)


def _keys(
    data: Data, plain: bool, floor: float, scale: Scale, unit: str, all_sure: bool, whiskers: bool
) -> tuple[Key, ...]:
    gate = data.text("method") == "gate"
    words = ("it passes", "it fails") if gate else ("input at its low end", "at its high end")
    if plain:
        words = ("a higher input lowers it", "a higher input raises it")
    keys = [patch(LOW, words[0]), patch(HIGH, words[1])]
    keys += [line(INK, f"{data.confidence} interval", marker="|", markersize=6)] * whiskers
    if not all_sure:
        keys.append(patch(paled(QUIET), "not significant", hatch="////", edgecolor=QUIET))
    if floor > 0:
        own = scale if scale is PERCENT else scale_of([floor])
        size = f"{own.rough(floor)} {unit}".rstrip()
        keys.append(patch(BAND, f"noise floor: {size} or less is chance"))
    return tuple(keys)


def _unsure(ends: Sequence[End]) -> bool:
    """Return whether one of the ends has an interval: figures that were computed have none."""
    return any(end.lower < end.upper for end in ends)


def _rest(data: Data, top: int, scale: Scale, unit: str) -> tuple[str, ...]:
    """Return what the inputs that are not shown come to."""
    effects = data.column("effect")[top:] if "effect" in data else data.column("high")[top:]
    if not len(effects):
        return ()
    value = float(max(abs(effects)))
    largest = scale.rough(value) if scale is PERCENT else rough_amount(value, unit, 2)
    said = f"not shown; the largest effect is {largest}"
    return more(len(effects), "input", f"is {said}|are {said}")


FIGURE = Figure("tornado", "analysis", "How far each input moves a figure.", make)
