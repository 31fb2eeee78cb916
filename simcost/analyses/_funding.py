"""Funding by name: base estimate, contingency, management reserve."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._influence_of import (
    half_width,
    per_outcome,
    quantile_influence,
    weights_of,
)
from simcost.errors import UsageError
from simcost.result import Interval, Result
from simcost.result.names import quantile_name

Vector = npt.NDArray[np.float64]
_PERCENTILE = re.compile(r"[Pp](\d+(?:\.\d+)?)")
_NAMES = {"base": "base estimate", "contingency": "contingency", "reserve": "management reserve"}
MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the funding.

    Parameters
    ----------
    name : str
        What its owner calls it.
    level : str
        Up to which level: ``mean``, ``P80``.
    amount : Interval
        Of the line itself.
    upto : Interval
        Of all lines down to this one.
    """

    name: str
    level: str
    amount: Interval
    upto: Interval


def funding(result: Result, output: str, base: str, contingency: str, reserve: str) -> list[Line]:
    """Return the funding of an output.

    The contingency is the funding at a chosen confidence less the base estimate, and is expected
    to be spent; the reserve is what lies beyond, held for what the scope does not foresee (AACE
    International 10S-90; DOE G 413.3-21).

    Parameters
    ----------
    result : Result
        Of a run.
    output : str
        Which output.
    base, contingency, reserve : str
        ``mean`` (of the base) or ``P80``, after ``name=`` where it has another name.

    Raises
    ------
    UsageError
        For a level that is none, or levels that do not rise.
    """
    given = {"base": base, "contingency": contingency, "reserve": reserve}
    named = {key: _named(key, text) for key, text in given.items()}
    percents = {key: _percent(key, level) for key, (_, level) in named.items()}
    rising = [percents[key] for key in given if not math.isnan(percents[key])]
    if rising != sorted(set(rising)):
        said = ", ".join(f"{key} {level}" for key, (_, level) in named.items())
        raise UsageError(f"the levels must rise from base to reserve; they are {said}")
    lines: list[Line] = []
    before: tuple[Interval, Vector] | None = None
    for key, (name, _) in named.items():
        found = _estimate(result, output, percents[key])
        amount = found[0] if before is None else _difference(found, before, result)
        shown = MEAN if math.isnan(percents[key]) else quantile_name(percents[key])
        lines.append(Line(name, shown, amount, found[0]))
        before = found
    return lines


def _named(key: str, text: str) -> tuple[str, str]:
    name, sign, level = text.rpartition("=")
    if sign and not name.strip():
        raise UsageError(f"{text!r} has no name before =; write {key}=P80 or P80")
    return (name.strip() if sign else _NAMES[key]), level.strip()


def _percent(key: str, level: str) -> float:
    """Return a percentile in per cent; NaN for the mean."""
    if level == MEAN and key == "base":
        return math.nan
    match = _PERCENTILE.fullmatch(level)
    value = float(match[1]) if match else 0.0
    if not 0.0 < value < 100.0:
        also = " or mean" if key == "base" else ""
        raise UsageError(f"{key} {level!r} is no level of funding; write P80{also}")
    return value


def _estimate(result: Result, output: str, percent: float) -> tuple[Interval, Vector]:
    """Return an estimate, and what each outcome adds to it."""
    values, weights = result.values[output], weights_of(result)
    if math.isnan(percent):
        found = result.mean(output)
        influence = values - float(found) if found.half_width is not None else values * math.nan
        return found, per_outcome(influence, weights)
    found = result.quantile(output, percent)
    return found, quantile_influence(values, found, percent, result.meta, weights)


def _difference(
    high: tuple[Interval, Vector], low: tuple[Interval, Vector], result: Result
) -> Interval:
    if high[0].value is None or low[0].value is None:
        return Interval(None, reason=high[0].reason or low[0].reason)
    value = high[0].value - low[0].value
    half = half_width(high[1] - low[1], result.meta)
    if math.isnan(half):
        return Interval(value, reason=high[0].reason or low[0].reason)
    return Interval(value, value - half, value + half)
