"""Bars with two ends, each with its interval, its text and its colour."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from simcost.report.figures._dataset import Data
from simcost.report.figures._marks import LABEL_SIZE, Beside, whisker
from simcost.report.figures._numbers import NONE, Scale, half_width
from simcost.report.figures._palette import HIGH, INK, LOW, QUIET, paled
from simcost.report.figures._texts import shorten, with_minus

_WIDEST = 2.2  # inches that the text at the end of a bar may take
_THICK, _HALF, _APART = 0.2, 0.12, 0.075  # inches: of a bar, of half a bar, of it from the middle


@dataclass(frozen=True, slots=True)
class End:
    """One end of a bar: where it is, its interval, its text, its colour."""

    value: float
    lower: float
    upper: float
    text: str
    colour: str

    @property
    def places(self) -> list[float]:
        """Value and ends of the interval, as far as there are any."""
        return [v for v in (self.value, self.lower, self.upper) if math.isfinite(v)]


def swings_of(data: Data, count: int) -> list[tuple[End, ...]]:
    """Return the low and the high end of the first `count` inputs."""
    sides = []
    for name, colour in (("low", LOW), ("high", HIGH)):
        columns = (data.column(name), *data.ends(name))
        texts = data.texts(f"{name}_label", count)
        rows = list(zip(*columns, texts, strict=False))[:count]
        sides.append(
            [End(float(v), float(a), float(b), _short(text), colour) for v, a, b, text in rows]
        )
    return list(zip(*sides, strict=True))


def coefficients_of(data: Data, count: int, base: float, scale: Scale) -> list[tuple[End, ...]]:
    """Return the one end of the first `count` inputs, with the coefficient as its text."""
    columns = zip(data.column("high"), *data.ends("high"), strict=True)
    return [
        (
            End(
                float(value),
                float(lower),
                float(upper),
                scale.text(float(value), half_width(float(value), float(lower), float(upper))),
                HIGH if value >= base else LOW,
            ),
        )
        for value, lower, upper in list(columns)[:count]
    ]


def draw_swing(
    axes: Axes, base: float, y: float, ends: tuple[End, ...], sure: bool
) -> Iterator[Beside]:
    """Draw the bar of an input and yield the texts at its ends.

    Where both ends lie on one side of the base, half bars stand one above the other.
    """
    colour = INK if sure else QUIET
    known = [end for end in ends if math.isfinite(end.value)]
    if not known:
        yield Beside(base, y, NONE, 1, LABEL_SIZE, QUIET)
    split = len(known) == 2 and math.prod(end.value - base for end in known) > 0
    shifts = (-_APART, _APART) if split else (0.0, 0.0)
    for end, shift, side in zip(known, shifts, _sides(base, known), strict=False):
        thick = _HALF if split else _THICK
        axes.barh(y + shift, end.value - base, thick, left=base, zorder=2, **_style(end, sure))
        whisker(axes, end.lower, end.upper, y + shift)
        reach = [*end.places, base]
        x = max(reach) if side > 0 else min(reach)
        yield Beside(x, y + shift, end.text, side, LABEL_SIZE, colour)


def _style(end: End, sure: bool) -> dict[str, Any]:
    if sure:
        return {"facecolor": end.colour, "edgecolor": "white", "linewidth": 0.4}
    face = paled(end.colour)
    return {"facecolor": face, "edgecolor": end.colour, "hatch": "////", "linewidth": 0.5}


def _sides(base: float, ends: list[End]) -> list[int]:
    """Return on which side of the base each end's text stands; an end at the base gives way."""
    signs = [int(end.value > base) - int(end.value < base) for end in ends]
    if len(signs) < 2:
        return [sign or 1 for sign in signs]
    low, high = signs
    return [low or -high or -1, high or -low or 1]


def _short(text: str) -> str:
    return shorten(with_minus(text), _WIDEST, LABEL_SIZE)
