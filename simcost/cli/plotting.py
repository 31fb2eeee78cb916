"""The options that draw a result: ``--plot FILE --figure scurve --output cost``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simcost.cli.options import F

if TYPE_CHECKING:
    from simcost.model.compile import Compiled
    from simcost.result import Result

# Written here, since to ask the figures would import matplotlib; a test compares.
FIGURES = ("scurve", "histogram", "waterfall", "convergence")
_ADDED = {"success": ("attempts",), "portfolio": ("successes",)}  # outputs by view


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure that was asked for, and can be written.

    Parameters
    ----------
    path : Path
        Where.
    figure : str
        One of `FIGURES`.
    output : str or None
        Of what; None for the cost or the first output.
    """

    path: Path
    figure: str
    output: str | None

    def write(self, result: Result, budget: float | None) -> None:
        """Draw the result and say where."""
        from simcost.report.figures import draw

        options: dict[str, Any] = {"output": self.output}
        if self.figure == "scurve" and budget is not None and self.output in (None, "cost"):
            options["budget"] = budget
        draw(result, self.path, self.figure, **options)
        click.echo(f"wrote {self.path}", err=True)


def plot_options(command: F) -> F:
    """Add the options."""
    for option in (
        click.option("--output", metavar="NAME", help="Output to draw, with --plot."),
        click.option(
            "--figure",
            type=click.Choice(FIGURES),
            help="What to draw, with --plot.  [default: scurve]",
        ),
        click.option(
            "--plot",
            type=click.Path(path_type=Path),
            help="Draw a figure to FILE.svg, .png or .pdf.",
        ),
    ):
        command = option(command)
    return command


def check_plot(
    plot: Path | None, figure: str | None, output: str | None, compiled: Compiled, per: str
) -> Plot | None:
    """Return what is to be drawn, after refusing what cannot be, before anything runs.

    Parameters
    ----------
    plot, figure, output
        The options.
    compiled : Compiled
        The model, under the scenario that is run.
    per : str
        The view.
    """
    if plot is None:
        for flag, value in (("--figure", figure), ("--output", output)):
            if value is not None:
                raise click.UsageError(f"{flag} goes with --plot FILE.svg")
        return None
    from simcost.report.figures import prepare
    from simcost.result.names import check_output

    prepare(plot)
    if output is not None:
        check_output(output, [*compiled.outputs, *_ADDED.get(per, ())])
    if figure == "waterfall":
        _check_waterfall(output or "cost", compiled, per)
    return Plot(plot, figure or FIGURES[0], output)


def _check_waterfall(output: str, compiled: Compiled, per: str) -> None:
    if per != "attempt":
        raise click.UsageError("--figure waterfall is drawn per attempt; leave out --per")
    spent = {label.partition(".")[2].removesuffix(" spent") for label in compiled.labels}
    possible = [name for name in ("cost", "emissions", "duration") if name in spent]
    if output not in possible:
        raise click.UsageError(
            f"--figure waterfall shows what stages spend; the model has no stages with {output}"
            + (f": write --output {' or '.join(possible)}" if possible else "")
        )
