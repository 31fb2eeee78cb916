"""How an answer that is more than bars is printed, and drawn where asked."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click


def answer(
    data: Any,
    render: Callable[[Any, int, int], str],
    *,
    as_json: bool,
    plot: Path | None = None,
    top: int,
) -> None:
    """Print an analysis, and draw it where asked.

    Parameters
    ----------
    data : xarray.Dataset
        The analysis.
    render : callable
        Makes text of it, for a number of columns and of lines a table.
    as_json : bool
        Whether to print JSON.
    plot : Path or None
        Where to draw it.
    top : int
        Lines of a table to print.
    """
    from simcost.report.records import to_json

    if plot is not None:
        from simcost.report.figures import draw

        draw(data, plot)
        click.echo(f"wrote {plot}", err=True)
    if as_json:
        click.echo(to_json(data), nl=False)
        return
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    click.echo(render(data, width, top), nl=False)
