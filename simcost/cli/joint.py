"""``simcost joint``: cost, emissions and duration within their targets at the same time."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import Picture
from simcost.cli.options import (
    Count,
    Share,
    change_options,
    draw_options,
    gates_option,
    json_option,
    load_changed,
    model_argument,
)
from simcost.cli.progress import announce_compile, progress_bar


class Targets(click.ParamType[dict[str, str | None]]):
    """Targets by output, written cost=150000,emissions=500kgCO2e; a name alone has no amount."""

    name = "name=amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dict[str, str | None]:
        """Return them by name, or fail with what to write."""
        if isinstance(value, dict):
            return value
        found: dict[str, str | None] = {}
        for part in str(value).split(","):
            name, sign, amount = (word.strip() for word in part.partition("="))
            if not name or (sign and not amount):
                self.fail(f"{part!r} is no target; write cost=150000,emissions=500kgCO2e")
            if name[0].isdigit():
                self.fail(f"{part!r} is no target; write amounts without commas: cost=150000")
            if name in found:
                self.fail(f"{name} has two targets")
            found[name] = amount or None
        return found


@click.command(short_help="Chance that cost, emissions and duration all stay within targets.")
@model_argument
@click.option(
    "--targets",
    type=Targets(),
    help="Amounts by output: cost=150000,emissions=500kgCO2e; names alone for no amount."
    "  [default: cost, emissions and duration]",
)
@click.option(
    "--confidence",
    type=Share(),
    default="70%",
    show_default=True,
    help="Chance with which budgets are to hold together.",
)
@click.option("--base", default="P50", show_default=True, help="Base estimate: P50, or mean.")
@click.option(
    "--contingency",
    default="P80",
    show_default=True,
    metavar="[NAME=]LEVEL",
    help="Level up to which contingency goes.",
)
@click.option(
    "--reserve",
    default="P95",
    show_default=True,
    metavar="[NAME=]LEVEL",
    help="Level up to which the management reserve goes.",
)
@click.option("--output", default="cost", show_default=True, help="Which output is funded.")
@click.option(
    "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw: 1e6, 10M."
)
@draw_options
@gates_option
@change_options
@json_option
@click.option("--plot", type=Picture(), help="Draw the frontier to FILE.svg, .png or .pdf.")
def joint(
    model: Path,
    as_json: bool,
    plot: Path | None,
    draws: int,
    seed: int,
    design: str | None,
    gates: str | None,
    **options: Any,
) -> None:
    """Show with what chance MODEL stays within all targets, and targets that hold together.

    \b
    Examples
      simcost joint project.toml
      simcost joint project.toml --targets cost=150000,emissions=500kgCO2e --confidence 80%
      simcost joint project.toml --contingency P70 --reserve "director's reserve=P90"
    """  # noqa: D301 - click reads the control character
    from simcost.report.joint import joint_json, render_joint
    from simcost.result.names import check_output

    if plot is not None:
        from simcost.report.figures import prepare

        prepare(plot)  # refused before the run, not after
    loaded, scenario = load_changed(model, options)
    outputs = loaded.compiled(scenario).outputs
    for name in options["targets"] or ():
        check_output(name, outputs)
    with progress_bar(draws) as progress:
        result = loaded.run(
            draws, seed=seed, design=design, gates=gates, scenario=scenario, keep=True,
            progress=progress, on_compile=announce_compile,
        )  # fmt: skip
    data = result.joint(**options)
    if as_json:
        click.echo(joint_json(data), nl=False)
    else:
        width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
        click.echo(render_joint(data, width=width), nl=False)
    if plot is not None:
        data.plot(plot)
        click.echo(f"wrote {plot}", err=True)
