"""``simcost run``: the main job."""

from __future__ import annotations

import math
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcost.cli.options import (
    Count,
    Percentiles,
    Share,
    change_options,
    draw_options,
    gates_option,
    json_option,
    load_changed,
    model_argument,
)
from simcost.cli.plotting import check_plot, plot_options
from simcost.cli.progress import announce_compile, progress_bar

if TYPE_CHECKING:
    from simcost.result import Result


PROJECTS = 10  # in a portfolio, where nothing else is said


@click.command(short_help="What budget holds: draw outcomes and print percentiles.")
@model_argument
@click.option(
    "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw: 1e6, 10M."
)
@draw_options
@change_options
@gates_option
@click.option(
    "--precision",
    type=Share(),
    help="Draw until every figure is known to this: 1%. Ignores --draws.",
)
@click.option(
    "--quantiles",
    type=Percentiles(),
    default="10,50,90",
    show_default=True,
    help="Percentiles to report.",
)
@click.option("--budget", type=float, help="Also print the chance that the cost exceeds this.")
@click.option(
    "--cvar",
    type=click.FloatRange(0, 100, min_open=True, max_open=True),
    help="Also print the mean of the outcomes above this percentile: 90.",
)
@click.option(
    "--equivalents", is_flag=True, help="Also print emissions as flights, cars and years of lives."
)
@click.option(
    "--per",
    type=click.Choice(["attempt", "success", "portfolio"]),
    default="attempt",
    show_default=True,
    help="One attempt, repeated until it succeeds, or the sum of several projects.",
)
@click.option("--cap", type=Count(), help="Largest number of attempts, with --per success.")
@click.option("--projects", type=Count(), help=f"With --per portfolio.  [default: {PROJECTS}]")
@click.option(
    "--failure-correlation",
    type=float,
    help="Between the projects' failures, 0 to 1, with --per portfolio.",
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write every outcome to FILE.nc (netCDF) or .csv; the summary to .json.",
)
@plot_options
@json_option
@click.option("--threads", type=Count(), help="Worker threads; one a core if not given.")
@click.option(
    "--engine",
    type=click.Choice(["auto", "machine", "interpreter"]),
    default="auto",
    show_default=True,
    help="Compiled or NumPy; the numbers are the same to the bit.",
)
def run(
    model: Path,
    as_json: bool,
    out: Path | None,
    budget: float | None,
    cvar: float | None,
    equivalents: bool,
    plot: Path | None,
    figure: str | None,
    output: str | None,
    **options: Any,
) -> None:
    """Draw outcomes of MODEL and print what budget holds.

    \b
    Examples
      simcost run project.toml
      simcost run project.toml --draws 1e6 --quantiles 5,50,80,95 --out project.nc
      simcost run project.toml --per success --cap 5
      simcost run project.toml --set wage.scale=1.3 --set pilot.failure=0.5
      simcost run project.toml --plot cost.svg --budget 100000
    """  # noqa: D301 - click reads the control character
    from simcost.report import render
    from simcost.report.equivalents import equivalents_json, measured_in_gas, render_equivalents
    from simcost.report.formats import prepare, write
    from simcost.report.formats.json import to_json

    options["keep"] = None
    if out is not None and prepare(out).outcomes:  # refused before the run, not after
        options["keep"] = True
    if budget is not None:
        options["thresholds"] = {"cost": (budget,)}
    loaded, options["scenario"] = load_changed(model, options)
    if budget is not None and not math.isfinite(budget):
        raise click.UsageError(f"--budget is an amount of money, not {budget}")
    if budget is not None and "cost" not in loaded.compiled(options["scenario"]).outputs:
        raise click.UsageError("--budget needs an output named cost")
    _check_view(options)
    compiled = loaded.compiled(options["scenario"])
    if equivalents:  # refused before the run, not after
        measured_in_gas({name: str(one.unit) for name, one in compiled.outputs.items()})
    drawing = check_plot(plot, figure, output, compiled, options["per"])
    correlation = options.pop("failure_correlation")
    options["correlation"] = 0.0 if correlation is None else correlation
    options["projects"] = PROJECTS if options["projects"] is None else options["projects"]
    with progress_bar(options["draws"]) as progress:
        result = loaded.run(**options, progress=progress, on_compile=announce_compile)
    if out is not None:
        write(result, out)
        click.echo(f"wrote {out}", err=True)
    if as_json:
        more = {"equivalents": equivalents_json(result)} if equivalents else None
        click.echo(to_json(result, budget=budget, cvar=cvar, more=more), nl=False)
    else:
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
        click.echo(render(result, cvar=cvar, width=width, color=sys.stdout.isatty()), nl=False)
        if budget is not None:
            click.echo(_budget_line(result, budget))
        if equivalents:
            click.echo(f"\n{render_equivalents(result, width)}", nl=False)
    if drawing is not None:  # last: a figure that fails must not take the numbers with it
        drawing.write(result, budget)


def _check_view(options: dict[str, Any]) -> None:
    """Refuse options that another view than the chosen one would need."""
    belongs = {"cap": "success", "projects": "portfolio", "failure_correlation": "portfolio"}
    for name, view in belongs.items():
        if options[name] is not None and options["per"] != view:
            flag = name.replace("_", "-")
            raise click.UsageError(f"--{flag} goes with --per {view}")


def _budget_line(result: Result, budget: float) -> str:
    from simcost.result.digits import percent

    unit = result.units["cost"]
    chance = result.exceedance("cost", budget)
    text = percent(chance.value, chance.half_width)
    return f"Chance that the cost exceeds {budget:,.12g} {unit}: {text}"
