"""``simcost explain``: the model as it was understood."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.options import change_options, force_option, model_argument, scenario_option


@click.command(short_help="The model as it was understood.")
@model_argument
@scenario_option
@force_option
@change_options
@click.option("--program", is_flag=True, help="Print the instructions that the machine executes.")
def explain(model: Path, program: bool, **changes: Any) -> None:
    """Show MODEL as it was understood: distributions, units, formulas, the program."""
    from simcost.modelfile import load_stressed
    from simcost.report.explain import explanation
    from simcost.run.engine import compile_plan

    loaded, scenario = load_stressed(model, **changes)
    if program:
        click.echo(compile_plan(loaded.plan(scenario)).listing(), nl=False)
        return
    click.echo(explanation(loaded, scenario))
