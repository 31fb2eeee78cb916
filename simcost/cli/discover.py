"""``simcost discover``: where the bad outcomes are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw
from simcost.cli.answers import answer


@click.command(short_help="Where it breaks: ranges of a few inputs that hold the bad outcomes.")
@analysis_options
@click.option("--above", metavar="LEVEL", help="Bad is above this: P90, or an amount.")
@click.option("--below", metavar="LEVEL", help="Bad is below this.")
@click.option("--boxes", type=int, default=3, show_default=True, help="Most boxes to look for.")
@click.option(
    "--inputs", type=int, default=4, show_default=True, help="Most inputs that a box restricts."
)
def discover(model: Path, as_json: bool, top: int, **options: Any) -> None:
    """Find ranges of a few of MODEL's inputs that hold most of its bad outcomes.

    The ranges are found on the outcomes drawn, and scored on as many fresh ones.

    \b
    Examples
      simcost discover project.toml --above P90
      simcost discover project.toml --output duration --above "12 month"
      simcost discover project.toml --output succeeded --below 1
    """  # noqa: D301 - click reads the control character
    from simcost.report.discover import render_discover

    if (options["above"] is None) == (options["below"] is None):
        raise click.UsageError("say what is bad: --above P90, --above 200000, or --below LEVEL")
    asked = {name: options.pop(name) for name in ("above", "below", "boxes", "inputs")}
    result, output = draw(model, None, options)
    data = result.discover(output, **asked)
    answer(data, render_discover, as_json=as_json, top=top)


# Boxes are read, not drawn.
discover.params = [one for one in discover.params if one.name != "plot"]
