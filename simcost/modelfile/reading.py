"""What the parts of the reader share while one file is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simcost.errors import Key, Problem
from simcost.modelfile.document import Document
from simcost.modelfile.locate import Findings
from simcost.modelfile.places import Places
from simcost.modelfile.wording import kind

KeyPath = tuple[Key, ...]


@dataclass
class Reading:
    """A file being read.

    Parameters
    ----------
    document : Document
        The file.
    lost : frozenset of str
        Keys of statements that were unreadable; nobody is told that they are missing.
    findings : Findings
        What is wrong.
    broken : set of str
        Names that exist but could not be read.
    places : Places
        Where the file says what was put together or put in.
    """

    document: Document
    lost: frozenset[str] = frozenset()
    findings: Findings = field(default_factory=Findings)
    broken: set[str] = field(default_factory=set)
    places: Places = field(default_factory=Places)

    @property
    def folder(self) -> Path | None:
        """Where relative paths in the file start from."""
        return self.document.folder

    @property
    def count(self) -> int:
        """How many problems there are so far."""
        return len(self.findings.found)

    def line(self, path: KeyPath) -> int:
        """Return the line of the key at `path`."""
        real = self.places.real(Problem("", path=path)).path
        start = self.document.positions.find(real, on_key=True).start
        return self.document.line_and_column(start)[0]

    def add(self, path: KeyPath, message: str, fix: str = "", *, on_key: bool = False) -> None:
        """Report a problem at `path`."""
        self.findings.add(path, message, fix, on_key=on_key)

    def table(self, value: Any, path: KeyPath, fix: str) -> dict[str, Any]:
        """Return `value` if it is a table, else report it and return an empty one."""
        if isinstance(value, dict):
            return value
        self.add(path, f"{path[-1]} is {kind(value)}, not a table", fix)
        return {}
