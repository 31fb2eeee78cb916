"""Tables of the catalogue: rows of one kind, taken by key as in ``energy/grid[FR]``."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any

from simcost.units import closest

INDEX = "index.toml"
SUBFOLDER = "tables"
_KEY = re.compile(r"([^\[\]]*)\[([^\[\]]*)\]")
_OWN = ("what", "files", "entries")


def split_key(key: str) -> tuple[str, str] | None:
    """Return table and row of ``energy/grid[FR]``, or None for a plain key."""
    match = _KEY.fullmatch(key.strip())
    return (match[1].strip(), match[2].strip().strip("\"'")) if match else None


def plain(key: str) -> str:
    """Return a key as it is compared: ``us_east 1`` is ``us-east-1``."""
    return re.sub(r"[\s_]+", "-", key.strip().lower())


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a table.

    Parameters
    ----------
    key : str
        How it is called, ``FR``.
    name : str
        What it is, ``France``.
    aliases : tuple of str
        Other spellings of the key.
    columns : mapping of str to str
        The cells as they stand in the file.
    file : str
        The CSV file; empty for an entry of the catalogue.
    entry : str
        The entry it stands for, ``gpu_hour_h100``; empty for a line of a file.
    """

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    file: str = ""
    entry: str = ""


class Table:
    """A table: its rows by key, and how a row becomes an entry.

    Parameters
    ----------
    name : str
        ``energy/grid``.
    about : mapping
        What the index says of it.
    folder : Traversable
        Where its CSV files are.
    entries : tuple of str
        Names of the catalogue's own entries in its domain.
    sources : mapping
        Of each CSV file.
    """

    def __init__(
        self,
        name: str,
        about: Mapping[str, Any],
        folder: Traversable,
        entries: tuple[str, ...],
        sources: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self.name = name
        self.what = str(about["what"])
        self._about = about
        self._folder = folder
        self._entries = entries
        self._sources = sources

    @property
    def domain(self) -> str:
        """``energy`` of ``energy/grid``."""
        return self.name.partition("/")[0]

    @property
    def prefix(self) -> str:
        """How the names of entries begin that belong to it; empty for none."""
        return str(self._about.get("entries", ""))

    @property
    def unit(self) -> str:
        """Of the rows of its files; empty where entries have their own."""
        return str(self._about.get("unit", ""))

    @cached_property
    def text(self) -> str:
        """What a search looks through, in small letters: name, meaning, keys and places."""
        rows = (f"{row.key} {row.name}" for row in self.rows.values())
        return " ".join([self.name, self.what, *rows]).lower()

    def example(self, words: str = "") -> str:
        """Return the key of the first row with all `words` in it, or of the first."""
        wanted = words.lower().split()
        for row in self.rows.values():
            if all(word in f"{row.key} {row.name}".lower() for word in wanted):
                return row.key
        return next(iter(self.rows))

    @cached_property
    def rows(self) -> dict[str, TableRow]:
        """The rows by key, in the order of files and entries."""
        rows: dict[str, TableRow] = {}
        for row in self._read():
            if plain(row.key) not in {plain(key) for key in rows}:
                rows[row.key] = row
        return rows

    @cached_property
    def _spellings(self) -> dict[str, str]:
        """Every way to write a key, the keys themselves last: they win."""
        spellings: dict[str, str] = {}
        for row in reversed(self.rows.values()):
            spellings |= {plain(alias): row.key for alias in row.aliases}
        return spellings | {plain(key): key for key in self.rows}

    def find(self, key: str) -> TableRow | None:
        """Return the row called `key`, however it is spelt, or None."""
        found = self._spellings.get(plain(key))
        return self.rows[found] if found is not None else None

    def suggest(self, key: str) -> str:
        """Return what to write instead of a key that no row has."""
        found = list(dict.fromkeys(self._near(plain(key))))[:3]
        if found:
            meant = " or ".join(f"{self.name}[{one}]{self._called(one)}" for one in found)
            return f"Did you mean {meant}?"
        few = ", ".join(list(self.rows)[:8])
        return f"It has {few}, …; all {len(self.rows)}: simcost inputs {self.name}"

    def table_of(self, row: TableRow) -> dict[str, Any]:
        """Return a row as the table of a catalogue entry."""
        law = {
            word: _filled(value, row.columns)
            for word, value in self._about.items()
            if word not in _OWN
        }
        year = row.columns.get("year")
        source = {**self._sources[row.file], **({"published": int(year)} if year else {})}
        source["locator"] = f"line {row.columns['row']}, {row.name}"
        if origin := row.columns.get("origin"):
            source["via"] = origin
        return {**law, "source": source, "note": f"{row.name}. {law['note']}"}

    def _near(self, wanted: str) -> Iterator[str]:
        if len(wanted) <= 2:  # a country's code: those that differ in one letter
            codes = [key for key in self.rows if len(key) == 2 == len(wanted)]
            yield from (key for key in codes if wanted[0] == key[0].lower())
            return
        if near := closest(wanted, tuple(self._spellings)):
            yield self._spellings[near]
        yield from (row for spelt, row in self._spellings.items() if wanted in spelt)

    def _called(self, key: str) -> str:
        name = self.rows[key].name
        return f" ({name})" if name and plain(name) != plain(key) else ""

    def _read(self) -> Iterator[TableRow]:
        for file in self._about.get("files", ()):
            text = (self._folder / f"{file}.csv").read_text(encoding="utf-8")
            for line in csv.DictReader(io.StringIO(text)):
                aliases = tuple(alias for alias in line["alias"].split(";") if alias)
                yield TableRow(line["key"], line["name"], (*aliases, line["name"]), line, file)
        for entry in self._entries if self.prefix else ():
            if entry.startswith(self.prefix):
                key = entry.removeprefix(self.prefix).replace("_", "-")
                yield TableRow(key, "", entry=entry)


def _filled(value: Any, columns: Mapping[str, str]) -> Any:
    """Put the cells of a row where a law names a column."""
    if isinstance(value, Mapping):
        return {word: _filled(one, columns) for word, one in value.items()}
    return float(columns[value]) if isinstance(value, str) and value in columns else value
