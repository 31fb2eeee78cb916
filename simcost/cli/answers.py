"""What the commands that analyse a run share: their options, the run, and how they answer."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from simcost.cli.options import Count, force_option, scenario_option, seed_option
from simcost.cli.progress import announce_compile, progress_bar

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option(
        "--output", default="cost", show_default=True, metavar="NAME", help="Which output."
    ),
    click.option(
        "--draws", type=Count(), default=100_000, show_default=True, help="Outcomes to draw."
    ),
    seed_option,
    scenario_option,
    force_option,
    click.option(
        "--plot", type=click.Path(path_type=Path), metavar="FILE",
        help="Draw the answer to FILE.svg, .png or .pdf.",
    ),
)  # fmt: skip


def answer_options(command: F) -> F:
    """Add the options of a command that asks a question of one output."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def answer(
    model: Any,
    question: str,
    render: Callable[[Any, int], str],
    as_json: bool,
    *,
    output: str,
    draws: int,
    seed: int,
    scenario: str,
    plot: Path | None,
    **asked: Any,
) -> None:
    """Run a model, ask a question of its result, and print the answer.

    Parameters
    ----------
    model : Model
        What is run.
    question : str
        Name of an analysis.
    render : callable
        Makes text of its Dataset, for a number of columns.
    as_json : bool
        Whether to print JSON instead.
    output, draws, seed, scenario
        Options of the run.
    plot : Path or None
        Where to draw it.
    **asked
        What the analysis is asked.
    """
    from simcost.report.records import to_json
    from simcost.result.names import check_output

    check_output(output, model.plan(scenario).outputs)  # before anything is drawn
    with progress_bar(draws) as progress:
        result = model.run(
            draws, seed=seed, scenario=scenario, progress=progress, on_compile=announce_compile
        )
    data = getattr(result, question)(output, **asked)
    if plot is not None:
        from simcost.report.figures import draw

        draw(data, plot)
        click.echo(f"wrote {plot}", err=True)
    if as_json:
        click.echo(to_json(data), nl=False)
        return
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    click.echo(render(data, width), nl=False)
