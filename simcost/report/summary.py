"""The sentences below the table: success, write-off, cost per success."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simcost.result import Estimate, Interval, Result
from simcost.result.digits import percent

_WRITE_OFF = "write_off"


@dataclass(frozen=True, slots=True)
class Line:
    """A label and its figure."""

    label: str
    value: str


def summary(result: Result, rows: Sequence[Estimate], chances: Sequence[Estimate]) -> list[Line]:
    """Return what a table of percentiles does not say.

    Parameters
    ----------
    result : Result
        What is reported.
    rows : sequence of Estimate
        Outputs that are amounts.
    chances : sequence of Estimate
        Outputs that say yes or no.
    """
    lines = []
    if result.success is not None:
        lines.append(Line("Chance of success", _percent(result.success)))
    lines += [Line(f"Chance of {row.name}", _percent(row.mean)) for row in chances]
    lines += [_write_off(row) for row in rows if row.name.startswith(_WRITE_OFF)]
    if result.success is not None and result.meta.view == "attempt":
        lines += [
            Line(f"{row.name.capitalize()} per success", _amount(per_success, row.unit))
            for row in rows
            if row.name in ("cost", "emissions")
            for per_success in [result.ratio(row.name, "succeeded")]
        ]
    return lines


def _write_off(row: Estimate) -> Line:
    rest = row.name.removeprefix(_WRITE_OFF).strip("_").replace("_", " ")
    return Line(f"Expected write-off{f', {rest}' if rest else ''}", _amount(row.mean, row.unit))


def _percent(chance: Interval) -> str:
    return percent(chance.value, chance.half_width)


def _amount(amount: Interval, unit: str) -> str:
    return f"{amount} {unit}".rstrip()
