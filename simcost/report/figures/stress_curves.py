"""S-curves of stressed scenarios over that of the base."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.errors import UsageError
from simcost.report.figures._dataset import Data
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._overlaid import MOST, keys_of, overlaid
from simcost.report.figures._result import plain_curve, tail_limits_note
from simcost.report.figures._sheet import Heading, source_of_attributes
from simcost.report.figures._texts import more


def make(dataset: Any, *, scenarios: list[str] | None = None, title: str = "") -> Drawing:
    """Draw the S-curve of each scenario of a stress.

    Parameters
    ----------
    dataset : Dataset
        See `simcost.report.figures`; with ``curve`` over ``scenario`` and ``percentile``.
    scenarios : list of str, optional
        Which, at most six; those that move the upper end most if not given.
    title : str
        Instead of the analysis' own.

    Raises
    ------
    UsageError
        For a scenario that is not there.
    """
    data = Data(dataset)
    table = data.matrix("curve", "scenario", "percentile")
    percents, names = data.column("percentile"), data.names("scenario")
    chosen = _chosen(names, table, scenarios)
    curves = [plain_curve(percents, table[names.index(name)]) for name in chosen]
    rest = len(names) - len(chosen) if scenarios is None else 0
    output = data.text("output")
    heading = Heading(
        title or data.text("title") or f"{output}: chance to stay within, scenario by scenario",
        "",
        source_of_attributes(data.attrs),
        (
            *data.notes,
            *tail_limits_note(curves),
            *more(rest, "scenario", "moves it less|move it less"),
        ),
        keys_of(chosen),
    )
    drawing, _ = overlaid(heading, curves, output, data.text("unit"))
    return drawing


def _chosen(names: list[str], table: Any, scenarios: list[str] | None) -> list[str]:
    if scenarios is None:
        moved = np.abs(table - table[0]).mean(axis=1)
        first = [int(i) for i in np.argsort(-moved, kind="stable") if i][: MOST - 1]
        return [names[0], *(names[i] for i in sorted(first))]
    for name in scenarios:
        if name not in names:
            raise UsageError(f"the stress has no scenario {name!r}: write {', '.join(names)}")
    return [names[0], *(name for name in scenarios if name != names[0])][:MOST]


FIGURE = Figure("stress_curves", "analysis", "S-curves of scenarios.", make, "stress")
