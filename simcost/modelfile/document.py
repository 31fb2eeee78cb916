"""A model file as text: reading it from disk, and where its lines and values are."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING

from simcost.errors import FileError, ModelError, Problem
from simcost.modelfile.wording import close_to

if TYPE_CHECKING:
    from simcost.modelfile.positions import Positions

LIMIT = 1_000_000  # bytes; a model of ten thousand lines is a third of that


@dataclass(frozen=True)
class Document:
    """The text of a model file.

    Parameters
    ----------
    text : str
        Without byte order mark, lines separated by line feeds.
    name : str
        The file as the user called it; it starts every message.
    folder : Path or None
        Where relative paths inside the file (CSV data) start from.
    blanked : str or None
        The text with unreadable statements replaced by spaces, where there are any.
    """

    text: str
    name: str
    folder: Path | None = None
    blanked: str | None = None

    @property
    def parsed(self) -> str:
        """The text as the parsers see it: the same length, line for line."""
        return self.text if self.blanked is None else self.blanked

    @cached_property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.text.split("\n")

    @cached_property
    def line_starts(self) -> list[int]:
        """Where each line begins."""
        ends = accumulate(len(line) + 1 for line in self.lines)
        return [0, *ends][:-1]

    def line_and_column(self, index: int) -> tuple[int, int]:
        """Return line and column, from 1, of a character of the text."""
        line = bisect_right(self.line_starts, index)
        return line, index - self.line_starts[line - 1] + 1

    @cached_property
    def positions(self) -> Positions:
        """Where every key and value is; made when the first problem asks for it."""
        # A file without problems never needs the second parser.
        from simcost.modelfile.positions import Positions

        return Positions(self.parsed)


def clean(text: str) -> str:
    """Return `text` without byte order mark and with line feeds at the end of its lines."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n")


def read_document(path: str | Path) -> Document:
    """Read a model file.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    Document
        Its text, with the folder it lies in.

    Raises
    ------
    FileError
        When there is no such file, it cannot be read, or it is larger than 1 MB.
    ModelError
        When it is not text in UTF-8.
    """
    name, path = str(path), Path(path)
    try:
        if path.is_dir():
            raise FileError(f"{name} is a folder, not a model file{_models_in(path)}")
        with path.open("rb") as stream:
            content = stream.read(LIMIT + 1)
    except FileNotFoundError:
        raise FileError(f"{name}: no such file{_similar(path)}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise FileError(f"{name} cannot be read: {reason}") from None
    if len(content) > LIMIT:
        raise FileError(
            f"{name} is larger than {LIMIT // 1_000_000} MB, too large for a model file. "
            'Keep data in a CSV file: { empirical = { csv = "data.csv", column = "price" } }'
        )
    return Document(clean(_decoded(content, name)), name, path.parent)


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line_start = before.rfind(b"\n") + 1
        wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
        problem = Problem(
            "the file is UTF-16, not UTF-8"
            if wide
            else f"byte 0x{content[error.start]:02x} is not valid UTF-8",
            "Save the file as UTF-8 (in most editors: Save as…, Encoding, UTF-8).",
            file=name,
            line=before.count(b"\n") + 1,
            column=len(before[line_start:].decode("utf-8", "replace")) + 1,
        )
        raise ModelError([problem]) from None


def _models_in(folder: Path) -> str:
    found = sorted(entry.name for entry in folder.glob("*.toml"))[:5]
    return f"; it holds {', '.join(found)}" if found else ""


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.glob("*.toml")]
    except OSError:
        return ""
    guess = close_to(path.name, names)
    return f"; did you mean {path.parent / guess}?" if guess else ""
