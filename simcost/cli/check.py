"""``simcost check``: everything that is wrong in a model file, at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from simcost.cli.options import force_option, model_argument, stress_option
from simcost.errors import ModelError, Problem


@click.command(short_help="Every problem of a model, with its place.")
@model_argument
@force_option
@stress_option
def check(model: Path, force: bool, stress: Path | None) -> None:
    """Check MODEL without drawing anything; prints every problem with its place."""
    from simcost.modelfile import load_stressed

    loaded, _ = load_stressed(model, stress=stress, force=force)
    problems: list[Problem] = []
    for scenario in loaded.scenarios:
        try:
            loaded.compiled(scenario)
        except ModelError as error:
            problems += (replace(problem, file=str(model)) for problem in error.problems)
    if problems:
        raise ModelError(problems)
    compiled = loaded.compiled()
    parts = [
        f"{len(compiled.inputs) - len(loaded.switches)} inputs",
        *([f"{len(loaded.switches)} switches"] if loaded.switches else []),
        f"{len(compiled.quantities)} quantities",
        f"{len(compiled.stages)} stages",
        f"{len(compiled.outputs)} outputs",
        f"{len(loaded.scenarios)} scenarios",
    ]
    click.echo(f"{model}: ok ({', '.join(parts)})")
    for note in compiled.notes:
        click.echo(f"note: {note}", err=True)
