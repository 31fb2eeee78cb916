"""What a unit is worth in base units, asked of pint.

pint reads the definitions and multiplies them out in exact fractions. It is imported on
the first conversion, since that takes a quarter of a second and most models need none.
It never sees a text that a user typed.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import Any

from simcost.units.definitions import lines

Dimension = tuple[tuple[str, Fraction], ...]


@cache
def _registry() -> Any:
    import pint

    registry: Any = pint.UnitRegistry(None, non_int_type=Fraction, on_redefinition="raise")
    registry.load_definitions(lines())
    return registry


@cache
def base(name: str) -> tuple[Fraction, Dimension]:
    """Return how many base units one `name` is, exactly, and the base units' exponents.

    Parameters
    ----------
    name : str
        A canonical name, one that `simcost.units.names.spellings` maps to.

    Returns
    -------
    factor : Fraction
    dimension : tuple of (str, Fraction)
        Sorted by name of the base unit; empty for a plain number.
    """
    factor, units = _registry().get_base_units(name)
    exponents = sorted((str(unit), Fraction(power)) for unit, power in units._units.items())
    return Fraction(factor), tuple(exponents)
