"""``simcost tornado``: how far each input moves a statistic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.analyses import analysis_options, draw, group_option, groups_of, show


@click.command(short_help="What drives it: how far each input moves a statistic.")
@analysis_options
@click.option(
    "--statistic",
    default="mean",
    show_default=True,
    help="mean, P90 (any percentile), CVaR90, or overrun with --budget.",
)
@click.option(
    "--method",
    "methods",
    default="conditional",
    show_default=True,
    help="conditional, swing, regression, rank or gate; several, with commas, are compared.",
)
@click.option("--bins", type=int, default=10, show_default=True, help="Equal bins of each input.")
@click.option("--budget", type=float, help="Of --statistic overrun: the amount to exceed.")
@click.option(
    "--gates-at",
    type=click.Choice(["pass", "fail", "expected"]),
    default="pass",
    show_default=True,
    help="Where gates stand in a swing.",
)
@click.option("--spider", is_flag=True, help="The statistic along each input's percentiles.")
@group_option
def tornado(
    model: Path,
    methods: str,
    spider: bool,
    as_json: bool,
    plot: Path | None,
    top: int,
    groups: tuple[tuple[str, tuple[str, ...]], ...],
    **options: Any,
) -> None:
    """Show what drives an output of MODEL: a bar for each input.

    \b
    Methods
      conditional  the statistic where the input is in its lowest and in its highest tenth
      swing        the output at the input's P10 and P90, all others at their medians
      regression   standardised regression coefficients
      rank         rank correlations, and the contribution to variance made of them
      gate         the statistic where a gate passes and where it fails
    \b
    Examples
      simcost tornado project.toml --statistic P90
      simcost tornado project.toml --output emissions --method swing --gates-at expected
      simcost tornado project.toml --method conditional,swing,rank
    """  # noqa: D301 - click reads the control character
    names = [name.strip() for name in methods.split(",") if name.strip()]
    if len(names) > 1 and spider:
        raise click.UsageError("--spider shows one method, not several")
    question = {name: options.pop(name) for name in ("statistic", "bins", "budget", "gates_at")}
    own = {**question, "groups": groups_of(groups)}
    analysis = "spider" if spider else "comparison" if len(names) > 1 else "tornado"
    own |= {"methods": names} if analysis == "comparison" else {"method": methods.strip(" ,")}
    result, output = draw(model, plot, options, analysis, own)
    show(getattr(result, analysis)(output, **own), as_json=as_json, plot=plot, top=top)
