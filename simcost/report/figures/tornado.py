"""Tornado: how far each input moves a figure, the largest effect on top."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import (
    Beside,
    base_line,
    fit_across,
    name_rows,
    rows_of,
    whisker,
)
from simcost.report.figures._numbers import (
    PERCENT,
    Scale,
    amount,
    amounts,
    half_width,
    interval_of,
    rough_amount,
    scale_of,
    with_unit,
)
from simcost.report.figures._palette import BAND, HIGH, INK, LOW, QUIET, paled
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of_attributes
from simcost.report.figures._texts import more, shorten

TOP = 20  # more bars than that are a list, not a chart
_END = 1.6  # inches that the text at the end of a bar may take
_THICK = 0.2  # inches of a bar
_PLAIN = ("regression", "rank")  # coefficients: one bar from zero
_OF_STATISTIC = ("conditional", "gate")  # the others are of the output itself
_OVERRUN = "overrun"


@dataclass(frozen=True, slots=True)
class _End:
    """One end of a bar: where it is, its interval, its text, its colour."""

    value: float
    lower: float
    upper: float
    text: str
    colour: str


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
    names = data.names("input")[:top]
    rows = rows_of(names)
    method, output = data.text("method"), data.text("output")
    plain = method in _PLAIN
    unit = "" if plain else data.text("unit")
    statistic = data.text("statistic", "mean")
    base, floor = data.number("base", 0.0), data.number("noise_floor", 0.0)
    ends = _ends(data, len(names))
    what = _subject(method, statistic, output)
    scale = scale_of([base, *(end.value for pair in ends for end in pair)])
    if statistic == _OVERRUN:
        scale = PERCENT
    significant = data.flags("significant", default=True)[: len(names)].tolist()
    heading = Heading(
        title or f"What drives {what}",
        f"{data.text('title')} ({method})" if data.text("title") else method,
        source_of_attributes(data.attrs),
        (*data.notes, *_rest(data, top, scale, unit)),
        _keys(data, plain, floor, scale, unit, all(significant)),
    )
    drawing = sheet(heading, rows.height + 0.85)
    axes = drawing.add_subplot()
    name_rows(axes, rows, [not one for one in significant])
    if floor > 0:
        reach = floor if plain else floor / 2
        axes.axvspan(base - reach, base + reach, color=BAND, linewidth=0, zorder=0)
    texts: list[Beside] = []
    for y, pair, sure in zip(rows.centres, ends, significant, strict=True):
        texts += _bar(axes, base, y, pair, sure, plain, scale)
    base_line(axes, base, "" if plain else f"base {_base(data, base, scale, unit)}")
    amounts(axes.xaxis, scale)
    axes.set_xlabel(_axis(method, what, output, unit))
    axes.grid(axis="x")
    reaches = [base, *(v for pair in ends for e in pair for v in (e.value, e.lower, e.upper))]
    known = [value for value in reaches if math.isfinite(value)]
    fit_across(drawing, axes, min(known), max(known), texts)
    return drawing


def _ends(data: Data, count: int) -> list[tuple[_End, _End]]:
    columns = []
    for end, colour in (("low", LOW), ("high", HIGH)):
        lower, upper = data.ends(end)
        texts = data.texts(f"{end}_label", len(data.names("input")))
        rows = zip(data.column(end), lower, upper, texts, strict=True)
        columns.append(
            [
                _End(float(v), float(a), float(b), shorten(text, _END, 8.0), colour)
                for v, a, b, text in list(rows)[:count]
            ]
        )
    return list(zip(*columns, strict=True))


def _bar(
    axes: Any,
    base: float,
    y: float,
    pair: tuple[_End, _End],
    sure: bool,
    plain: bool,
    scale: Scale,
) -> list[Beside]:
    """Draw the bar of an input and return the texts at its ends."""
    low, high = pair
    if plain:
        colour = HIGH if high.value >= base else LOW
        text = scale.text(high.value, half_width(high.value, high.lower, high.upper))
        pair = (_End(high.value, high.lower, high.upper, text, colour),)  # type: ignore[assignment]
        places = [(y, _THICK)]
    elif (low.value - base) * (high.value - base) > 0:  # both on one side: one above the other
        places = [(y - 0.075, 0.12), (y + 0.075, 0.12)]
    else:
        places = [(y, _THICK), (y, _THICK)]
    found = []
    for end, (place, thick), side in zip(pair, places, _sides(base, pair), strict=True):
        style: dict[str, Any] = (
            {"facecolor": end.colour, "edgecolor": "white", "linewidth": 0.4}
            if sure
            else {"facecolor": paled(end.colour), "edgecolor": end.colour, "hatch": "////"}
        )
        if not sure:
            style["linewidth"] = 0.5
        axes.barh(place, end.value - base, thick, left=base, zorder=2, **style)
        whisker(axes, end.lower, end.upper, place)
        tips = [end.value, *(v for v in (end.lower, end.upper) if math.isfinite(v))]
        x = max(tips) if side > 0 else min(tips)
        x = max(x, base) if side > 0 else min(x, base)
        found.append(Beside(x, place, end.text, side, 8.0, INK if sure else QUIET))
    return found


def _sides(base: float, pair: tuple[_End, ...]) -> list[int]:
    """Return on which side of the base each end's text stands."""
    signs = [int(end.value > base) - int(end.value < base) for end in pair]
    if len(signs) == 1:
        return [signs[0] or 1]
    low, high = signs
    if not low and not high:
        return [-1, 1]
    return [low or -high, high or -low]


def _subject(method: str, statistic: str, output: str) -> str:
    """Return what the bars are of, in words."""
    if method not in _OF_STATISTIC:
        return output
    name = "chance of overrun" if statistic == _OVERRUN else statistic
    return f"the {name} of {output}"


def _base(data: Data, base: float, scale: Scale, unit: str) -> str:
    ends = [data.number(f"base_{end}", math.nan) for end in ("lower", "upper")]
    if scale is PERCENT:
        return scale.text(base, half_width(base, *ends))
    if half_width(base, *ends) is None:
        return rough_amount(base, unit)
    return amount(interval_of(base, *ends), unit)


def _axis(method: str, what: str, output: str, unit: str) -> str:
    if method == "regression":
        return f"standard deviations of {output} for one of the input"
    if method == "rank":
        return f"rank correlation with {output}"
    return with_unit(what.removeprefix("the "), unit)


def _keys(
    data: Data, plain: bool, floor: float, scale: Scale, unit: str, all_sure: bool
) -> tuple[Any, ...]:
    gate = data.text("method") == "gate"
    words = ("it passes", "it fails") if gate else ("input at its low end", "at its high end")
    if plain:
        words = ("a higher input lowers it", "a higher input raises it")
    keys = [patch(LOW, words[0]), patch(HIGH, words[1])]
    keys.append(line(INK, f"{data.confidence} interval", marker="|", markersize=6))
    if not all_sure:
        keys.append(patch(paled(QUIET), "not significant", hatch="////", edgecolor=QUIET))
    if floor > 0:
        own = scale if scale is PERCENT else scale_of([floor])
        size = f"{own.rough(floor)} {unit}".rstrip()
        keys.append(patch(BAND, f"noise floor: {size} or less is chance"))
    return tuple(keys)


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
