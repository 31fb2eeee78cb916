"""``simcost explain``: the model as it was understood."""

from __future__ import annotations

from pathlib import Path

import click

from simcost.cli.options import force_option, model_argument, scenario_option, switch_option


@click.command(short_help="The model as it was understood.")
@model_argument
@scenario_option
@switch_option
@force_option
@click.option("--program", is_flag=True, help="Print the instructions that the machine executes.")
def explain(model: Path, scenario: str, switch: dict[str, str], force: bool, program: bool) -> None:
    """Show MODEL as it was understood: distributions, units, formulas, the program."""
    from simcost.modelfile import load
    from simcost.report.explain import explanation
    from simcost.run.engine import compile_plan

    loaded = load(model, force=force)
    loaded = loaded.switched(**switch) if switch else loaded
    if program:
        click.echo(compile_plan(loaded.plan(scenario)).listing(), nl=False)
        return
    click.echo(explanation(loaded, scenario))
