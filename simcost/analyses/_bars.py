"""Bars of a tornado: their intervals, their significance, and the Dataset that holds them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.analyses._outcomes import Outcomes
from simcost.result import Interval
from simcost.result._student import normal

if TYPE_CHECKING:
    import xarray

NAN = float("nan")
EXACT = "no simulation error: computed at chosen values"


@dataclass(frozen=True, slots=True)
class Bar:
    """What one input does to a statistic.

    Parameters
    ----------
    name : str
        Of the input.
    low, high, effect : Interval
        The statistic at both ends, and the difference.
    p_value : float
        Chance of so large an effect where there is none.
    low_label, high_label, unit : str
        What the input is at each end, and its unit.
    extra : mapping of str to float
        Further figures of the method.
    """

    name: str
    low: Interval
    high: Interval
    effect: Interval
    p_value: float
    low_label: str = ""
    high_label: str = ""
    unit: str = ""
    extra: Mapping[str, float] = field(default_factory=dict)

    @property
    def size(self) -> float:
        """How far it reaches, for the order of bars."""
        return abs(float(self.effect)) if self.effect.value is not None else 0.0


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars of one method.

    Parameters
    ----------
    bars : tuple of Bar
        In any order.
    base : Interval
        The statistic where nothing is held.
    floor : float
        Largest effect of inputs that have none.
    notes : tuple of str
        What a reader must know.
    """

    bars: tuple[Bar, ...]
    base: Interval
    floor: float = 0.0
    notes: tuple[str, ...] = ()


def difference(high: Interval, low: Interval) -> Interval:
    """Return ``high - low`` of two independent estimates; each side's error counts by itself."""
    if high.value is None or low.value is None:
        return Interval(None, reason=high.reason or low.reason)
    value = high.value - low.value
    ends = (high.low, high.high, low.low, low.high)
    if None in ends:
        return Interval(value, reason=high.reason or low.reason)
    a, b, c, d = (float(end) for end in ends if end is not None)
    return Interval(
        value,
        value - math.hypot(high.value - a, d - low.value),
        value + math.hypot(b - high.value, low.value - c),
    )


def exactly(value: float) -> Interval:
    """Return a value without error."""
    return Interval(value, value, value)


def two_sided(value: float, error: float) -> float:
    """Return the chance that a normal of this standard error is as far from zero."""
    if error <= 0.0:
        return 0.0 if value else 1.0
    return float(2 * special.ndtr(-abs(value) / error))


def standard_error(interval: Interval, confidence: float) -> float:
    """Return the standard error behind a normal interval; NaN without one."""
    if interval.low is None or interval.high is None:
        return NAN
    return (interval.high - interval.low) / 2 / normal(confidence)


def holm(p_values: Sequence[float], level: float = 0.05) -> npt.NDArray[np.bool_]:
    """Return which of several effects are there, with at most 5% chance that one is not.

    Holm (1979), A simple sequentially rejective multiple test procedure.

    Parameters
    ----------
    p_values : sequence of float
        One for each effect; NaN counts as 1.
    level : float
        Chance of one or more false alarms.
    """
    p = np.where(np.isnan(p_values), 1.0, np.asarray(p_values, dtype=np.float64))
    significant = np.zeros(len(p), dtype=bool)
    for rank, k in enumerate(np.argsort(p, kind="stable")):
        if p[k] > level / (len(p) - rank):
            break
        significant[k] = True
    return significant


def ends(interval: Interval) -> tuple[float, float, float]:
    """Return value, lower and upper end, NaN where there is none."""
    return (
        float(interval),
        NAN if interval.low is None else interval.low,
        NAN if interval.high is None else interval.high,
    )


def spread(name: str, dim: str, intervals: Sequence[Interval]) -> dict[str, Any]:
    """Return variables ``name``, ``name_lower`` and ``name_upper`` over a dimension."""
    columns = np.array([ends(one) for one in intervals]).reshape(-1, 3).T
    suffixes = ("", "_lower", "_upper")
    return {f"{name}{suffix}": (dim, col) for suffix, col in zip(suffixes, columns, strict=True)}


def scalar(name: str, interval: Interval) -> dict[str, Any]:
    """Return scalar variables ``name``, ``name_lower`` and ``name_upper``."""
    value, low, high = ends(interval)
    return {name: value, f"{name}_lower": low, f"{name}_upper": high}


def attributes(outcomes: Outcomes, **own: Any) -> dict[str, Any]:
    """Return the attributes that every Dataset of bars has, and its own.

    Parameters
    ----------
    outcomes : Outcomes
        What was looked at.
    **own
        Further attributes; ``notes``, which follow those of the run; ``moments``, whether the
        figures rest on means of the output.
    """
    meta = outcomes.meta
    given = {
        "output": outcomes.output,
        "unit": outcomes.unit,
        "model": meta.model,
        "draws": meta.draws,
        "seed": meta.seed,
        "design": meta.design,
        "scenario": meta.scenario,
        "confidence": meta.confidence,
    }
    # Where means are involved, a reader must know whether a few outcomes dominate them.
    said = outcomes.result.notes if own.pop("moments", False) else meta.notes
    notes = [*said, *own.pop("notes", ())]
    return {**own, **given, "notes": notes}


def tornado_dataset(bars: Bars, attrs: Mapping[str, Any]) -> xarray.Dataset:
    """Return bars as a Dataset, largest effect first.

    Parameters
    ----------
    bars : Bars
        What to show.
    attrs : mapping
        Attributes.
    """
    from simcost.analyses._plot import Drawing

    order = sorted(bars.bars, key=lambda bar: -bar.size)  # equal ones as declared
    columns: dict[str, Any] = {}
    for name in ("low", "high", "effect"):
        columns |= spread(name, "input", [getattr(bar, name) for bar in order])
    columns["p_value"] = ("input", np.array([bar.p_value for bar in order]))
    columns["significant"] = ("input", holm([bar.p_value for bar in order]))
    for name in ("low_label", "high_label"):
        columns[name] = ("input", np.array([getattr(bar, name) for bar in order], dtype=object))
    columns["input_unit"] = ("input", np.array([bar.unit for bar in order], dtype=object))
    for name in order[0].extra if order else ():
        columns[name] = ("input", np.array([bar.extra[name] for bar in order]))
    columns |= scalar("base", bars.base)
    columns["noise_floor"] = bars.floor
    names = np.array([bar.name for bar in order], dtype=object)
    return Drawing(columns, {"input": names}, attrs)
