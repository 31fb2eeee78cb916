"""The units that stages are reported in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from simcost.errors import UnitError
from simcost.graph.expression import Expression
from simcost.units import PLAIN, Unit, is_currency, parse_unit

# What each figure measures, with an example for the message.
_MEASURES = {
    "emissions": ("a mass of CO2e", "kgCO2e"),
    "duration": ("a time", "month"),
}


@dataclass(slots=True)
class Reported:
    """The unit of one figure of the stages: the first stage that has it decides.

    A product of units (kWh·gCO2e/kWh·hour/month) is reported in the ordinary unit of its kind.

    Parameters
    ----------
    figure : str
        ``cost``, ``duration`` or ``emissions``.
    unit : Unit or None
        None until it is decided.
    """

    figure: str
    unit: Unit | None = None

    @property
    def of_a_number(self) -> Unit | None:
        """Unit of a bare number: the model's currency for a cost.

        For the others none, once some stage has stated a unit.
        """
        if self.figure == "cost" or self.unit is None or self.unit.is_plain:
            return self.unit or PLAIN
        return None

    def settle(self, values: Iterable[Expression]) -> None:
        """Decide the unit, if it is still open, by the first value that can."""
        for value in values:
            if self.unit is None and self._fits(value.unit):
                self.unit = self._simple(value.unit)

    def convert(self, value: Expression) -> Expression:
        """Return the value in the common unit; of a plain number if none has been decided.

        Raises
        ------
        UnitError
            When it measures something else.
        """
        self._check(value.unit)
        unit = self.unit or PLAIN
        if value.unit.is_plain and value.fixed == 0:
            return replace(value, unit=unit)  # nothing is nothing in any unit
        if value.unit.is_plain and not unit.is_plain:
            raise UnitError(
                f"the {self.figure} is a plain number, but {unit} is needed",
                f"Give the inputs it is made of their units, or write * 1 {unit}.",
            )
        try:
            return value.to(unit)
        except UnitError as error:
            (problem,) = error.problems
            advice = f"The {self.figure} has to come out in {unit}: check the formula."
            raise UnitError(problem.message, problem.fix or advice) from None

    def _simple(self, unit: Unit) -> Unit:
        """Return the unit itself if it is one name, else the ordinary one of its kind."""
        if len(unit.factors) <= 1:
            return unit
        if self.figure in _MEASURES:
            return parse_unit(_MEASURES[self.figure][1])
        money = [name for name, power in unit.factors if is_currency(name) and power == 1]
        ordinary = parse_unit(money[0]) if len(money) == 1 else unit
        return ordinary if ordinary.dimension == unit.dimension else unit

    def _fits(self, unit: Unit) -> bool:
        if self.figure not in _MEASURES or unit.is_plain:
            return True
        return unit.dimension == parse_unit(_MEASURES[self.figure][1]).dimension

    def _check(self, unit: Unit) -> None:
        if not self._fits(unit):
            measure, example = _MEASURES[self.figure]
            raise UnitError(
                f"the {self.figure} comes out in {unit}, which is not {measure}",
                f"Check the formula: it must come to {example} or the like.",
            )


def in_one_name_each(value: Expression) -> Expression:
    """Return a value in a unit that names each dimension once: USD*day/hour becomes USD.

    Where a formula mixes hours and days and no unit is asked for, a reader would take the figure
    for the one that it is not.
    """
    kept: dict[object, tuple[str, Fraction]] = {}
    for name, power in value.unit.factors:
        kind = parse_unit(name).dimension
        first, total = kept.get(kind, (name, Fraction(0)))
        kept[kind] = (first, total + power)
    unit = Unit.of((name, power) for name, power in kept.values() if power)
    return value if unit == value.unit else value.to(unit)


def reported_unit(figure: str, currency: Unit | None) -> Reported:
    """Return the undecided unit of a figure; a declared currency decides that of the cost."""
    return Reported(figure, currency if figure == "cost" else None)
