"""What the commands of analyses share: their options, and showing a dataset."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from simcost.cli.options import Count, Percentiles, design_option, json_option, seed_option

F = TypeVar("F", bound=Callable[..., Any])

Render = Callable[..., str]
CURVES = ("percentile",)  # for figures; too long to print

output_option = click.option(
    "--output", default="", metavar="NAME", help="Which output; the cost, or the first."
)
plot_option = click.option(
    "--plot", type=click.Path(path_type=Path), help="Draw a figure: FILE.svg, .png or .pdf."
)
quantiles_option = click.option(
    "--quantiles",
    type=Percentiles(),
    default="10,50,90",
    show_default=True,
    help="Percentiles to compare.",
)
budget_option = click.option("--budget", type=float, help="Also the chance to exceed this.")


def answer_options(command: F) -> F:
    """Add draws, seed, design, output and JSON."""
    draws = click.option(
        "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw."
    )
    for option in (json_option, output_option, design_option, seed_option, draws):
        command = option(command)
    return command


def prepare(plot: Path | None) -> None:
    """Refuse a figure that could not be written, before anything is drawn."""
    if plot is not None:
        from simcost.report.figures import prepare as check

        check(plot)


def show(
    dataset: Any,
    render: Render,
    *,
    as_json: bool,
    plot: Path | None = None,
    kind: str | None = None,
) -> None:
    """Print the dataset of an analysis, and draw it where a figure is asked for.

    Parameters
    ----------
    dataset : xarray.Dataset
        The answer.
    render : callable
        Returns its text, given the dataset, ``width`` and ``color``.
    as_json : bool
        Whether to print JSON instead.
    plot : Path or None
        Where the figure goes.
    kind : str or None
        Which figure; None for the usual one of the analysis.
    """
    from simcost.report.records import to_json

    if plot is not None:
        from simcost.report.figures import draw

        draw(dataset, plot, kind)
        click.echo(f"wrote {plot}", err=True)
    if as_json:
        click.echo(to_json(dataset, CURVES), nl=False)
        return
    terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size((100, 24)).columns if terminal else 100
    click.echo(render(dataset, width=width, color=terminal), nl=False)
