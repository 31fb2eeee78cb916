"""``simcost sensitivity``: shares of the variance."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw, group_option, groups_of, show
from simcost.cli.options import Count


@click.command(short_help="What drives it: each input's share of the variance.")
@analysis_options
@click.option(
    "--walks",
    type=Count(),
    default=32_768,
    show_default=True,
    help="For totals and Shapley effects, each inputs + 1 evaluations; 0 for none.",
)
@group_option
def sensitivity(
    model: Path,
    as_json: bool,
    plot: Path | None,
    top: int,
    walks: int,
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    **options: Any,
) -> None:
    """Show each input's share of the variance of an output of MODEL.

    First order: what it explains alone. Total: alone and together with others. Shapley: its fair
    share, which adds up to 1, with correlated inputs too. Delta: how far knowing it moves the whole
    distribution.

    \b
    Examples
      simcost sensitivity project.toml --output duration
      simcost sensitivity project.toml --draws 1e6 --walks 1e5 --group labour=wage,rate
    """  # noqa: D301 - click reads the control character
    own = {"walks": walks, "groups": groups_of(groups)}
    result, output = draw(model, plot, options, "sensitivity", own)
    show(result.sensitivity(output, **own), as_json=as_json, plot=plot, top=top)
