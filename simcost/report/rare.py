"""The text of the chance of a rare event."""

from __future__ import annotations

import math
from typing import Any

from simcost.report.columns import columns
from simcost.report.wrapped import heading, note
from simcost.result.digits import figure, percent, plus_minus

LEAST_SCORE = 0.1


def render_rare(data: Any, width: int = 100, top: int = 15) -> str:
    """Return the answer of ``simcost rare`` as text.

    Parameters
    ----------
    data : xarray.Dataset
        What `simcost.analyses.rare` returns.
    width : int
        Columns of text for sentences.
    top : int
        Inputs to print.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    chance = float(data.chance)
    half = float(data.chance_upper) - chance
    one_in = 1.0 / chance
    rows = [
        ["Chance", plus_minus(chance, half)],
        ["One in", plus_minus(one_in, one_in * half / chance)],
        ["Evaluated", f"{int(data.evaluations):,} outcomes"],
        ["As good as", f"{_round(float(data.plain_draws))} outcomes of a plain run"],
    ]
    lines = [heading(data.attrs), "", *columns(rows), "", *_scores(data, top), ""]
    level = f"{100 * data.attrs['confidence']:g}%"
    replicates = data.sizes["replicate"]
    text = f"± is the half-width of a {level} interval from {replicates} independent replicates."
    lines += [text, *_checks(data, width)]
    return "\n".join(lines) + "\n"


def _round(value: float) -> str:
    return "all" if math.isinf(value) else figure(value, 2)


def _scores(data: Any, top: int) -> list[str]:
    rows = [["When it happens", "lies, in standard deviations of its normal score"]]
    for k, name in enumerate(data.stream.values[:top]):
        score, high = float(data.score.values[k]), float(data.score_upper.values[k])
        if abs(score) >= LEAST_SCORE:
            sign = "+" if score > 0 else ""
            rows.append([str(name), sign + plus_minus(score, high - score)])
    return columns(rows)


def _checks(data: Any, width: int) -> list[str]:
    lines: list[str] = []
    if data.sizes["route"] > 1:
        text = f"{data.sizes['route']} ways to it were found, and all were sampled"
        lines += note("Note", text, width)
    both = [
        percent(float(data[name]), float(data[f"{name}_upper"] - data[name]))
        for name in ("check_plain", "check_sampled")
    ]
    text = f"at a level where plain outcomes suffice they give {both[0]}, this way {both[1]}"
    return lines + note("Check", text, width)
