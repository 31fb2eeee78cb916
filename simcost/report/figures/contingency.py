"""Contingency: what a budget above the base is made of."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simcost.report.cells import with_unit
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import fit_across, name_rows, rows_of
from simcost.report.figures._numbers import (
    amount,
    amounts,
    interval_of,
    rough_amount,
    scale_of,
)
from simcost.report.figures._palette import BLUE, INK, PURPLE, QUIET, VERMILLION, paled
from simcost.report.figures._sheet import Heading, Key, line, patch, sheet, source_of_attributes
from simcost.report.figures._waterfall import Part, Step, draw_steps

TOP = 20
_CLOSE = 0.3  # share of the target below which contributions get an axis of their own
_MIXED = "interaction"
Row = tuple[str, float, float, float]


def make(dataset: Any, *, top: int = TOP, title: str = "") -> Drawing:
    """Draw the way from the base to the target, one contribution after the other.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.analyses`.
    top : int
        Most contributions shown; the smallest are added up in one bar.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    base, target, unit = data.number("base"), data.number("target"), data.text("unit")
    output = data.text("output")
    statistic = data.text("target_name") or data.text("statistic", "P80")
    scale = scale_of([base, target])
    steps = [_end(data, "base", _base_name(data, output), unit)]
    steps += _contributions(data, top, unit)
    steps.append(_end(data, "target", f"{statistic} of {output}", unit))
    width = _reach(steps)
    near = 0 < width < _CLOSE * min(abs(base), abs(target)) and base * target > 0
    origin = math.copysign(min(abs(base), abs(target)) - width * 0.35, base) if near else 0.0
    cut = ("The axis does not start at 0.",) if near else ()
    heading = Heading(
        title or data.text("title") or f"From the base to the {statistic} of {output}",
        "",
        source_of_attributes(data.attrs),
        (*data.notes, *cut),
        _keys(data.confidence, steps),
    )
    rows = rows_of([step.name for step in steps])
    drawing = sheet(heading, rows.height + 0.65)
    axes = drawing.add_subplot()
    name_rows(axes, rows)
    texts, reached = draw_steps(axes, rows, steps, origin)
    amounts(axes.xaxis, scale)
    axes.set_xlabel(with_unit(output, unit))
    axes.grid(axis="x")
    fit_across(drawing, axes, min(reached), max(reached), texts)
    return drawing


def _base_name(data: Data, output: str) -> str:
    base = data.text("base_name", "base")
    return f"{output} at the medians" if base == "medians" else f"{base} {output}"


def _end(data: Data, name: str, title: str, unit: str) -> Step:
    value = data.number(name)
    found = interval_of(value, *(data.number(f"{name}_{e}", math.nan) for e in ("lower", "upper")))
    text = rough_amount(value, unit) if found.half_width is None else amount(found, unit)
    return Step(title, text, (Part(value, QUIET),), found.half_width, total=True)


def _contributions(data: Data, top: int, unit: str) -> list[Step]:
    """Return the largest contributions, the sum of the others, and the interactions last."""
    columns = (data.column("contribution"), *data.ends("contribution"))
    data.first("item", top)
    rows = list(zip(data.names("item"), *columns, strict=True))
    mixed = [row for row in rows if _MIXED in row[0].lower()]
    others = [row for row in rows if row not in mixed]
    rank = sorted(others, key=lambda row: -abs(np.nan_to_num(row[1])))[:top]
    rest = [row for row in others if row not in rank]
    steps = [_contribution(*row, unit) for row in others if row in rank]
    if rest:
        steps.append(_together(data, rows, rest, unit))
    return steps + [_contribution(*row, unit) for row in mixed]


def _together(data: Data, rows: list[Row], rest: list[Row], unit: str) -> Step:
    """Return the sum of the smallest contributions."""
    name, total = f"{len(rest)} smaller ones", float(np.nansum([row[1] for row in rest]))
    if "rest" in data:
        first = rows.index(rest[0])
        found = (data.column("rest"), *data.ends("rest"))
        value, lower, upper = (float(column[first]) for column in found)
        if math.isclose(value, total, rel_tol=1e-9):
            return _contribution(name, value, lower, upper, unit)
    # the dataset has no error of this sum, so few digits are shown
    text = "+" * (total > 0) + rough_amount(total, unit, 2)
    return Step(name, text, (Part(total, _colour(total)),))


def _contribution(name: str, value: float, lower: float, upper: float, unit: str) -> Step:
    found = interval_of(value, lower, upper)
    unsure = bool(found.half_width) and lower <= 0 <= upper
    colour = PURPLE if _MIXED in name.lower() else _colour(value)
    text = amount(found, unit, sign=True)
    return Step(name, text, (Part(float(np.nan_to_num(value)), colour, unsure),), found.half_width)


def _colour(amount: float) -> str:
    return VERMILLION if amount >= 0 else BLUE


def _reach(steps: list[Step]) -> float:
    """Return how far the running total moves."""
    places = [0.0]
    for step in steps[1:-1]:
        places.append(places[-1] + step.amount)
    return max(places) - min(places)


def _keys(level: str, steps: list[Step]) -> tuple[Key, ...]:
    inner = [part for step in steps[1:-1] for part in step.parts]
    keys = []
    for colour, text in ((VERMILLION, "adds"), (BLUE, "takes away"), (PURPLE, "interactions")):
        keys += [patch(colour, text)] * any(part.colour == colour for part in inner)
    if any(part.hatched for part in inner):
        keys.append(patch(paled(QUIET), "could be zero", hatch="////", edgecolor=QUIET))
    return (*keys, line(INK, f"{level} interval", marker="|", markersize=6))


FIGURE = Figure("contingency", "analysis", "What a budget above the base is made of.", make)
