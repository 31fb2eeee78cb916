"""Bars made of characters, on a common scale, with a base line."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

LOW, HIGH, BASE, EMPTY = "░", "█", "│", " "

Span = tuple[float, float]  # where the bar's low-u end and its high-u end lie


def strips(spans: Sequence[Span], base: float, width: int) -> list[str]:
    """Return one line of characters for each bar.

    Parameters
    ----------
    spans : sequence of (float, float)
        Values at the low and at the high end of an input; NaN for none.
    base : float
        Where the line stands that bars grow from.
    width : int
        Characters of each line.

    Returns
    -------
    list of str
        The part that belongs to the low end is light, that of the high end dark; both on one
        side of the base are drawn on top of each other, the longer one below.
    """
    finite = [end for span in spans for end in span if np.isfinite(end)]
    least, most = min([base, *finite]), max([base, *finite])
    if least == most or width < 3:
        return [BASE.rjust(width // 2 + 1)] * len(spans)

    def column(value: float) -> int:
        return round((value - least) / (most - least) * (width - 1))

    middle = column(base)
    return [_strip(span, middle, column, width) for span in spans]


def _strip(span: Span, middle: int, column: Callable[[float], int], width: int) -> str:
    cells = [EMPTY] * width
    ends = [(end, mark) for end, mark in zip(span, (LOW, HIGH), strict=True) if np.isfinite(end)]
    # The longer part first, so that a shorter one on the same side stays visible.
    for end, mark in sorted(ends, key=lambda one: -abs(column(one[0]) - middle)):
        place = column(end)
        for k in range(min(place, middle), max(place, middle) + 1):
            cells[k] = mark
    cells[middle] = BASE
    return "".join(cells).rstrip()
