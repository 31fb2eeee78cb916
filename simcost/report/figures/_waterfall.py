"""Bars that stand on each other's ends, from a start to a total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from simcost.report.figures._marks import Beside, Rows, whisker
from simcost.report.figures._palette import QUIET, paled

THICK = 0.2  # inches of a bar


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a bar: how long, its colour, and whether it is hatched."""

    amount: float
    colour: str
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A row: what is added to the running total, or a total that starts from zero.

    Parameters
    ----------
    name, text : str
        On the left, and at the end of the bar.
    parts : tuple of Part
        One after the other.
    half_width : float or None
        Of the interval of their sum.
    total : bool
        Whether it starts from zero and sets the running total.
    """

    name: str
    text: str
    parts: tuple[Part, ...]
    half_width: float | None = None
    total: bool = False

    @property
    def amount(self) -> float:
        """Sum of the parts."""
        return sum(part.amount for part in self.parts)


def draw_steps(
    axes: Axes, rows: Rows, steps: Sequence[Step], origin: float = 0.0
) -> tuple[list[Beside], list[float]]:
    """Draw the bars and return the texts beside them and the places that they reach.

    Parameters
    ----------
    axes : Axes
        With its vertical axis in inches, as `name_rows` leaves it.
    rows : Rows
        Where the steps stand.
    steps : sequence of Step
        From top to bottom.
    origin : float
        Where the bars of totals start.
    """
    texts, reached = [], [origin]
    running = 0.0
    for number, (y, step) in enumerate(zip(rows.centres, steps, strict=True)):
        end = step.amount if step.total else running + step.amount
        place = origin if step.total else running
        if step.total and step.parts:  # the first piece gives up what is left of the origin
            first, *others = step.parts
            step_parts = (Part(first.amount - origin, first.colour, first.hatched), *others)
        else:
            step_parts = step.parts
        reached.append(place)
        for part in step_parts:
            _piece(axes, place, y, part)
            place += part.amount
        half = step.half_width or 0.0
        if half:
            whisker(axes, end - half, end + half, y)
        right = max(end + half, origin if step.total else running)
        texts.append(Beside(right, y, step.text, 1))
        reached += [end - half, end + half]
        running = end
        if number + 1 < len(steps):
            below = rows.centres[number + 1] + THICK / 2
            axes.vlines(running, y - THICK / 2, below, colors=QUIET, linewidth=0.7, zorder=1.5)
    return texts, reached


def _piece(axes: Axes, place: float, y: float, part: Part) -> None:
    style: dict[str, Any] = (
        {"facecolor": paled(part.colour), "edgecolor": part.colour, "hatch": "////"}
        if part.hatched
        else {"facecolor": part.colour, "edgecolor": "white"}
    )
    axes.barh(y, part.amount, THICK, left=place, linewidth=0.5, zorder=2, **style)
