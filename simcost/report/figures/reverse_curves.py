"""S-curves of a reverse stress: the base and the least implausible world where the target holds."""

from __future__ import annotations

from typing import Any

from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._overlaid import keys_of, overlaid
from simcost.report.figures._result import plain_curve, tail_limits_note
from simcost.report.figures._sheet import Heading, source_of_attributes

_CURVES = (("curve_base", "base"), ("curve_stressed", "target holds"), ("curve_rerun", "rerun"))


def make(dataset: Any, *, title: str = "") -> Drawing:
    """Draw the output before and after.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.report.figures`; with ``curve_base`` and ``curve_stressed`` over ``percent``.
    title : str
        Instead of the analysis' own.
    """
    data = Data(dataset)
    percents, output = data.column("percent"), data.text("output")
    found = [(name, text) for name, text in _CURVES if name in data or name != "curve_rerun"]
    curves = [plain_curve(percents, data.column(name)) for name, _ in found]
    heading = Heading(
        title or data.text("title") or f"{output}: chance to stay within, before and after",
        "",
        source_of_attributes(data.attrs),
        (*data.notes, *tail_limits_note(curves)),
        keys_of([text for _, text in found]),
    )
    drawing, _ = overlaid(heading, curves, output, data.text("unit"))
    return drawing


FIGURE = Figure("reverse_curves", "analysis", "S-curves of a reverse stress.", make, "reverse")
