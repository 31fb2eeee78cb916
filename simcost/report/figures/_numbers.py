"""Numbers on figures: 1.2 M, never 1e6, and no more digits than the error justifies."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from matplotlib.axis import Axis
from matplotlib.ticker import Formatter, MaxNLocator

from simcost.result.digits import exact, figure, percent, plus_minus
from simcost.result.interval import Interval

_STEPS = ((1e12, "tn"), (1e9, "bn"), (1e6, "M"))
NONE = "does not exist"
_SMALLEST = 1e-4  # below, powers of ten
_DIGITS, _SHOWS = 5, 1e-5
_NAMED = 1e9  # from here on a given number is written in billions
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Scale:
    """What the numbers of an axis are divided by, and what then stands behind them.

    Parameters
    ----------
    divisor : float
        A power of ten.
    suffix : str
        ``"M"`` for millions; empty for 1.
    """

    divisor: float = 1.0
    suffix: str = ""

    def text(self, value: float, half_width: float | None, *, sign: bool = False) -> str:
        """Return ``1.204 ± 0.006 M``; with `sign`, a plus before what is above zero.

        An error that five digits do not show is left out.
        """
        if not math.isfinite(value):
            return NONE
        plus = "+" if sign and value > 0 else ""
        if half_width is not None and half_width < _SHOWS * abs(value) and value % 1:
            return plus + self.rough(value, _DIGITS)
        width = None if half_width is None else half_width / self.divisor
        return plus + self.write(plus_minus(value / self.divisor, width))

    def rough(self, value: float, digits: int = 2) -> str:
        """Return a value whose error is not the point, with few digits."""
        return self.write(figure(value / self.divisor, digits))

    def write(self, text: str) -> str:
        """Return a number as text with what stands behind it."""
        gap = " " if self.suffix and self.suffix != PERCENT.suffix else ""
        return f"{text}{gap}{self.suffix}".replace("-", _MINUS)

    def interval(self, interval: Interval, *, sign: bool = False) -> str:
        """Return an estimate with its error."""
        return self.text(float(interval), interval.half_width, sign=sign)


PERCENT = Scale(0.01, "%")


def scale_of(values: Iterable[float]) -> Scale:
    """Return the scale that fits the largest of some numbers."""
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest >= 1e15 or 0 < largest < _SMALLEST:
        power = 3 * math.floor(math.log10(largest) / 3)
        return Scale(10.0**power, "×10" + str(power).translate(_SUPERSCRIPT))
    for divisor, suffix in _STEPS:
        if largest >= divisor:
            return Scale(divisor, suffix)
    return Scale()


class _Amounts(Formatter):
    """Tick labels of one scale, all with the digits that their distance needs."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale

    def __call__(self, value: float, position: int | None = None) -> str:
        del position
        return self.format_ticks([value])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        numbers = [value / self.scale.divisor for value in values]
        steps = [b - a for a, b in pairwise(numbers) if b > a]
        step = min(steps, default=max(map(abs, numbers), default=1.0) or 1.0)
        fits = (d for d in range(7) if math.isclose(step, round(step, d), rel_tol=1e-6))
        decimals = next(fits, 6)
        texts = [f"{number:,.{decimals}f}" for number in numbers]
        zero = PERCENT.write("0") if self.scale is PERCENT else "0"
        return [self.scale.write(text) if text.strip("-0.,") else zero for text in texts]


def amounts(axis: Axis, scale: Scale, ticks: int = 6) -> None:
    """Label an axis with amounts."""
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(_Amounts(scale))


def shares(axis: Axis, ticks: int = 6) -> None:
    """Label an axis of shares of one with per cent."""
    amounts(axis, PERCENT, ticks)


def share_text(interval: Interval) -> str:
    """Return ``50.4% ± 0.3%``."""
    return percent(interval.value, interval.half_width).replace("-", _MINUS)


def amount(interval: Interval, unit: str, *, sign: bool = False) -> str:
    """Return an estimate with its error and its unit, on a scale of its own."""
    if interval.value is None or not math.isfinite(interval.value):
        return NONE
    scale = scale_of([interval.value, interval.half_width or 0.0])
    return f"{scale.interval(interval, sign=sign)} {unit}".rstrip()


def rough_amount(value: float, unit: str, digits: int = 4) -> str:
    """Return a value whose error is not the point with its unit, on a scale of its own."""
    return f"{scale_of([value]).rough(value, digits)} {unit}".rstrip()


def exact_amount(value: float, unit: str) -> str:
    """Return a value that somebody gave, with all its digits."""
    scale = scale_of([value]) if abs(value) >= _NAMED else Scale()
    tail = f" {scale.suffix}" if scale.suffix else ""
    return f"{exact(value / scale.divisor)}{tail} {unit}".rstrip().replace("-", _MINUS)


def interval_of(value: float, lower: float, upper: float) -> Interval:
    """Return an estimate from numbers of which some may be NaN."""
    low, high = (float(end) if math.isfinite(end) else None for end in (lower, upper))
    return Interval(float(value) if math.isfinite(value) else None, low, high)


def half_width(value: float, lower: float, upper: float) -> float | None:
    """Return the larger half of an interval; None where an end does not exist."""
    ends: Any = (upper - value, value - lower)
    return max(*ends, 0.0) if all(map(math.isfinite, ends)) else None
