"""``simcost seek``: what an assumption would have to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simcost.cli.options import (
    Share,
    change_options,
    force_option,
    load_changed,
    model_argument,
    scenario_option,
)
from simcost.cli.progress import announce_compile
from simcost.cli.questions import answer_options, show


class Target(click.ParamType[float]):
    """An amount, or a chance written 10%."""

    name = "amount"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the number, or fail with what to write."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        if text.endswith("%"):
            return float(Share().convert(text, param, ctx))
        try:
            return float(text)
        except ValueError:
            self.fail(f"{value!r} is no amount; write 100000, 1e5 or 10%", param, ctx)


@click.command(short_help="The value of an assumption at which a percentile meets a budget.")
@model_argument
@click.option(
    "--input",
    "input_",
    required=True,
    metavar="NAME",
    help="What is turned: wage, wage.scale, wage.percentile, pilot.failure, cap.",
)
@click.option("--target", type=Target(), required=True, help="What the statistic is to be.")
@click.option(
    "--statistic",
    default="P80",
    show_default=True,
    help="P80 or any percentile, mean, or overrun with --budget.",
)
@answer_options
@scenario_option
@change_options
@force_option
@click.option("--budget", type=float, help="With --statistic overrun: what is exceeded.")
def seek(model: Path, input_: str, as_json: bool, **options: Any) -> None:
    """Find the value of one assumption of MODEL at which a statistic meets a target.

    \b
    Examples
      simcost seek project.toml --input wage --target 100000
      simcost seek project.toml --input pilot.failure --statistic mean --target 80000
      simcost seek project.toml --input wage.scale --statistic overrun --budget 1e5 --target 10%
      simcost seek project.toml --input cap --target 250000
    """  # noqa: D301 - click reads the control character
    from simcost.analyses.seek import seek as ask
    from simcost.report.seek import render_seek

    loaded, scenario = load_changed(model, options)
    answer = ask(loaded, input=input_, scenario=scenario, on_compile=announce_compile, **options)
    show(answer, render_seek, as_json=as_json)
