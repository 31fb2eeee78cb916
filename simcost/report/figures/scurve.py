"""S-curve: the chance to stay within any budget, with P10, P50 and P90 marked."""

from __future__ import annotations

import math

from simcost.errors import UsageError
from simcost.report.figures._curves import Tag, draw_curve, frame, mark, tag
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import amount, exact_amount, scale_of, share_text
from simcost.report.figures._palette import BLUE, INK, VERMILLION, paled
from simcost.report.figures._result import (
    MARKED,
    curve_of,
    heading_of,
    limits,
    output_of,
)
from simcost.report.figures._sheet import line, patch, sheet
from simcost.result import Result
from simcost.result.names import quantile_name


def make(
    result: Result, *, output: str | None = None, budget: float | None = None, title: str = ""
) -> Drawing:
    """Draw the distribution of an output as the chance to stay within an amount.

    Parameters
    ----------
    result : Result
        Of a run.
    output : str, optional
        Which output; the cost if not given.
    budget : float, optional
        An amount whose chance is marked.
    title : str
        Instead of ours.
    """
    name = output_of(result, output)
    if budget is not None and not math.isfinite(budget):
        raise UsageError(f"a budget is an amount, not {budget}")
    curve, unit = curve_of(result, name), result.units[name]
    low, high = limits([curve], [] if budget is None else [budget])
    scale = scale_of([low, high])
    level = f"{100 * result.meta.confidence:g}%"
    keys = [
        line(BLUE, "chance to stay within", linewidth=2.2),
        patch(paled(BLUE, 0.78), f"its {level} interval"),
        line(INK, f"percentile and its {level} interval", marker="o", markersize=5),
    ]
    if budget is not None:
        keys.append(line(VERMILLION, "budget", marker="s", markersize=5))
    heading = heading_of(
        result, name, title or f"{name}: what budget holds, and how surely", keys, low, high
    )
    drawing = sheet(heading, 4.2)
    axes = drawing.add_subplot()
    draw_curve(axes, curve, BLUE)
    frame(axes, name, unit, scale, low, high)
    tags = []
    for percent in MARKED:
        found = result.quantile(name, percent)
        mark(axes, percent / 100, found)
        text = f"{quantile_name(percent)}  {amount(found, unit)}"
        tags.append(Tag(float(found), percent / 100, text))
    if budget is not None:
        chance = result.within(name, budget)
        axes.axvline(budget, color=VERMILLION, linewidth=1.4, zorder=2)
        axes.plot([budget], [float(chance)], marker="s", markersize=6, color=VERMILLION, zorder=5)
        text = f"budget {exact_amount(budget, unit)}: {share_text(chance)}"
        tags.append(Tag(budget, float(chance), text, VERMILLION))
    tag(drawing, axes, tags)
    return drawing


FIGURE = Figure("scurve", "result", "Chance to stay within any budget.", make)
