"""Tables of figures that fit the width there is, and the text of what is to be printed."""

from __future__ import annotations

import io

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

GAP = 2
NARROWEST = 60  # narrower, figures would be cut; a terminal that narrow wraps lines itself

Row = tuple[str, list[str]]  # label and cells


def title_line(name: str, heading: str) -> Text:
    """Return the first line of a report: of what, in bold, and what was asked of it."""
    return Text(name, "bold").append(f": {heading}", "not bold")


def printed(content: RenderableType, width: int, color: bool) -> str:
    """Return text, lines ending in a line feed.

    Parameters
    ----------
    content : RenderableType
        What to print.
    width : int
        Columns of text to keep within, 60 or more.
    color : bool
        Whether to style with terminal codes; never for a pipe or a file.
    """
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(width, NARROWEST),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        force_interactive=False,
        _environ={},  # what the caller asked for holds, whatever the terminal says
    )
    console.print(content, highlight=False)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def fitted(headers: list[str], body: list[Row], width: int) -> RenderableType:
    """Return one line a row if that fits, else two (errors below), else a block of lines."""
    below = [
        (label.replace(" [", "\n["), [cell.replace(" ± ", "\n± ") for cell in cells])
        for label, cells in body
    ]
    for form in (body, below):
        if _width(headers, form) <= width:
            return _table(headers, form)
    return _stacked(headers, body)


def _width(headers: list[str], body: list[Row]) -> int:
    """Return the columns of text that a table takes."""
    columns = zip(*([label, *cells] for label, cells in [("", headers), *body]), strict=True)
    widths = [max(len(line) for cell in column for line in cell.split("\n")) for column in columns]
    return sum(widths) + GAP * (len(widths) - 1)


def _table(headers: list[str], body: list[Row]) -> RenderableType:
    table = grid()
    table.add_column()
    for _ in headers:
        table.add_column(justify="right", no_wrap=True)
    table.add_row("", *(Text(header, "bold") for header in headers))
    for label, cells in body:
        table.add_row(Text(label), *map(Text, cells))
    return table


def _stacked(headers: list[str], body: list[Row]) -> RenderableType:
    parts: list[RenderableType] = []
    for label, cells in body:
        block = grid()
        block.add_column(no_wrap=True)
        block.add_column(justify="right", no_wrap=True)
        for header, cell in zip(headers, cells, strict=True):
            block.add_row(header, Text(cell))
        parts += [Text(label, "bold"), Padding(block, (0, 0, 0, 2))]
    return Group(*parts)


def note_line(note: str) -> RenderableType:
    """Return a remark below a table."""
    table = grid()
    table.add_row(Text("Note:", "yellow"), Text(note))
    return table


def grid() -> Table:
    """Return a table without lines."""
    return Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
