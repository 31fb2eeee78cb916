"""``simcost stress``: what bad cases do, on the same random numbers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import click

from simcost.cli.options import (
    Count,
    Percentiles,
    change_options,
    force_option,
    model_argument,
)
from simcost.cli.progress import announce_compile
from simcost.cli.questions import (
    Render,
    answer_options,
    budget_option,
    plot_option,
    prepare,
    quantiles_option,
    show,
)


@click.command(short_help="What bad cases do, each against the model as declared.")
@model_argument
@answer_options
@plot_option
@click.option("--curves", is_flag=True, help="With --plot: S-curves instead of ranked bars.")
@click.option(
    "--scenario", "scenarios", multiple=True, metavar="NAME", help="Only this one. Repeatable."
)
@change_options
@force_option
@budget_option
@quantiles_option
@click.option(
    "--ladder",
    is_flag=False,
    flag_value="",
    metavar="[INPUTS]",
    help="Hold inputs at ever worse percentiles instead: all, or those named, a,b,c.",
)
@click.option(
    "--statistic",
    default="P90",
    show_default=True,
    help="With --ladder: P80, mean, or overrun with --budget.",
)
@click.option(
    "--severities",
    type=Percentiles(),
    default="50,75,90,95,99",
    show_default=True,
    help="With --ladder: how far in the bad direction.",
)
@click.option(
    "--top", type=Count(), default=15, show_default=True, help="With --ladder: inputs to show."
)
def stress(
    model: Path,
    ladder: str | None,
    scenarios: tuple[str, ...],
    as_json: bool,
    plot: Path | None,
    curves: bool,
    **options: Any,
) -> None:
    """Compare every scenario of MODEL with the model as declared, on the same random numbers.

    \b
    Examples
      simcost stress project.toml --budget 100000
      simcost stress project.toml --stress bad_cases.toml
      simcost stress project.toml --set wage.scale=1.3
      simcost stress project.toml --ladder
      simcost stress project.toml --ladder wage,samples --statistic P80
    """  # noqa: D301 - click reads the control character
    prepare(plot)
    from simcost.modelfile import load_stressed

    if curves and (plot is None or ladder is not None):
        raise click.UsageError("--curves goes with --plot, and not with --ladder")
    source = {key: options.pop(key) for key in ("stress", "settings", "force", "switch")}
    if source["settings"] and len(scenarios) > 1:
        raise click.UsageError("--set changes one scenario: name one, or none")
    before = scenarios[0] if len(scenarios) == 1 else ""
    loaded, changed = load_stressed(model, scenario=before, **source)
    options["on_compile"] = announce_compile
    climbing = {key: options.pop(key) for key in ("statistic", "severities", "top")}
    if ladder is None:
        names = _names(loaded.scenarios, scenarios, changed if source["settings"] else "")
        answer, render = _compare(loaded, names, options)
    elif len(scenarios) > 1:
        raise click.UsageError("a ladder starts from one scenario")
    else:
        answer, render = _climb(loaded, ladder, changed, options | climbing)
    show(answer, render, as_json=as_json, plot=plot, kind="stress_curves" if curves else None)


def _compare(model: Any, names: list[str], options: dict[str, Any]) -> tuple[Any, Render]:
    from simcost.analyses.stress import stress as compare
    from simcost.report.stress import render_stress

    return compare(model, scenarios=names, **options), render_stress


def _climb(model: Any, inputs: str, scenario: str, options: dict[str, Any]) -> tuple[Any, Render]:
    from simcost.analyses.ladder import ladder as climb
    from simcost.report.stress import render_ladder

    top = options.pop("top")
    del options["quantiles"]
    if options["statistic"].lower() != "overrun" and options["budget"] is not None:
        raise click.UsageError("with a ladder, --budget goes with --statistic overrun")
    names = [name.strip() for name in inputs.split(",") if name.strip()] or None
    answer = climb(model, inputs=names, scenario=scenario, **options)
    return answer, partial(render_ladder, top=top)


def _names(known: tuple[str, ...], asked: tuple[str, ...], changed: str) -> list[str]:
    """Return the scenarios to compare: those asked for, and what was set; else all."""
    if asked:
        return [*asked, *([changed] if changed else [])]
    return [changed] if changed else list(known)
