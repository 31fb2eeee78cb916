"""``simcost rare``: the chance of ruin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw
from simcost.cli.answers import answer

SCOUTS = 10_000  # outcomes of the run that only shows that the model can be drawn


@click.command(short_help="The chance of ruin: outcomes that a plain run hardly ever sees.")
@analysis_options
@click.option("--above", type=float, required=True, help="The level, in the output's unit.")
@click.option(
    "--replicates", type=int, default=8, show_default=True, help="Independent repetitions."
)
def rare(
    model: Path,
    above: float,
    replicates: int,
    as_json: bool,
    top: int,
    **options: Any,
) -> None:
    """Estimate the chance that an output of MODEL exceeds a level, down to 1e-9.

    --draws are those of each replicate. Nothing is printed where the replicates, or plain
    outcomes, contradict the estimate.

    \b
    Examples
      simcost rare project.toml --above 5e6
      simcost rare project.toml --output duration --above 60
    """  # noqa: D301 - click reads the control character
    from simcost.report.rare import render_rare

    draws = options["draws"]
    options["draws"] = min(draws, SCOUTS)
    result, output = draw(model, None, options)
    data = result.rare(output, above=above, draws=draws, replicates=replicates)
    answer(data, render_rare, as_json=as_json, top=top)


# A chance is read, not drawn.
rare.params = [one for one in rare.params if one.name != "plot"]
