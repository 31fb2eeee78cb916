"""``simcost robustness``: what flips a decision."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from simcost.cli.options import (
    Count,
    change_options,
    force_option,
    load_changed,
    model_argument,
    scenario_option,
)
from simcost.cli.progress import announce_compile
from simcost.cli.questions import answer_options, show


@click.command(short_help="The smallest change of each assumption that flips a decision.")
@model_argument
@click.option("--budget", type=float, required=True, help="What is approved.")
@click.option(
    "--statistic", default="P80", show_default=True, help="What has to be at most the budget."
)
@click.option("--top", type=Count(), default=15, show_default=True, help="Assumptions to show.")
@answer_options
@scenario_option
@change_options
@force_option
def robustness(model: Path, top: int, as_json: bool, **options: Any) -> None:
    """Find how little each assumption of MODEL has to change for a decision to flip.

    The decision: approve if a statistic of the cost is at most the budget.

    \b
    Example
      simcost robustness project.toml --budget 150000 --statistic P80
    """  # noqa: D301 - click reads the control character
    from simcost.analyses.robustness import robustness as ask
    from simcost.report.seek import render_robustness

    loaded, scenario = load_changed(model, options)
    answer = ask(loaded, scenario=scenario, on_compile=announce_compile, **options)
    show(answer, partial(render_robustness, top=top), as_json=as_json)
