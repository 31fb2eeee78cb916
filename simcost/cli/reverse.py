"""``simcost reverse``: what would have to be true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.answers import answer, answer_options
from simcost.cli.options import json_option, model_argument


@click.command(short_help="What would have to be true for the budget to break.")
@model_argument
@click.option(
    "--target",
    "targets",
    multiple=True,
    required=True,
    metavar="TEXT",
    help="What is to hold: 'P90 * 1.2', 'chance > 136750 = 30%'. Give several to hold together.",
)
@click.option(
    "--write-scenario",
    default="", metavar="NAME",
    help="Write the answer as a scenario of the model file, and run that.",
)  # fmt: skip
@answer_options
@json_option
def reverse(
    model: Path, targets: tuple[str, ...], write_scenario: str, as_json: bool, **options: Any
) -> None:
    """Find the least implausible change of MODEL's inputs for which a target holds.

    \b
    Examples
      simcost reverse project.toml --target "P90 * 1.2"
      simcost reverse project.toml --target "chance > 136750 = 30%" --write-scenario broken
      simcost reverse project.toml --target "P90 = 300000" --target "CVaR90 = 400000"
      simcost reverse project.toml --output duration --target "P50 = 12 month"
    """  # noqa: D301 - click reads the control character
    from simcost.modelfile import load
    from simcost.report.reverse import render_reverse

    loaded = load(model, force=options.pop("force"))
    if write_scenario and write_scenario in loaded.scenarios:
        raise click.UsageError(
            f"the model has a scenario {write_scenario!r} already; give another name"
        )
    answer(
        loaded,
        "reverse",
        render_reverse,
        as_json,
        **options,
        target=targets,
        write_scenario=write_scenario,
    )
