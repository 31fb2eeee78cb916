"""A progress bar on standard error, on a terminal, for runs long enough to need one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

WORTH_A_BAR = 2_000_000  # outcomes; fewer are drawn before a bar could be read


def announce_compile() -> None:
    """Say why the first large run on a computer takes longer."""
    click.echo("compiling the machine, once for this computer …", err=True)


@contextmanager
def progress_bar(draws: int) -> Iterator[Callable[[int, int], None] | None]:
    """Yield a callback for `Settings.progress`, or None where nobody would see the bar.

    Parameters
    ----------
    draws : int
        Number of outcomes asked for.
    """
    if draws < WORTH_A_BAR or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), "outcomes", TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("drawing", total=draws)

        def advance(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        yield advance
