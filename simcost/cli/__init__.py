"""The command line. Results go to standard output, everything else to standard error.

Exit codes: 0 ok, 1 other errors of simcost, 2 usage, 3 model invalid, 5 refused for its size,
6 numerical failure, 74 input or output, 130 interrupted.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import click

from simcost.cli.commands import COMMANDS
from simcost.errors import FileError, ModelError, SimcostError

EXIT_INTERRUPTED = 130
FEW_LOOKS = 200_000  # objects made between two looks for garbage; Python's own is 700
# Not from the installed metadata: a plain checkout has none.
VERSION: str = import_module("simcost").__version__


class _Group(click.Group):
    """Lists its commands in the order of `COMMANDS`, the main job first."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a reader that has gone away is no failure (click calls it one)."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)


@click.group(
    cls=_Group,
    commands=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(VERSION, prog_name="simcost")
def cli() -> None:
    """Budget, emissions and duration of an AI project, with their uncertainty.

    Write the project down as a short file in which every input is a distribution, then:

    \b
      simcost init project.toml      a commented model to start from
      simcost run project.toml       P10/P50/P90 of what it will take
    """  # noqa: D301 - click reads the control character


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit.

    Parameters
    ----------
    arguments : sequence of str or None
        Without the program's name; None for those of the process.

    Raises
    ------
    SystemExit
        Always, with the exit code.
    """
    # Starting makes some hundred thousand objects that stay; looking through them for garbage again
    # and again takes a tenth of a short run.
    gc.set_threshold(FEW_LOOKS)
    try:
        code = cli.main(args=arguments, prog_name="simcost", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        click.echo("interrupted", err=True)
        code = EXIT_INTERRUPTED
    except KeyboardInterrupt:
        click.echo("interrupted", err=True)
        code = EXIT_INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except SimcostError as error:
        click.echo(_message(error), err=True)
        code = error.exit_code
    except BrokenPipeError:
        # The reader (head, less) has what it wanted. Python would complain again at shutdown.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        click.echo(f"error: {error.strerror or error}", err=True)
        code = FileError.exit_code
    except MemoryError:
        click.echo("error: out of memory; ask for fewer draws", err=True)
        code = 5
    sys.exit(code if isinstance(code, int) else 0)


def _message(error: SimcostError) -> str:
    if isinstance(error, ModelError) and len(error.problems) > 1:
        return f"{error}\n{len(error.problems)} problems"
    return str(error) if isinstance(error, ModelError) else f"error: {error}"
