"""Finding the catalogue and reading its files, each when first needed."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from simcost.catalogue.entry import Entry
from simcost.catalogue.reading import read_entry
from simcost.catalogue.search import matching
from simcost.catalogue.tables import INDEX, SUBFOLDER, Table, plain, split_key
from simcost.errors import FileError, ModelError, ParameterError, Problem, UsageError
from simcost.units import closest

FOLDER = "distributions"
_NAME = re.compile(r"[a-z][a-z0-9_]*")


def shipped_folder() -> Traversable:
    """Return the folder of the catalogue that came with simcost.

    Inside the package where it was installed from a wheel, beside it in a checkout.

    Raises
    ------
    FileError
        When it is in neither place.
    """
    package = files("simcost")
    inside = package / FOLDER
    if inside.is_dir():
        return inside
    beside = Path(str(package)).parent / FOLDER
    if beside.is_dir():
        return beside
    raise FileError(f"the catalogue is missing: no folder {inside} and no {beside}")


@cache
def load_catalogue() -> Catalogue:
    """Return the catalogue that came with simcost.

    Returns
    -------
    Catalogue
        The same object each time; files are read when an entry of theirs is asked for.
    """
    return Catalogue(shipped_folder())


class Catalogue:
    """Sourced quantities by ``domain/name``, one TOML file a domain.

    Parameters
    ----------
    folder : Traversable
        A folder of TOML files; a `pathlib.Path` will do.
    """

    def __init__(self, folder: Traversable) -> None:
        self._files = {
            item.name.removesuffix(".toml"): item
            for item in sorted(folder.iterdir(), key=lambda item: item.name)
            if item.name.endswith(".toml")
        }
        self._folder = folder
        self._tables: dict[str, dict[str, Any]] = {}
        self._keyed: dict[str, Table] | None = None
        self._entries: dict[str, Entry] = {}
        self._digest = ""

    @property
    def domains(self) -> tuple[str, ...]:
        """The names of the files, sorted."""
        return tuple(self._files)

    def names(self, domain: str = "") -> tuple[str, ...]:
        """Return all keys, or those of one domain, in the order of the files."""
        wanted = [domain] if domain else self.domains
        return tuple(f"{each}/{name}" for each in wanted for name in self._domain(each))

    def get(self, key: str) -> Entry:
        """Return one entry.

        Parameters
        ----------
        key : str
            ``"labelling/label_rate"``, or a row of a table: ``"energy/grid[FR]"``.

        Returns
        -------
        Entry

        Raises
        ------
        ParameterError
            When there is no such entry; says which one may be meant.
        ModelError
            When the entry's file is at fault.
        """
        keyed = split_key(key)
        if keyed is not None:
            return self._row(*keyed)
        if key not in self._entries:
            domain, _, name = key.partition("/")
            if domain not in self._files or name not in self._domain(domain):
                raise self._unknown(key)
            with _reported_in(domain):
                self._entries[key] = read_entry(key, self._domain(domain)[name])
        return self._entries[key]

    @property
    def tables(self) -> dict[str, Table]:
        """Tables by name, ``energy/grid``; read when first asked for."""
        if self._keyed is None:
            self._keyed = self._read_tables()
        return self._keyed

    def input(self, key: str) -> Entry:
        """Return an entry for use in a model: as `get`, but no reference value.

        Raises
        ------
        ParameterError
            When there is no such entry, or it is a published result and no input.
        """
        entry = self.get(key)
        if entry.is_reference:
            raise ParameterError(
                f"{key} is a published result to compare with, no input", entry.note
            )
        return entry

    def search(self, words: str) -> tuple[Entry, ...]:
        """Return the entries in which every word occurs, those with it in their key first."""
        return matching(self, words)

    def overview(self, words: str = "", domain: str = "") -> tuple[list[Entry], list[Table]]:
        """Return the entries that a list shows, and the tables that stand for the others.

        Parameters
        ----------
        words : str
            What must occur in an entry; empty for the whole catalogue, where entries that a
            table of theirs holds are not repeated.
        domain : str
            Only this one; empty for all.
        """
        entries = [one for one in self.search(words) if domain in ("", one.domain)]
        tables = [one for one in self.tables.values() if domain in ("", one.domain)]
        wanted = words.lower().split()
        if wanted:
            tables = [one for one in tables if all(word in one.text for word in wanted)]
            return entries, tables
        held = tuple(f"{one.domain}/{one.prefix}" for one in tables if one.prefix)
        return [one for one in entries if not one.key.startswith(held)], tables

    def rows(self, table: str) -> list[Entry]:
        """Return every row of a table as an entry, in the order of the table."""
        return [self._row(table, key) for key in self.tables[table].rows]

    def require_domain(self, domain: str) -> None:
        """Refuse a domain that does not exist; the empty one stands for all.

        Raises
        ------
        UsageError
            Says which one may be meant.
        """
        if domain and domain not in self._files:
            near = closest(domain, self.domains)
            fix = f"did you mean {near}?" if near else f"there are {', '.join(self.domains)}"
            raise UsageError(f"the catalogue has no domain {domain}; {fix}")

    def digest(self) -> str:
        """Return the BLAKE2b hash of all files, 32 hexadecimal digits."""
        if not self._digest:
            total = blake2b(digest_size=16)
            for domain, file in self._files.items():
                # A checkout on Windows may have other line ends; the catalogue is the same.
                text = file.read_bytes().replace(b"\r\n", b"\n")
                total.update(f"{domain} {len(text)}\n".encode() + text)
            for file in _files_of_tables(self._folder):
                text = file.read_bytes().replace(b"\r\n", b"\n")
                total.update(f"{file.name} {len(text)}\n".encode() + text)
            self._digest = total.hexdigest()
        return self._digest

    def __iter__(self) -> Iterator[Entry]:
        return (self.get(key) for key in self.names())

    def __len__(self) -> int:
        return len(self.names())

    def __contains__(self, key: object) -> bool:
        return key in self.names()

    def _domain(self, domain: str) -> dict[str, Any]:
        if domain not in self._tables:
            with _reported_in(domain):
                self._tables[domain] = _parsed(self._files[domain])
        return self._tables[domain]

    def _read_tables(self) -> dict[str, Table]:
        folder = self._folder / SUBFOLDER
        if not (folder / INDEX).is_file():
            return {}
        index = tomllib.loads((folder / INDEX).read_text(encoding="utf-8"))
        sources = index.pop("sources", {})
        return {
            f"{domain}/{name}": Table(
                f"{domain}/{name}", about, folder, tuple(self._domain(domain)), sources
            )
            for domain, tables in index.items()
            for name, about in tables.items()
        }

    def _row(self, name: str, key: str) -> Entry:
        table = self.tables.get(name)
        if table is None:
            raise self._no_table(name, key)
        row = table.find(key)
        if row is None:
            raise ParameterError(f"{name} has no {key or 'empty key'}", table.suggest(key))
        if row.entry:
            return self.get(f"{table.domain}/{row.entry}")
        whole = f"{name}[{row.key}]"
        if whole not in self._entries:
            with _reported_in(f"{SUBFOLDER}/{row.file}"):
                self._entries[whole] = read_entry(whole, table.table_of(row))
        return self._entries[whole]

    def _no_table(self, name: str, key: str) -> ParameterError:
        same = [one for one in self.tables if one.partition("/")[2] == name.rpartition("/")[2]]
        meant = same[0] if same else closest(name, tuple(self.tables))
        fix = f"Did you mean {meant}[{key}]?" if meant else f"Tables are {', '.join(self.tables)}."
        if name in self.names():
            fix = f"Write {name} without a key."
        return ParameterError(f"the catalogue has no table {name}", fix)

    def _unknown(self, key: str) -> ParameterError:
        if key in self.tables:
            first = next(iter(self.tables[key].rows))
            return ParameterError(f"{key} is a table", f"Say which row: {key}[{first}]")
        table, _, row = next(
            (key.partition(mark) for mark in ("_", "/") if key.partition(mark)[0] in self.tables),
            ("", "", ""),
        )
        if table and (found := self.tables[table].find(plain(row))):
            return ParameterError(
                f"the catalogue has no {key}", f"Did you mean {table}[{found.key}]?"
            )
        names = self.names()
        same = [name for name in names if name.partition("/")[2] == key.rpartition("/")[2]]
        meant = " or ".join(same) or closest(key, names)
        where = f"Did you mean {meant}?" if meant else f"Domains are {', '.join(self.domains)}."
        return ParameterError(f"the catalogue has no {key}", where)


def _files_of_tables(folder: Traversable) -> list[Traversable]:
    """Return index and CSV files of the tables, sorted by name."""
    tables = folder / SUBFOLDER
    if not tables.is_dir():
        return []
    kept = [one for one in tables.iterdir() if one.name.endswith((".csv", ".toml"))]
    return sorted(kept, key=lambda one: one.name)


def _parsed(file: Traversable) -> dict[str, Any]:
    """Read a file; its tables by name."""
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"cannot read {file}: {error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError([Problem(f"not a TOML file: {error}")]) from error
    odd = [name for name in tables if not _NAME.fullmatch(name)]
    if odd:
        fix = "Write small letters, digits and underscores."
        raise ModelError([Problem("not a name for an entry", fix, (name,)) for name in odd])
    return tables


@contextmanager
def _reported_in(domain: str) -> Iterator[None]:
    """Add the name of the catalogue file to the problems raised inside."""
    try:
        yield
    except ModelError as error:
        file = f"{FOLDER}/{domain}.toml"
        raise ModelError([replace(problem, file=file) for problem in error.problems]) from None
