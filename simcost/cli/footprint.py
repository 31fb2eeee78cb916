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
from simcost.cli.progress import announce_compile, progress_bar

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
@click.option(
    "--equivalents", is_flag=True, help="Also print emissions as flights, cars and years of lives."
)
@json_option
def footprint(
    model: str,
    draws: int,
    equivalents: bool,
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
      simcost footprint architecture_search --scenario published --equivalents
      simcost footprint project.toml --switch costing=own
    """  # noqa: D301 - click reads the control character
    from simcost.modelfile import load_stressed, shipped_systems, system_file
    from simcost.report.equivalents import equivalents_json, measured_in_gas, render_equivalents
    from simcost.report.footprint import footprint as footprint_of
    from simcost.report.footprint import footprint_dict, footprint_text

    if not model:
        names = " ".join(shipped_systems())
        click.echo(textwrap.fill(f"Systems: {names}", 96, subsequent_indent="  "))
        return
    with system_file(model) as path:
        loaded, scenario = load_stressed(path or Path(model), **changes)
    if equivalents:  # refused before the run, not after
        outputs = loaded.compiled(scenario).outputs
        measured_in_gas({name: str(one.unit) for name, one in outputs.items()})

    def run(one: Model) -> Result:
        with progress_bar(draws) as progress:
            return one.run(
                draws, seed=seed, design=design, scenario=scenario,
                progress=progress, on_compile=announce_compile,
            )  # fmt: skip

    found = footprint_of(loaded, run)
    if as_json:
        more = {"equivalents": equivalents_json(found.result)} if equivalents else {}
        content = footprint_dict(found) | more
        click.echo(json.dumps(content, indent=2, ensure_ascii=False))
        return
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    click.echo(footprint_text(found, width), nl=False)
    if equivalents:
        click.echo(f"\n{render_equivalents(found.result, width)}", nl=False)
