"""What the commands of the analyses share."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simcost.cli.options import (
    Count,
    change_options,
    json_option,
    load_changed,
    model_argument,
    run_options,
)
from simcost.cli.progress import announce_compile, progress_bar

if TYPE_CHECKING:
    from simcost.result import Result

F = TypeVar("F", bound=Callable[..., Any])


PICTURES = (".svg", ".png", ".pdf")


class Group(click.ParamType[tuple[str, tuple[str, ...]]]):
    """Inputs under one name, written labour=staff_wage,dev_rate."""

    name = "name=inputs"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, tuple[str, ...]]:
        """Return name and inputs, or fail with what to write."""
        if isinstance(value, tuple):
            return value
        name, sign, members = str(value).partition("=")
        inputs = tuple(part.strip() for part in members.split(",") if part.strip())
        if not sign or not name.strip() or not inputs:
            self.fail(f"{value!r} is no group; write labour=staff_wage,dev_rate", param, ctx)
        return name.strip(), inputs


class Picture(click.ParamType[Path]):
    """A file that a figure can be written to."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Return the path, or fail with the formats that there are."""
        path = Path(value)
        if path.suffix.lower() not in PICTURES:
            self.fail(f"figures are written as {', '.join(PICTURES)}, not as {path}", param, ctx)
        return path


def analysis_options(command: F) -> F:
    """Add the options that every analysis has."""
    options = (
        click.option("--top", type=click.IntRange(1), default=15, show_default=True,
                     help="Bars to print; JSON and figures have all."),
        click.option("--plot", type=Picture(), help="Draw them to FILE.svg, .png or .pdf."),
        json_option,
        change_options,
        run_options,
        click.option("--draws", type=Count(), default=100_000, show_default=True,
                     help="Outcomes to draw: 1e6, 10M."),
        click.option("--output", metavar="NAME",
                     help="Which output.  [default: cost, or the first there is]"),
        model_argument,
    )  # fmt: skip
    for option in options:
        command = option(command)
    return command


group_option = click.option(
    "--group", "groups", type=Group(), multiple=True, help="Show inputs as one: labour=wage,rate."
)


def draw(
    model: Path,
    plot: Path | None,
    options: dict[str, Any],
    analysis: str = "",
    own: Mapping[str, Any] | None = None,
) -> tuple[Result, str]:
    """Run a model; return its result and the output asked for.

    Parameters
    ----------
    model : Path
        The model file.
    plot : Path or None
        Where the figure will go.
    options : dict
        Those of the command that decide what is drawn.
    analysis : str
        What will be asked of the result, of those that know before the run what they refuse.
    own : mapping of str to object
        The options of the analysis; what makes no sense is refused before the run, not after.
    """
    from simcost.result.names import check_output

    if plot is not None:
        from simcost.report.figures import prepare

        prepare(plot)
    loaded, scenario = load_changed(model, options)
    plan = loaded.plan(scenario)
    names = list(plan.outputs)
    output = options.pop("output") or ("cost" if "cost" in names else names[0])
    check_output(output, names)
    if analysis:
        from simcost.analyses import refuse_early

        refuse_early(analysis, plan, output, options["draws"], options["design"], **(own or {}))
    with progress_bar(options["draws"]) as progress:
        result = loaded.run(
            **options, scenario=scenario, keep=None, progress=progress, on_compile=announce_compile
        )
    return result, output


def show(data: Any, *, as_json: bool, plot: Path | None, top: int) -> None:
    """Print an analysis, and draw it where asked.

    Parameters
    ----------
    data : xarray.Dataset
        The analysis.
    as_json : bool
        Whether to print JSON.
    plot : Path or None
        Where to draw it.
    top : int
        Bars to print.
    """
    from simcost.report.analysis_json import analysis_json
    from simcost.report.bars import render_bars

    if plot is not None:
        data.plot(plot)
        click.echo(f"wrote {plot}", err=True)
    if as_json:
        click.echo(analysis_json(data), nl=False)
        return
    width = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 100
    click.echo(render_bars(data, width=width, top=top), nl=False)


def groups_of(groups: tuple[tuple[str, tuple[str, ...]], ...]) -> Mapping[str, tuple[str, ...]]:
    """Return groups by name.

    Raises
    ------
    UsageError
        When a name is given twice.
    """
    if len({name for name, _ in groups}) < len(groups):
        raise click.UsageError("--group: each group needs a name of its own")
    return dict(groups)
