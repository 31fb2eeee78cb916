"""The text of a result: what a manager reads."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from simcost.report.cells import with_unit
from simcost.report.grid import NARROWEST, fitted, grid, note_line, printed
from simcost.report.summary import Line, summary
from simcost.result import Estimate, Result

_HIDDEN = frozenset({"failed_stage", "succeeded"})


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
    return printed(_report(result, quantiles, cvar, max(width, NARROWEST)), width, color)


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
    parts += [note_line(note) for note in _notes(result, rows)]
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
    headers = [*rows[0].quantiles, "mean"]
    body = [
        (with_unit(row.name, row.unit), [*map(str, row.quantiles.values()), str(row.mean)])
        for row in rows
    ]
    if cvar is not None:
        headers.append(f"worst {100 - cvar:g}%")
        for (_, cells), tail in zip(body, tails, strict=True):
            cells.append(tail)
    return fitted(headers, body, width)


def _lines(lines: list[Line]) -> RenderableType:
    table = grid()
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
