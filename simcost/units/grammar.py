"""Reading a unit: ``USD/hour``, ``kgCO2e/kWh``, ``1/sample``, ``m^2``.

The grammar is strict and small, and decides before any unit is looked up: names joined by
``*`` and ``/`` from left to right, each with a whole-number exponent if need be.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from simcost.errors import UnitError
from simcost.units.definitions import COMPOUNDS
from simcost.units.names import advice, spellings
from simcost.units.unit import LARGEST_EXPONENT, PLAIN, Unit

LONGEST = 200
MOST_FACTORS = 16
HOW = "write names joined by * and /, with whole exponents: USD/hour, kgCO2e/kWh, m^2"

# The exponent (1/2) is there so that the unit of a square root can be read back.
_FACTOR = re.compile(
    r"\s*(?P<name>[A-Za-z][A-Za-z0-9_]*)\s*"
    r"(?:(?:\^|\*\*)\s*(?:(?P<whole>-?[0-9]{1,3})|\((?P<above>-?[0-9]{1,3})/(?P<below>[0-9]{1,3})\))"
    r"\s*)?"
)
_ONE = re.compile(r"\s*1\s*(?=/|$)")


@lru_cache(maxsize=1024)
def parse_unit(text: str) -> Unit:
    """Read a unit.

    Parameters
    ----------
    text : str
        ``"USD/hour"``; empty or ``"1"`` for a plain number. Names may be in the plural.

    Returns
    -------
    Unit

    Raises
    ------
    UnitError
        When the text is not in the grammar or a name is unknown.
    """
    if len(text) > LONGEST:
        raise UnitError(f"a unit of {len(text):,} characters; the limit is {LONGEST}", HOW)
    if not text.strip():
        return PLAIN
    one = _ONE.match(text)
    unit, position, sign, count = PLAIN, 0, 1, 0
    if one:
        position = one.end()
        if position == len(text):
            return PLAIN
        sign, position = -1, position + 1
    while True:
        factor = _FACTOR.match(text, position)
        if factor is None:
            raise _refusal(text, position)
        count += 1
        if count > MOST_FACTORS:
            raise UnitError(f"a unit of more than {MOST_FACTORS} names", HOW)
        unit *= named(factor["name"]) ** (sign * _exponent(factor, text))
        position = factor.end()
        if position == len(text):
            return unit
        if text[position] not in "*/":
            raise _refusal(text, position)
        sign, position = (1 if text[position] == "*" else -1), position + 1


def named(name: str) -> Unit:
    """Return the unit of one name, in any of its spellings.

    Raises
    ------
    UnitError
        When there is no such unit; says which was probably meant.
    """
    names = COMPOUNDS.get(name, (name,))
    known = spellings()
    if not all(word in known for word in names):
        raise UnitError(f"unknown unit {name!r}", advice(name))
    return Unit.of((known[word], 1) for word in names)


def _exponent(factor: re.Match[str], text: str) -> Fraction:
    below = int(factor["below"] or 1)
    exponent = Fraction(int(factor["whole"] or factor["above"] or 1), below or 1)
    if not below or not exponent or abs(exponent) > LARGEST_EXPONENT or below > LARGEST_EXPONENT:
        raise UnitError(
            f"the exponent in {text.strip()!r} is out of range",
            f"exponents are whole numbers up to {LARGEST_EXPONENT}, and not 0",
        )
    return exponent


def _refusal(text: str, position: int) -> UnitError:
    rest = text[position:].strip()
    message = f"{text.strip()!r} is not a unit"
    if not rest:
        return UnitError(f"{message}: it ends too early", HOW)
    if rest[0] in "()":
        return UnitError(f"{message}: no parentheses", "write a/b/c for a/(b*c)")
    if rest.split()[0] == "per":
        return UnitError(message, f"write / for per: {re.sub(r' *per +', '/', text.strip())}")
    if rest[0] in "$€£¥":
        return UnitError(message, "write the currency code: USD, EUR, GBP, JPY")
    if rest[0] == "%":
        return UnitError(message, "write percent")
    return UnitError(f"{message}: {rest[0]!r} does not fit here", HOW)
