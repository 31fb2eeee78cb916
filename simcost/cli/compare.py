"""``simcost compare``: two versions of a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.options import force_option
from simcost.cli.progress import announce_compile
from simcost.cli.questions import answer_options, budget_option, quantiles_option, show


@click.command(short_help="Two versions of a model: what changed, and what it costs.")
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@answer_options
@force_option
@budget_option
@quantiles_option
@click.option(
    "--statistic",
    default="P90",
    show_default=True,
    help="Whose change is attributed: P80, mean, or overrun with --budget.",
)
def compare(before: Path, after: Path, force: bool, as_json: bool, **options: Any) -> None:
    """Compare the models BEFORE and AFTER on the same random numbers.

    \b
    Example
      simcost compare june.toml july.toml --statistic P80
    """  # noqa: D301 - click reads the control character
    from simcost.analyses.compare import compare as ask
    from simcost.modelfile import load
    from simcost.report.compare import render_compare

    old, new = (load(path, force=force) for path in (before, after))
    answer = ask(old, new, on_compile=announce_compile, **options)
    show(answer, render_compare, as_json=as_json)
