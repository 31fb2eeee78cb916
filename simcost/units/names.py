"""Spellings of units: which word is a unit, and what was meant by one that is not."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache

from simcost.units.definitions import AMBIGUOUS, COMPOUNDS, CURRENCIES, MONEY, lines


@cache
def spellings() -> dict[str, str]:
    """Return ``{spelling: name}`` of every unit but the compounds."""
    known: dict[str, str] = {}
    for line in lines():
        name, _, *others = (part.strip() for part in line.split("="))
        known.update(dict.fromkeys([name, *others], name))
    return known


def is_unit_name(name: str) -> bool:
    """Say whether `name` is a unit in any of its spellings."""
    return name in spellings() or name in COMPOUNDS


def is_currency(name: str) -> bool:
    """Say whether `name` is an ISO 4217 currency code that simcost knows (``USD``)."""
    return name in CURRENCIES


def currency_of(name: str) -> str:
    """Return the currency code behind a unit of money (``kUSD`` -> ``USD``), else ``""``."""
    return MONEY.get(name, "")


def closest(word: str, names: Iterable[str]) -> str:
    """Return the one of `names` that `word` was meant to be, or ``""`` when none is near.

    A difference of upper and lower case alone counts as nearest.
    """
    names = list(names)
    word = word[:100]  # the comparison is quadratic
    same = [name for name in names if name.lower() == word.lower()]
    return (same or get_close_matches(word, names, n=1, cutoff=0.6) or [""])[0]


def advice(word: str) -> str:
    """Say what to write instead of a `word` that is no unit."""
    if word in AMBIGUOUS:
        return AMBIGUOUS[word]
    meant = closest(word, [*spellings(), *COMPOUNDS])
    return f"did you mean {meant}?" if meant else "units are words such as hour, sample, USD or kWh"
