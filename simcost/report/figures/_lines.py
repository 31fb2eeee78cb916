"""One line an input, the largest in colour and named at its end, the others grey."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from simcost.report.figures._drawing import Drawing, settle
from simcost.report.figures._numbers import Scale, amounts
from simcost.report.figures._palette import INK, MARKERS, PALE, SERIES, readable
from simcost.report.figures._texts import spread, wrap

Vector = npt.NDArray[np.float64]

NAMED = 7  # as many colours as can be told apart
_SHEER = 0.22  # of a band, so that one shows through the other
_SIZE = 8.5
_WIDEST = 2.2  # inches of a name


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its name, its places, whether it stands for all inputs at once, its intervals."""

    name: str
    y: Vector
    whole: bool = False
    band: tuple[Vector, Vector] | None = None


def draw_lines(
    drawing: Drawing,
    axes: Axes,
    x: Vector,
    lines: Sequence[Line],
    scale: Scale,
    named: bool = True,
) -> None:
    """Draw lines, the most important first."""
    whole = [line for line in lines if line.whole]
    single = [line for line in lines if not line.whole]
    for line in single[NAMED:]:
        axes.plot(x, line.y, color=PALE, linewidth=1.0, zorder=2)
    ends: list[tuple[float, str, str]] = []
    styles = zip(single[:NAMED], SERIES, MARKERS, strict=False)
    for line, colour, marker in styles:
        if line.band is not None:
            low, high = line.band
            axes.fill_between(x, low, high, color=colour, alpha=_SHEER, linewidth=0, zorder=1)
        axes.plot(x, line.y, color=colour, linewidth=1.8, marker=marker, markersize=4.5, zorder=3)
        ends.append((_last(line.y), line.name, colour))
    for line in whole:
        axes.plot(x, line.y, color=INK, linewidth=2.4, linestyle=(0, (4, 1.5)), zorder=4)
        ends.append((_last(line.y), line.name, INK))
    amounts(axes.yaxis, scale)
    axes.grid(axis="y")
    if named:
        _name_ends(drawing, axes, float(x[-1]), [end for end in ends if np.isfinite(end[0])])


def _last(y: Vector) -> float:
    known = y[np.isfinite(y)]
    return float(known[-1]) if len(known) else float("nan")


def _name_ends(
    drawing: Drawing, axes: Axes, x: float, ends: Sequence[tuple[float, str, str]]
) -> None:
    """Write names to the right of the last places, kept apart, with thin leaders."""
    if not ends:
        return
    texts = [wrap(name, _WIDEST, _SIZE, "bold", lines=3) for _, name, _ in ends]
    rows = max(text.count("\n") + 1 for text in texts)
    settle(drawing)
    low, high = axes.get_ylim()
    height = float(axes.get_window_extent().height) / float(drawing.dpi)
    gap = (high - low) / height * (_SIZE * 1.3 * rows / 72 + 0.02)
    places = spread([y for y, _, _ in ends], gap, low, high)
    for (y, _, colour), text, place in zip(ends, texts, places, strict=True):
        axes.annotate(
            text,
            (x, y),
            xytext=(1.035, (place - low) / (high - low)),
            textcoords="axes fraction",
            size=_SIZE,
            weight="bold",
            color=readable(colour),
            ha="left",
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": colour,
                "linewidth": 0.7,
                "shrinkA": 1,
                "shrinkB": 2,
                "relpos": (0, 0.5),
            },
        )
