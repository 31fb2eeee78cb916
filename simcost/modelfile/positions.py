"""Line and column of every key and value of a TOML text.

``tomllib`` gives values without places, so the text is parsed a second time with tree-sitter,
which gives places without values. Both agree on paths: keys, and numbers for list items.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import tree_sitter
import tree_sitter_toml

from simcost.errors import Key
from simcost.modelfile.strings import character_positions

Path = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the text: first character, and one past the last."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key or table that is written a second time."""

    path: Path
    first: Span
    second: Span
    statement: Span  # all of ``key = value``, or the header and what stands below it
    is_table: bool


@cache
def _parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))


class Positions:
    """Where things are in a TOML text that ``tomllib`` accepts (or refuses only for duplicates).

    Parameters
    ----------
    text : str
        The file, lines separated by line feeds.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.keys: dict[Path, Span] = {}
        self.values: dict[Path, Span] = {}
        self.duplicates: list[Duplicate] = []
        self._tables: set[Path] = set()  # places where pointing at the key reads better
        self._defined: dict[Path, Span] = {}
        self._lengths: dict[Path, int] = {}  # arrays of tables
        self._content = text.encode("utf-8", "surrogatepass")
        self._characters = _character_numbers(self._content)
        self._document(_parser().parse(self._content).root_node)

    # -- asking ---------------------------------------------------------------------------

    def find(self, path: Path, *, on_key: bool = False, offset: int = -1, length: int = 0) -> Span:
        """Return where the thing at `path` is, or the nearest thing around it.

        Parameters
        ----------
        path : tuple of str or int
            Keys from the root of the file.
        on_key : bool
            Point at the key even if there is a value.
        offset, length : int
            Characters inside the text at `path` (after TOML's escapes); -1 for all of it.
        """
        exact, path = path, self._known(path)
        if offset >= 0:
            inside = self._inside(path, exact, offset, max(1, length))
            if inside is not None:
                return inside
        pointed = on_key or path != exact or path in self._tables
        first, second = (self.keys, self.values) if pointed else (self.values, self.keys)
        return first.get(path) or second.get(path) or Span(0, 0)

    def _known(self, path: Path) -> Path:
        while path and path not in self.keys and path not in self.values:
            path = path[:-1]
        return path

    def _inside(self, path: Path, exact: Path, offset: int, length: int) -> Span | None:
        """Return the characters of a formula, written bare or as ``{ formula = … }``."""
        if (*path, "formula") in self.values:
            path = (*path, "formula")
        elif path != exact and exact[len(path) :] != ("formula",):
            return None
        span = self.values.get(path)
        if span is None or self.text[span.start] not in "\"'":
            return None
        places = character_positions(self.text[span.start : span.end])
        first = places[min(offset, len(places) - 1)]
        last = places[min(offset + length - 1, len(places) - 1)]
        return Span(span.start + first, span.start + max(first, last) + 1)

    # -- walking --------------------------------------------------------------------------

    def _document(self, root: Any) -> None:
        for node in root.named_children:
            if node.type == "pair":
                self._pair((), node)
            elif node.type in ("table", "table_array_element"):
                self._table(node)

    def _table(self, node: Any) -> None:
        parts = node.named_children
        if not parts:
            return
        is_array = node.type == "table_array_element"
        path: Path = ()
        keys = list(self._key_parts(parts[0]))
        for number, (name, span) in enumerate(keys):
            path = (*path, name)
            self._mark(path, span)
            if is_array and number == len(keys) - 1:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
                self._mark(path, span)
        if not is_array and not self._define(path, keys[-1][1], node):
            return
        for child in parts[1:]:
            if child.type == "pair":
                self._pair(path, child)

    def _pair(self, prefix: Path, node: Any) -> None:
        parts = [child for child in node.named_children if child.type != "comment"]
        if len(parts) < 2:
            return
        keys = list(self._key_parts(parts[0]))
        path = prefix
        for name, span in keys:
            path = (*path, name)
            if path is not prefix and len(keys) > 1:
                self._tables.add(path)
            self.keys.setdefault(path, span)
        self._tables.discard(path)
        if self._define(path, keys[-1][1], node):
            self._value(path, parts[-1])

    def _value(self, path: Path, node: Any) -> None:
        self.values[path] = self._span(node)
        if node.type == "inline_table":
            self._tables.add(path)
            for child in node.named_children:
                if child.type == "pair":
                    self._pair(path, child)
        elif node.type == "array":
            items = (child for child in node.named_children if child.type != "comment")
            for number, child in enumerate(items):
                self._value((*path, number), child)

    def _mark(self, path: Path, span: Span) -> None:
        self.keys.setdefault(path, span)
        self._tables.add(path)

    def _define(self, path: Path, key: Span, node: Any) -> bool:
        """Remember where `path` is defined; False when it was defined before."""
        first = self._defined.setdefault(path, key)
        if first is key:
            return True
        is_table = node.type == "table"
        if not node.has_error:  # where the text is not TOML, a node may swallow its neighbours
            self.duplicates.append(Duplicate(path, first, key, self._span(node), is_table))
        return False

    def _key_parts(self, node: Any) -> Iterator[tuple[str, Span]]:
        if node.type == "dotted_key":
            for child in node.named_children:
                yield from self._key_parts(child)
        else:
            span = self._span(node)
            yield _key_name(self.text[span.start : span.end]), span

    def _span(self, node: Any) -> Span:
        return Span(int(self._characters[node.start_byte]), int(self._characters[node.end_byte]))


def _character_numbers(content: bytes) -> npt.NDArray[np.int64]:
    """Return, for each byte of UTF-8 text and its end, how many characters begin before it."""
    begins = (np.frombuffer(content, dtype=np.uint8) & 0xC0) != 0x80
    return np.concatenate([[0], np.cumsum(begins)])


def _key_name(raw: str) -> str:
    if raw[:1] not in ('"', "'"):
        return raw
    if "\\" not in raw:
        return raw[1:-1]
    try:
        return next(iter(tomllib.loads(f"{raw} = 0")))
    except tomllib.TOMLDecodeError:  # a bad escape, which has been reported by then
        return raw[1:-1]
