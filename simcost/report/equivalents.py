"""Emissions as flights, cars and years of lives, each with its simulation error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from simcost.catalogue import load_catalogue
from simcost.errors import UsageError
from simcost.report.grid import fitted, printed
from simcost.result import Interval, Result
from simcost.units import parse_unit

# Entries of the catalogue, under `reference`, by what one of them is called.
EQUIVALENTS = {
    "flight_ny_sf": "return flights New York-San Francisco",
    "car_lifetime": "car lifetimes, with fuel",
    "human_year": "years of an average life",
    "american_year": "years of an average American life",
}
_GAS = "CO2"
_INDENT = 2


@dataclass(frozen=True, slots=True)
class Equivalent:
    """One output measured in something that people know.

    Parameters
    ----------
    output : str
        The output.
    key, label : str
        Entry of the catalogue, and what it counts.
    figures : dict of str to Interval
        By column: ``P10``, ``mean``.
    """

    output: str
    key: str
    label: str
    figures: dict[str, Interval]


def measured_in_gas(units: dict[str, str]) -> list[str]:
    """Return the outputs that are emissions, written-off ones left out.

    Raises
    ------
    UsageError
        When there are none.
    """
    found = [
        name
        for name, unit in units.items()
        if unit
        and _GAS in unit
        and not name.startswith("write_off")
        and parse_unit(unit).same_dimension(parse_unit("kgCO2e"))
    ]
    if not found:
        raise UsageError("equivalents are of emissions, and no output is in kgCO2e or the like")
    return found


def equivalents(result: Result) -> Iterator[Equivalent]:
    """Yield every output that is emissions in every unit that people know.

    The published figures have no error of their own, so the simulation's is that of the emissions.

    Raises
    ------
    UsageError
        When no output is.
    """
    catalogue = load_catalogue()
    for output in measured_in_gas(dict(result.units)):
        found = result.estimate(output)
        for key, label in EQUIVALENTS.items():
            entry = catalogue.get(f"reference/{key}")
            assert entry.value is not None
            one = entry.value * parse_unit(entry.unit).factor_to(parse_unit(found.unit))
            figures = {**found.quantiles, "mean": found.mean}
            yield Equivalent(
                output, key, label, {name: _over(value, one) for name, value in figures.items()}
            )


def render_equivalents(result: Result, width: int = 100) -> str:
    """Return the equivalents as text of a width, with where they come from."""
    parts: list[RenderableType] = []
    found = [*equivalents(result)]
    for output in dict.fromkeys(one.output for one in found):
        mine = [one for one in found if one.output == output]
        rows = [(one.label, [*map(str, one.figures.values())]) for one in mine]
        table = fitted([*mine[0].figures], rows, width - _INDENT)
        parts += [Text(f"Equivalents of {output}"), Padding(table, (0, 0, 1, _INDENT))]
    source = load_catalogue().get(f"reference/{found[0].key}").source
    parts.append(
        Text(
            f"Source: {source['producer']} ({source['published']}), {source['locator']}; "
            "as published, without an error of their own."
        )
    )
    return printed(Group(*parts), width, color=False)


def equivalents_json(result: Result) -> dict[str, Any]:
    """Return the equivalents by output and key, for JSON."""
    content: dict[str, Any] = {}
    for one in equivalents(result):
        content.setdefault(one.output, {})[one.key] = {
            "label": one.label,
            **{
                name: {"value": value.value, "low": value.low, "high": value.high}
                for name, value in one.figures.items()
            },
        }
    return content


def _over(interval: Interval, one: float) -> Interval:
    value, low, high = (
        None if end is None else end / one for end in (interval.value, interval.low, interval.high)
    )
    return Interval(value, low, high, interval.reason)
