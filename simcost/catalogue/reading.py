"""Reading one table of a catalogue file, strictly: what is not known is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from simcost.catalogue.entry import BASES, REFERENCE, Entry
from simcost.errors import ModelError, Problem
from simcost.families import Distribution, build, families
from simcost.units import closest, is_currency, parse_unit

KEYS = ("unit", "money_year", "basis", "article_claim", "source", "note")
SOURCE_KEYS = ("producer", "title", "published", "locator", "via", "url")
CLAIMS = range(1, 37)


def read_entry(key: str, table: Any) -> Entry:
    """Check a table and return its entry.

    Parameters
    ----------
    key : str
        ``domain/name``.
    table : Any
        What the file holds under that name.

    Returns
    -------
    Entry

    Raises
    ------
    ModelError
        With every problem of the table; paths start at the entry's name.
    """
    name = key.partition("/")[2]
    if not isinstance(table, Mapping):
        raise ModelError([Problem("an entry is a table", f"Write [{name}] above it.", (name,))])
    law = {word: value for word, value in table.items() if word not in KEYS}
    problems = [*_unknown_keys(law), *_metadata(table), *_reference(key, law)]
    distribution: Distribution | None = None
    if not problems:
        try:
            distribution = build(law)
        except ModelError as error:
            problems += error.problems
    if distribution is None:
        raise ModelError([problem.under(name) for problem in problems])
    return Entry(
        key,
        distribution,
        unit=table.get("unit", ""),
        basis=table["basis"],
        source={word: str(text) for word, text in table.get("source", {}).items()},
        note=table.get("note", ""),
        money_year=table.get("money_year"),
        article_claims=tuple(_claims(table)),
        table=law,
    )


def _unknown_keys(law: Mapping[str, Any]) -> Iterator[Problem]:
    known = (*KEYS, *families(), "value", "within")
    for word in law:
        if word not in known:
            meant = closest(word, known)
            yield Problem(f"unknown key {word}", f"Did you mean {meant}?" if meant else "", (word,))


def _metadata(table: Mapping[str, Any]) -> Iterator[Problem]:
    basis = table.get("basis")
    if basis not in BASES:
        yield Problem(
            "basis must say how the number is known", f"Write one of {BASES}.", ("basis",)
        )
    for word in ("unit", "note"):
        if not isinstance(table.get(word, ""), str):
            yield Problem(f"{word} must be text", path=(word,))
    if basis != "published" and not table.get("note"):
        yield Problem(f"a {basis} number needs a note", "Say how it was arrived at.", ("note",))
    if basis != "judgement" and "source" not in table:
        yield Problem(f"a {basis} number needs a source", 'source = { producer = "…" }')
    yield from _source(table.get("source", {"producer": "-"}))
    yield from _money(table)
    if not all(type(number) is int and number in CLAIMS for number in _claims(table)):
        fix = "Write a number from 1 to 36, or a list of them."
        yield Problem("no such statement of the article", fix, ("article_claim",))


def _source(source: Any) -> Iterator[Problem]:
    if not isinstance(source, Mapping) or "producer" not in source:
        fix = 'Write source = { producer = "…", title = "…", published = 2024 }.'
        yield Problem("source must name its producer", fix, ("source",))
        return
    for word, value in source.items():
        if word not in SOURCE_KEYS:
            fix = f"Known are {', '.join(SOURCE_KEYS)}."
            yield Problem(f"unknown key {word}", fix, ("source", word))
        elif type(value) is not str and not (
            word == "published" and isinstance(value, int | date) and not isinstance(value, bool)
        ):
            yield Problem(f"{word} must be text", path=("source", word))


def _money(table: Mapping[str, Any]) -> Iterator[Problem]:
    unit, year = table.get("unit", ""), table.get("money_year")
    if not isinstance(unit, str):
        return
    try:
        names = [name for name, _ in parse_unit(unit).factors]
    except ModelError as error:
        yield from (problem.under("unit") for problem in error.problems)
        return
    if any(is_currency(name) for name in names) != (type(year) is int):
        fix = "Write the year of the prices beside a unit of money, and only there."
        yield Problem("money_year and a currency belong together", fix, ("money_year",))


def _reference(key: str, law: Mapping[str, Any]) -> Iterator[Problem]:
    if key.startswith(f"{REFERENCE}/") and set(law) != {"value"}:
        yield Problem("a reference is a single number", "Write value = … and no distribution.")


def _claims(table: Mapping[str, Any]) -> list[Any]:
    claims = table.get("article_claim", [])
    return claims if isinstance(claims, list) else [claims]
