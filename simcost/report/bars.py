"""The text of an analysis: what was asked, a table with bars, and what a reader must know."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping

from simcost.report.bar_tables import (
    Data,
    comparison,
    contingency,
    sensitivity,
    spider,
    tornado,
)

TOP = 15  # bars shown unless others are asked for
_SHARES = ("sensitivity", "comparison")  # whose figures are not in the unit of the output

_TABLES: Mapping[str, Callable[[Data, int, int], list[str]]] = {
    "tornado": tornado,
    "spider": spider,
    "comparison": comparison,
    "sensitivity": sensitivity,
    "contingency": contingency,
}


def render_bars(data: Data, *, width: int = 100, top: int = TOP) -> str:
    """Return an analysis as text.

    Parameters
    ----------
    data : xarray.Dataset
        As described in `simcost.analyses`.
    width : int
        Columns of text to keep within.
    top : int
        How many bars to show; the rest are counted in a sentence.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    head = [facts(data), data.attrs["title"] + _unit(data)]
    lines = [*(line for text in head for line in textwrap.wrap(text, width)), ""]
    lines += _TABLES[data.attrs["analysis"]](data, width, top)
    return "\n".join(line.rstrip() for line in [*lines, *note_lines(data, width)]) + "\n"


def note_lines(data: Data, width: int) -> list[str]:
    """Return the notes of an analysis, folded."""
    return [
        line
        for note in data.attrs["notes"]
        for line in textwrap.wrap(
            note, max(width - 7, 40), initial_indent="Note:  ", subsequent_indent="       ",
            break_long_words=False, break_on_hyphens=False,
        )
    ]  # fmt: skip


def facts(data: Data) -> str:
    """Return the line above an analysis: model, draws, seed, design."""
    attrs = data.attrs
    facts = [f"{attrs['draws']:,} draws", f"seed {attrs['seed']}", f"{attrs['design']} design"]
    facts += [f"scenario {attrs['scenario']}"] * bool(attrs["scenario"])
    return f"{attrs['model']}: {', '.join(facts)}"


def _unit(data: Data) -> str:
    unit = data.attrs["unit"]
    return f" [{unit}]" if unit and data.attrs["analysis"] not in _SHARES else ""
