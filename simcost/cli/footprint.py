"""``simcost footprint``: energy, emissions, water and money of a system or a project."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcost.cli.options import Count, change_options, json_option, run_options
from simcost.cli.progress import announce_compile

if TYPE_CHECKING:
    from simcost.model import Model
    from simcost.result import Result


@click.command(short_help="Energy, emissions, water and money beside published figures.")
@click.argument("model", default="", metavar="[EXAMPLE|MODEL]")
@click.option(
    "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw: 1e6, 10M."
)
@run_options
@change_options
@json_option
def footprint(
    model: str,
    draws: int,
    as_json: bool,
    seed: int,
    design: str,
    **changes: Any,
) -> None:
    """Print the footprint of MODEL, or of EXAMPLE, a published system; alone, the list of these.

    Emissions are shown by location, and by market where the model knows a contract.

    \b
    Examples
      simcost footprint
      simcost footprint gpt_3
      simcost footprint project.toml --switch costing=own
    """  # noqa: D301 - click reads the control character
    from simcost.modelfile import load_stressed, shipped_systems, system_file
    from simcost.report.footprint import footprint as rows_of
    from simcost.report.footprint import footprint_dict, footprint_text

    if not model:
        names = " ".join(shipped_systems())
        click.echo(textwrap.fill(f"Systems: {names}", 96, subsequent_indent="  "))
        return
    with system_file(model) as path:
        loaded, scenario = load_stressed(path or Path(model), **changes)

    def run(one: Model) -> Result:
        return one.run(
            draws, seed=seed, design=design, scenario=scenario, on_compile=announce_compile
        )

    rows, result = rows_of(loaded, run)
    if as_json:
        click.echo(json.dumps(footprint_dict(rows, result), indent=2, ensure_ascii=False))
        return
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    click.echo(footprint_text(rows, result, width))
    for note in (one for one in result.notes if not one.startswith("means ")):  # none is shown
        click.echo(textwrap.fill(f"Note:  {note}", width, subsequent_indent="       "))
