"""Stress: scenarios ranked by what they do to a percentile of an output."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from simcost.errors import UsageError
from simcost.report.cells import with_unit
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
    amount,
    amounts,
    interval_of,
    rough_amount,
    scale_of,
)
from simcost.report.figures._palette import HIGH, INK, LOW
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of_attributes
from simcost.result import Interval

_THICK = 0.2


def make(dataset: Any, *, quantile: str = "", title: str = "") -> Drawing:
    """Draw a bar a scenario, from the base to what it makes of a percentile.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.report.figures`.
    quantile : str
        Which, ``P90``; the largest one if not given.
    title : str
        Instead of the analysis' own.

    Raises
    ------
    UsageError
        For a percentile that the analysis has not.
    """
    data = Data(dataset)
    known = data.names("quantile")
    name = quantile or known[-1]
    if name not in known:
        raise UsageError(f"the stress has no {name!r}: write {', '.join(known)}")
    column = known.index(name)
    value, lower, upper, moved, moved_lower, moved_upper = (
        data.matrix(f"{variable}{end}", "scenario", "quantile")[:, column]
        for variable in ("value", "difference")
        for end in ("", "_lower", "_upper")
    )
    base = float(data.column("base")[column])
    scenarios = data.names("scenario")
    order = [int(i) for i in np.argsort(-np.nan_to_num(moved), kind="stable")]
    same = [i for i in order if moved[i] == 0 and scenarios[i] == "as declared"]
    order = [i for i in order if i not in same]
    output, unit = data.text("output"), data.text("unit")
    heading = Heading(
        title or data.text("title") or f"What scenarios do to the {name} of {output}",
        f"{name} of {output} in each scenario; the text is the change, on the same draws",
        source_of_attributes(data.attrs),
        data.notes,
        (
            patch(HIGH, "worse than the base"),
            patch(LOW, "better"),
            line(INK, f"{data.confidence} interval", marker="|", markersize=6),
        ),
    )
    rows = rows_of([scenarios[i] for i in order])
    drawing = sheet(heading, rows.height + 0.85)
    axes = drawing.add_subplot()
    name_rows(axes, rows)
    scale = scale_of([base, *value.tolist()])
    texts, reached = [], [base]
    for y, i in zip(rows.centres, order, strict=True):
        axes.barh(
            y, value[i] - base, _THICK, left=base, color=HIGH if moved[i] > 0 else LOW, zorder=2
        )
        whisker(axes, float(lower[i]), float(upper[i]), y)
        ends = (float(value[i]), float(lower[i]), float(upper[i]), base)
        tips = [end for end in ends if math.isfinite(end)]
        side = 1 if not moved[i] < 0 else -1
        change = interval_of(moved[i], moved_lower[i], moved_upper[i])
        text = _change_text(change, base, unit)
        texts.append(Beside(max(tips) if side > 0 else min(tips), y, text, side))
        reached += tips
    base_line(axes, base, f"base {rough_amount(base, unit)}")
    amounts(axes.xaxis, scale)
    axes.set_xlabel(with_unit(f"{name} of {output}", unit))
    axes.grid(axis="x")
    fit_across(drawing, axes, min(reached), max(reached), texts)
    return drawing


def _change_text(change: Interval, base: float, unit: str) -> str:
    """Return ``+58,000 ± 4,000 USD (+22%)``."""
    if change.value == 0 and not change.half_width:
        return "no change"
    share = f" ({float(change) / base:+.0%})".replace("-", "\N{MINUS SIGN}") if base > 0 else ""
    return amount(change, unit, sign=True) + share


FIGURE = Figure("stress", "analysis", "Scenarios ranked by what they do.", make)
