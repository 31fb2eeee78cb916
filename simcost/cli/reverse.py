"""``simcost reverse``: what would have to be true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw
from simcost.cli.answers import answer


@click.command(short_help="What would have to be true for the budget to break.")
@analysis_options
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
    default="",
    metavar="NAME",
    help="Write the answer as a scenario of the model file, and run that.",
)
def reverse(
    model: Path,
    targets: tuple[str, ...],
    write_scenario: str,
    as_json: bool,
    plot: Path | None,
    top: int,
    **options: Any,
) -> None:
    """Find the least implausible change of MODEL's inputs for which a target holds.

    \b
    Targets
      P90 * 1.2, P90 + 20%, P90 = 250000      a percentile of the output
      chance > 136750 = 30%                   the chance of an overrun
      P90 * 1.2 and CVaR90 * 1.1              two of them: give --target twice
      mean of min(cost, 500000 USD) * 1.1     of any formula; means of something bounded
      mean of score(samples) = 0.5            standard deviations up or down, whatever the law
    \b
    Examples
      simcost reverse project.toml --target "P90 * 1.2"
      simcost reverse project.toml --target "chance > 136750 = 30%" --write-scenario broken
      simcost reverse project.toml --output duration --target "P50 = 12 month"
    """  # noqa: D301 - click reads the control character
    from simcost.modelfile import load
    from simcost.report.reverse import render_reverse

    if write_scenario and write_scenario in load(model, force=options["force"]).scenarios:
        raise click.UsageError(
            f"the model has a scenario {write_scenario!r} already; give another name"
        )
    result, output = draw(model, plot, options)
    data = result.reverse(output, target=targets, write_scenario=write_scenario)
    answer(data, render_reverse, as_json=as_json, plot=plot, top=top)
