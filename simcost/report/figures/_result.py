"""What figures read of a result: an output, its curve of percentiles, its atoms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError
from simcost.report.figures._numbers import amount, rough_amount, share_text
from simcost.report.figures._sheet import Heading, Key, source_of
from simcost.result import Result
from simcost.result.names import check_output

Vector = npt.NDArray[np.float64]

HIDDEN = ("failed_stage", "succeeded")
MARKED = (10.0, 50.0, 90.0)
SHOWN = 98.0  # per cent; a heavy tail beyond would press the rest against the axis
_STEP = 0.5
_TOLD = 0.0051  # share beyond the axis that is worth a note
_STRETCH = 4.0  # times the width from P2 to P98 that a tail may add before it is cut


@dataclass(frozen=True, slots=True)
class Curve:
    """Percentiles of an output with their intervals.

    Parameters
    ----------
    percents : float64[n]
        Ascending, between 0 and 100.
    values, low, high : float64[n]
        In the unit of the output; NaN where an end does not exist.
    atoms : tuple of (float, float)
        Values that more than 1% of the outcomes take, and their share.
    """

    percents: Vector
    values: Vector
    low: Vector
    high: Vector
    atoms: tuple[tuple[float, float], ...]


def output_of(result: Result, output: str | None) -> str:
    """Return the output to draw: the one asked for, the cost, or the first one.

    Raises
    ------
    UsageError
        When there is none of that name, or it does not vary.
    """
    amounts = [name for name in result.outputs if name not in HIDDEN] or list(result.outputs)
    name = output or ("cost" if "cost" in amounts else amounts[0])
    check_output(name, result.units)
    return name


def curve_of(result: Result, output: str) -> Curve:
    """Return the percentiles from P0.5 to P99.5 of an output.

    Raises
    ------
    UsageError
        When all its outcomes are the same.
    """
    percents = np.arange(_STEP, 100.0, _STEP)
    found = list(result.estimate(output, percents.tolist()).quantiles.values())
    values = np.array([float(one) for one in found])
    if values[0] == values[-1] and found[0].atom_mass > 0.999:
        raise UsageError(f"every outcome of {output!r} is {values[0]:g}: there is nothing to draw")
    low, high = (
        np.array([math.nan if end is None else end for end in ends])
        for ends in ([one.low for one in found], [one.high for one in found])
    )
    atoms = {float(one): one.atom_mass for one in found if one.atom_mass}
    return Curve(percents, values, low, high, tuple(sorted(atoms.items())))


def limits(curves: Sequence[Curve], also: Sequence[float] = ()) -> tuple[float, float]:
    """Return the ends of an axis of outcomes: all of the curves, or to P98 where a tail is long.

    Parameters
    ----------
    curves : sequence of Curve
        What is shown.
    also : sequence of float
        Values that must be inside.
    """
    low, high = math.inf, -math.inf
    for curve in curves:
        inner = [float(np.interp(p, curve.percents, curve.values)) for p in (100 - SHOWN, SHOWN)]
        width = inner[1] - inner[0]
        left, right = float(curve.values[0]), float(curve.values[-1])
        low = min(low, left if inner[0] - left <= width / _STRETCH else inner[0])
        high = max(high, right if right - inner[1] <= width / _STRETCH else inner[1])
    low, high = min([low, *also]), max([high, *also])
    if low < high:
        return low, high
    margin = abs(low) / 10 or 1.0
    return low - margin, high + margin


def mean_text(result: Result, output: str) -> str:
    """Return the mean in words, or why there is none."""
    mean = result.mean(output)
    if mean.value is None:
        return mean.reason
    text = f"mean {amount(mean, result.units[output])}"
    return f"{text} ({mean.reason})" if mean.reason else text


def notes_of(result: Result, output: str) -> tuple[str, ...]:
    """Return the notes of the run, and what a heavy tail does to the mean of an output."""
    return (*result.meta.notes, *result.caveats(output))


def heading_of(
    result: Result, output: str, title: str, keys: Sequence[Key], low: float, high: float
) -> Heading:
    """Return the words around the distribution of an output between two ends of an axis."""
    return Heading(
        title,
        mean_text(result, output),
        source_of(result.meta),
        (*notes_of(result, output), *tail_notes(result, output, low, high)),
        tuple(keys),
    )


def tail_notes(result: Result, output: str, low: float, high: float) -> tuple[str, ...]:
    """Return what is said of outcomes beyond the ends of the axis."""
    unit, found = result.units[output], []
    for share, where, end in (
        (result.exceedance(output, high), "above", high),
        (result.within(output, math.nextafter(low, -math.inf)), "below", low),
    ):
        if share.value is not None and share.value > _TOLD:
            where = f"{where} {rough_amount(end, unit, 3)}"
            found.append(f"{share_text(share)} of the outcomes are {where}, not shown.")
    return tuple(found)


def plain_curve(percents: Vector, values: Vector) -> Curve:
    """Return a curve without intervals."""
    known = np.isfinite(values)
    if not known.any():
        raise UsageError("a curve without numbers cannot be drawn")
    none = np.full(int(known.sum()), math.nan)
    return Curve(percents[known], values[known], none, none, ())


def tail_limits_note(curves: Sequence[Curve]) -> tuple[str, ...]:
    """Return what is said where an axis of several curves ends before they do."""
    _, high = limits(curves)
    if all(float(curve.values[-1]) <= high for curve in curves):
        return ()
    return (f"The axis ends where {SHOWN:g}% of the outcomes of the widest curve lie.",)
