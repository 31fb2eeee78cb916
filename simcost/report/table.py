"""The text of a result: what a manager reads."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simcost.report.summary import Line, summary
from simcost.result import Estimate, Result

_HIDDEN = frozenset({"failed_stage", "succeeded"})
_GAP = 2
_NARROWEST = 60  # narrower, figures would be cut; a terminal that narrow wraps lines itself

Row = tuple[str, list[str]]  # label and cells


def render(
    result: Result,
    *,
    quantiles: Sequence[float] | None = None,
    cvar: float | None = None,
    width: int = 80,
    color: bool = False,
) -> str:
    """Return the report of a result as text.

    Parameters
    ----------
    result : Result
        What to report.
    quantiles : sequence of float, optional
        Percentiles in per cent; those of the run where left out.
    cvar : float, optional
        Adds a column: the mean of the outcomes above this percentile.
    width : int
        Columns of text to keep within, 60 or more. Where one line an output is wider, errors go
        below their values; where that is wider still, each output becomes a block of lines.
    color : bool
        Whether to style with terminal codes; never for a pipe or a file.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    buffer = io.StringIO()
    console = Console(
        file=buffer,
        width=max(width, _NARROWEST),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        force_interactive=False,
        _environ={},  # what the caller asked for holds, whatever the terminal says
    )
    console.print(_report(result, quantiles, cvar, max(width, _NARROWEST)), highlight=False)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def _report(
    result: Result, quantiles: Sequence[float] | None, cvar: float | None, width: int
) -> RenderableType:
    estimates = [result.estimate(name, quantiles) for name in result.outputs if name not in _HIDDEN]
    rows = [estimate for estimate in estimates if not estimate.indicator]
    chances = [estimate for estimate in estimates if estimate.indicator]
    parts: list[RenderableType] = [_title(result), Text()]
    if rows:
        tails = [] if cvar is None else [str(result.cvar(row.name, cvar)) for row in rows]
        parts += [_figures(rows, tails, cvar, width), Text()]
    lines = summary(result, rows, chances)
    if lines:
        parts += [_lines(lines), Text()]
    level = f"{100 * result.meta.confidence:g}%"
    parts.append(Text(f"± is the half-width of a {level} interval of the simulation.", "dim"))
    parts += [_note(note) for note in _notes(result, rows)]
    return Group(*parts)


def _title(result: Result) -> Text:
    meta = result.meta
    text = Text(meta.model, "bold")
    facts = [f"{meta.draws:,} draws", f"seed {meta.seed}", f"{meta.design} design"]
    facts += ["exact gates"] * (meta.gates == "exact")
    facts += [f"scenario {meta.scenario}"] * bool(meta.scenario)
    facts += [f"per {meta.view}"] * (result.success is not None or meta.view != "attempt")
    return text.append(f": {', '.join(facts)}", "not bold")


def _figures(
    rows: list[Estimate], tails: list[str], cvar: float | None, width: int
) -> RenderableType:
    """Return one line an output if that fits, else two (errors below), else a block of lines."""
    headers = [*rows[0].quantiles, "mean"]
    body = [(_label(row), [*map(str, row.quantiles.values()), str(row.mean)]) for row in rows]
    if cvar is not None:
        headers.append(f"worst {100 - cvar:g}%")
        for (_, cells), tail in zip(body, tails, strict=True):
            cells.append(tail)
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
    return sum(widths) + _GAP * (len(widths) - 1)


def _table(headers: list[str], body: list[Row]) -> RenderableType:
    table = _grid()
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
        block = _grid()
        block.add_column(no_wrap=True)
        block.add_column(justify="right", no_wrap=True)
        for header, cell in zip(headers, cells, strict=True):
            block.add_row(header, Text(cell))
        parts += [Text(label, "bold"), Padding(block, (0, 0, 0, 2))]
    return Group(*parts)


def _lines(lines: list[Line]) -> RenderableType:
    table = _grid()
    table.add_column()
    table.add_column(no_wrap=True)
    for line in lines:
        table.add_row(Text(line.label), Text(line.value, "bold"))
    return table


def _notes(result: Result, rows: list[Estimate]) -> list[str]:
    """Return the result's notes, and one for each reason why a number is missing."""
    reasons = {
        cell.reason: None
        for row in rows
        for cell in (*row.quantiles.values(), row.mean)
        if cell.reason and not any(cell.reason in note for note in result.notes)
    }
    return [*result.notes, *reasons]


def _note(note: str) -> RenderableType:
    table = _grid()
    table.add_row(Text("Note:", "yellow"), Text(note))
    return table


def _grid() -> Table:
    return Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)


def _label(estimate: Estimate) -> str:
    return f"{estimate.name} [{estimate.unit}]" if estimate.unit else estimate.name
