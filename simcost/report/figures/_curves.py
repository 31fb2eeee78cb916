"""Rising curves and the texts beside them, which stand where a rising curve leaves room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from simcost.report.cells import with_unit
from simcost.report.figures._drawing import Drawing, settle, width_of
from simcost.report.figures._numbers import Scale, amounts, shares
from simcost.report.figures._palette import INK, QUIET, paled, readable
from simcost.report.figures._result import Curve
from simcost.report.figures._texts import measure, spread
from simcost.result import Interval

SIZE = 8.5
_OFFSET = 9.0  # points between a place on a curve and its text
_GAP = 0.06  # between the middles of two texts, of the height of the axes


@dataclass(frozen=True, slots=True)
class Tag:
    """A text at a place on a curve; the chance is between 0 and 1."""

    x: float
    chance: float
    text: str
    colour: str = INK


def draw_curve(axes: Axes, curve: Curve, colour: str, style: Any = "-") -> None:
    """Draw percentiles as a curve, and their intervals as a band."""
    chances = curve.percents / 100
    band = {"color": paled(colour, 0.78), "linewidth": 0, "zorder": 1}
    axes.fill_betweenx(chances, curve.low, curve.high, **band)  # type: ignore[arg-type]
    axes.plot(
        curve.values, chances, color=colour, linestyle=style, linewidth=2.2, zorder=3, gid="curve"
    )


def frame(axes: Axes, name: str, unit: str, scale: Scale, low: float, high: float) -> None:
    """Set up axes of amounts across and chances upwards."""
    margin = (high - low) * 0.02
    axes.set_xlim(low - margin, high + margin)
    axes.set_ylim(0, 1.0)
    axes.set_xlabel(with_unit(name, unit))
    axes.set_ylabel("chance to stay within")
    amounts(axes.xaxis, scale)
    shares(axes.yaxis)
    axes.grid(axis="both")


def mark(axes: Axes, chance: float, interval: Interval, colour: str = INK) -> None:
    """Mark a percentile on its curve, with its interval and a line down to the axis."""
    x = float(interval)
    dashes = (0, (2, 2))
    axes.plot([x, x], [0, chance], color=QUIET, linewidth=0.8, linestyle=dashes, zorder=2)
    axes.plot([x], [chance], marker="o", markersize=5.5, color=colour, zorder=5)
    if interval.low is not None and interval.high is not None:
        axes.hlines(chance, interval.low, interval.high, colors=colour, linewidth=1.6, zorder=5)


def tag(drawing: Drawing, axes: Axes, tags: Sequence[Tag]) -> None:
    """Write texts below and to the right of their places, or above and to the left at the edge."""
    settle(drawing)
    left, right = axes.get_xlim()
    inches = width_of(axes)
    sides: dict[int, list[Tag]] = {1: [], -1: []}
    for one in tags:
        needed = measure(one.text, SIZE, "bold") * 1.05 + (_OFFSET + 3) / 72
        free = (right - one.x) / (right - left) * inches
        sides[1 if free >= needed else -1].append(one)
    for side, members in sides.items():
        places = [one.chance - side * 0.035 for one in members]
        for one, y in zip(members, spread(places, _GAP, 0.035, 0.965), strict=True):
            axes.annotate(
                one.text,
                (one.x, y),
                xytext=(_OFFSET * side, 0),
                textcoords="offset points",
                size=SIZE,
                weight="bold",
                color=readable(one.colour),
                ha="left" if side > 0 else "right",
                va="center",
                zorder=2.5,  # over grid and budget line, under the curve
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
            )
