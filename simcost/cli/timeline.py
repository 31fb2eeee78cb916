"""``simcost timeline``: what is spent when."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import Picture
from simcost.cli.options import (
    Count,
    Percentiles,
    change_options,
    draw_options,
    gates_option,
    json_option,
    load_changed,
    model_argument,
)
from simcost.cli.progress import announce_compile, progress_bar


@click.command(short_help="What is spent in each period, and up to its end.")
@model_argument
@click.option(
    "--output",
    metavar="NAME",
    help="cost, emissions, nominal_cost or present_value.  [default: cost, or emissions]",
)
@click.option(
    "--quantiles",
    type=Percentiles(),
    default="10,50,90",
    show_default=True,
    help="Percentiles to report.",
)
@click.option(
    "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw: 1e6, 10M."
)
@draw_options
@gates_option
@change_options
@json_option
@click.option("--plot", type=Picture(), help="Draw it to FILE.svg, .png or .pdf.")
def timeline(
    model: Path,
    output: str | None,
    quantiles: tuple[float, ...],
    draws: int,
    seed: int,
    design: str | None,
    gates: str | None,
    as_json: bool,
    plot: Path | None,
    **options: Any,
) -> None:
    """Show what MODEL spends in each of its periods, which its [time] declares.

    \b
    Examples
      simcost timeline project.toml
      simcost timeline project.toml --output emissions --plot emissions.svg
    """  # noqa: D301 - click reads the control character
    from simcost.analyses.timeline import check_timeline
    from simcost.report.timeline import render_timeline, timeline_json

    if plot is not None:
        from simcost.report.figures import prepare

        prepare(plot)  # refused before the run, not after
    loaded, scenario = load_changed(model, options)
    chosen = check_timeline(loaded.plan(scenario), output)
    with progress_bar(draws) as progress:
        result = loaded.run(
            draws, seed=seed, design=design, gates=gates, scenario=scenario, quantiles=quantiles,
            progress=progress, on_compile=announce_compile,
        )  # fmt: skip
    data = result.timeline(chosen)
    if as_json:
        click.echo(timeline_json(data), nl=False)
    else:
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
        click.echo(render_timeline(data, width=width), nl=False)
    if plot is not None:
        data.plot(plot)
        click.echo(f"wrote {plot}", err=True)
