"""Several S-curves in one picture, the base first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes

from simcost.report.figures._curves import draw_curve, frame
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._numbers import scale_of
from simcost.report.figures._palette import INK, SERIES
from simcost.report.figures._result import Curve, limits
from simcost.report.figures._sheet import Heading, Key, line, sheet

MOST = 7  # as many colours as can be told apart
_DASHES = ((6, 2), (2, 1.5), (6, 2, 1, 2), (8, 3), (1, 1), (4, 4))
_STYLES: tuple[Any, ...] = ("-", *((0, dashes) for dashes in _DASHES))
_BASE = INK


def keys_of(texts: Sequence[str]) -> tuple[Key, ...]:
    """Return the legend of as many curves, in their colours and dashes."""
    return tuple(
        line(colour, text, linestyle=style, linewidth=2.2)
        for text, colour, style in zip(texts, _colours(), _STYLES, strict=False)
    )


def overlaid(
    heading: Heading, curves: Sequence[Curve], name: str, unit: str
) -> tuple[Drawing, Axes]:
    """Draw curves over each other and return the figure and its axes."""
    drawing = sheet(heading, 4.4)
    axes = drawing.add_subplot()
    for curve, colour, style in zip(curves, _colours(), _STYLES, strict=False):
        draw_curve(axes, curve, colour, style)
    low, high = limits(curves)
    frame(axes, name, unit, scale_of([low, high]), low, high)
    for level in (0.1, 0.5, 0.9):
        axes.axhline(level, color=INK, linewidth=0.7, linestyle=(0, (2, 2)), zorder=1)
    axes.set_yticks([0, 0.1, 0.25, 0.5, 0.75, 0.9, 1.0])
    return drawing, axes


def _colours() -> tuple[str, ...]:
    return (_BASE, *SERIES[: MOST - 1])
