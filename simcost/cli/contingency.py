"""``simcost contingency``: what a budget above the base is made of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw, group_option, groups_of, show


@click.command(short_help="What a budget above the base is made of, in parts that add up.")
@analysis_options
@click.option(
    "--target",
    default="P80",
    show_default=True,
    help="The budget: a percentile, or CVaR90, the mean of the worst tenth.",
)
@click.option(
    "--base",
    default="mean",
    show_default=True,
    help="What it is above: mean, or medians (every input at its median, all gates passed).",
)
@click.option("--by", default="items", show_default=True, help="items of the sum, or inputs.")
@group_option
def contingency(
    model: Path,
    as_json: bool,
    plot: Path | None,
    top: int,
    target: str,
    base: str,
    by: str,
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    **options: Any,
) -> None:
    """Show what the contingency of MODEL, a budget less the base, is made of.

    \b
    Examples
      simcost contingency project.toml
      simcost contingency project.toml --target CVaR90 --by inputs
    """  # noqa: D301 - click reads the control character
    own = {"target": target, "base": base, "by": by, "groups": groups_of(groups)}
    result, output = draw(model, plot, options, "contingency", own)
    show(result.contingency(output, **own), as_json=as_json, plot=plot, top=top)
