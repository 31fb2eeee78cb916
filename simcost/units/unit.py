"""A unit: a product of unit names, kept as it was written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import prod

from simcost.errors import UnitError
from simcost.units.definitions import RATIOS
from simcost.units.names import currency_of
from simcost.units.resolve import Dimension, base

LARGEST_EXPONENT = 12


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of unit names.

    Names are not reduced to base units, but equal names cancel:
    ``hour/(hour/month)`` is ``month``, and ``hour/minute`` stays as it is.

    Parameters
    ----------
    factors : tuple of (str, Fraction)
        Canonical names with their exponents, sorted, none of them zero.
        Build a unit with `simcost.units.parse_unit` and arithmetic.
    """

    factors: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def of(cls, factors: Iterable[tuple[str, Fraction | int]]) -> Unit:
        """Return the product of `factors`, equal names gathered.

        Raises
        ------
        UnitError
            When an exponent or its denominator comes out above 12.
        """
        unit = cls(_gather(factors))
        for name, power in unit.factors:
            if abs(power) > LARGEST_EXPONENT or power.denominator > LARGEST_EXPONENT:
                raise UnitError(
                    f"the exponent of {name} in a unit is out of range",
                    f"exponents are fractions up to {LARGEST_EXPONENT}",
                )
        return unit

    def __hash__(self) -> int:
        return hash(tuple([name for name, _ in self.factors]))  # a fraction's hash takes longer

    def __mul__(self, other: Unit) -> Unit:
        return _product(self, other)

    def __truediv__(self, other: Unit) -> Unit:
        return _product(self, other**-1)

    def __pow__(self, exponent: Fraction | int) -> Unit:
        return _to_the(self, exponent)

    @property
    def is_plain(self) -> bool:
        """Whether there is no unit at all."""
        return not self.factors

    @property
    def is_ratio(self) -> bool:
        """Whether it is made of plain numbers only: ``percent``, ``ppm``."""
        return all(name in RATIOS for name, _ in self.factors)

    @property
    def is_dimensionless(self) -> bool:
        """Whether it can be converted to a plain number: ``percent``, ``hour/minute``."""
        return not self.dimension

    @property
    def dimension(self) -> Dimension:
        """Base units and their exponents; equal for units that convert into each other."""
        return _dimension(self)

    def same_dimension(self, other: Unit) -> bool:
        """Say whether values in this unit can be converted to `other`."""
        return self == other or self.dimension == other.dimension

    def factor_to(self, other: Unit) -> float:
        """Return the number that turns a value in this unit into one in `other`.

        Correctly rounded where the exponents are whole numbers.

        Raises
        ------
        UnitError
            When the dimensions differ.
        """
        return 1.0 if self == other else _factor(self, other)

    def __str__(self) -> str:
        above = "*".join(_power(name, power) for name, power in self.factors if power > 0)
        below = "".join("/" + _power(name, -power) for name, power in self.factors if power < 0)
        return f"{above or '1'}{below}" if below else above

    def __repr__(self) -> str:
        return f"parse_unit({str(self)!r})"


def _gather(factors: Iterable[tuple[str, Fraction | int]]) -> Dimension:
    """Return the factors sorted by name, the exponents of equal names added."""
    total: dict[str, Fraction] = {}
    for name, exponent in factors:
        total[name] = total.get(name, Fraction(0)) + exponent
    return tuple(sorted((name, power) for name, power in total.items() if power))


# A model has few units, and every formula multiplies and converts some of them.
_kept = lru_cache(maxsize=1024)


@_kept
def _product(left: Unit, right: Unit) -> Unit:
    return Unit.of([*left.factors, *right.factors])


@_kept
def _to_the(unit: Unit, exponent: Fraction | int) -> Unit:
    return Unit.of((name, power * Fraction(exponent)) for name, power in unit.factors)


@_kept
def _dimension(unit: Unit) -> Dimension:
    return _gather(
        (root, exponent * power) for name, power in unit.factors for root, exponent in base(name)[1]
    )


@_kept
def _factor(unit: Unit, other: Unit) -> float:
    if not unit.same_dimension(other):
        raise mismatch("convert {0} to {1}", unit, other)
    # By denominator, so that roots are taken once and of exact numbers.
    exact: dict[int, Fraction] = {}
    for name, power in [*unit.factors, *((name, -power) for name, power in other.factors)]:
        below = power.denominator
        exact[below] = exact.get(below, Fraction(1)) * base(name)[0] ** power.numerator
    return float(prod(float(ratio) ** (1 / below) for below, ratio in exact.items()))


PLAIN = Unit()


def mismatch(action: str, left: Unit, right: Unit) -> UnitError:
    """Return the error for two units of different dimensions.

    Parameters
    ----------
    action : str
        What was tried, with places for the units: ``"add {0} to {1}"``.
    left, right : Unit
        In the order of the places.
    """
    money, other = _currency(left), _currency(right)
    if money and other and money != other:
        message = f"{money} and {other} are different currencies"
        return UnitError(message, f"multiply by an exchange rate input in {money}/{other}")
    return UnitError(f"cannot {action.format(*(unit_words(u) for u in (left, right)))}")


def unit_words(unit: Unit) -> str:
    """Return the unit as it reads in a sentence."""
    return str(unit) or "a plain number"


def _currency(unit: Unit) -> str:
    codes = {currency_of(name) for name, _ in unit.factors} - {""}
    return codes.pop() if len(codes) == 1 else ""


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}^{power}" if power.denominator == 1 else f"{name}^({power})"
