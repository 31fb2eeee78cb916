"""Marks that several figures share: whiskers, base lines, names along an axis, texts at bars."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from matplotlib.axes import Axes

from simcost.report.figures._drawing import Drawing, settle, width_of
from simcost.report.figures._palette import INK, QUIET
from simcost.report.figures._texts import measure, room, wrap

NAME_SIZE, LABEL_SIZE = 9.0, 8.0
_NAMES = 2.3  # inches that names may take
_GAP = 4.0  # points between a mark and its text


@dataclass(frozen=True, slots=True)
class Beside:
    """A text to the left (-1) or right (1) of a place on the axes, `offset` rows away."""

    x: float
    y: float
    text: str
    side: int
    size: float = LABEL_SIZE
    colour: str = INK


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a chart, measured in inches from the top: the vertical axis is in inches.

    Parameters
    ----------
    names : tuple of str
        Wrapped for the side of the chart.
    centres : tuple of float
        Of each row.
    height : float
        Of all of them.
    """

    names: tuple[str, ...]
    centres: tuple[float, ...]
    height: float


def rows_of(names: Sequence[str], least: float = 0.33) -> Rows:
    """Return rows as high as their names need, and no lower than `least`."""
    wrapped = [wrap(name, _NAMES, NAME_SIZE, lines=3) for name in names]
    heights = [max(least, (text.count("\n") + 1) * NAME_SIZE * 1.3 / 72 + 0.1) for text in wrapped]
    below = list(accumulate(heights))
    centres = [end - height / 2 for end, height in zip(below, heights, strict=True)]
    return Rows(tuple(wrapped), tuple(centres), below[-1] if below else least)


def name_rows(axes: Axes, rows: Rows, faded: Sequence[bool] = ()) -> None:
    """Write names along the vertical axis, the first one on top."""
    axes.set_yticks(rows.centres, rows.names, fontsize=NAME_SIZE)
    axes.set_ylim(rows.height, 0)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for label, fade in zip(axes.get_yticklabels(), faded, strict=False):
        label.set_color(QUIET if fade else INK)


def whisker(axes: Axes, low: float, high: float, y: float, colour: str = INK) -> None:
    """Draw an interval across; nothing where an end does not exist, or there is no error."""
    if math.isfinite(low) and math.isfinite(high) and low < high:
        axes.hlines(y, low, high, colors=colour, linewidth=1.1, zorder=4)
        ends = {"marker": "|", "markersize": 5, "markeredgewidth": 1.1, "linestyle": ""}
        axes.plot([low, high], [y, y], color=colour, zorder=4, **ends)  # type: ignore[arg-type]


def base_line(axes: Axes, x: float, text: str) -> None:
    """Draw the line that bars start from, with its value above."""
    axes.axvline(x, color=INK, linewidth=1.2, zorder=3)
    axes.annotate(
        text,
        (x, 1.0),
        xycoords=("data", "axes fraction"),
        xytext=(0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        size=LABEL_SIZE,
        weight="bold",
    )


def fit_across(
    drawing: Drawing, axes: Axes, low: float, high: float, texts: Sequence[Beside]
) -> None:
    """Widen the horizontal axis until texts beside bars fit inside, and write them."""
    if not low < high:
        margin = abs(low) * 0.1 or 1.0
        low, high = low - margin, high + margin
    axes.set_xlim(low, high)
    settle(drawing)  # before the texts are there: they would take room from the axes
    slack = (2 * _GAP + 1) / 72
    sized = [
        (t.x, t.side, max(measure(one, t.size) for one in t.text.split("\n")) * 1.04 + slack)
        for t in texts
        if t.text
    ]
    axes.set_xlim(*room(low, high, sized, width_of(axes)))
    for text in texts:
        _write(axes, text)


def _write(axes: Axes, text: Beside) -> None:
    axes.annotate(
        text.text,
        (text.x, text.y),
        xytext=(_GAP * text.side, 0),
        textcoords="offset points",
        ha="left" if text.side > 0 else "right",
        va="center_baseline",
        size=text.size,
        color=text.colour,
        zorder=6,
    )
