"""Options and arguments that several commands share."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from simcost.model import Model

F = TypeVar("F", bound=Callable[..., Any])

_SUFFIXES = {"k": 10**3, "M": 10**6, "G": 10**9}


class Count(click.ParamType[int]):
    """A whole number, also written 1e6, 1_000_000 or 10M."""

    name = "integer"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number, or fail with what to write."""
        if isinstance(value, int):
            return value
        text = str(value).strip()
        factor = _SUFFIXES.get(text[-1:], 1)
        digits = text[:-1] if factor > 1 else text
        try:
            return int(digits) * factor
        except ValueError:
            pass
        try:
            number = float(digits) * factor
        except ValueError:
            number = math.nan
        if not math.isfinite(number) or number != int(number):
            self.fail(f"{value!r} is no whole number; write 100000, 1e5 or 10M", param, ctx)
        return int(number)


class Share(click.ParamType[float]):
    """A share of one, written 1% or 0.01."""

    name = "percent"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return the share, or fail with what to write."""
        if isinstance(value, float):
            return value
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = math.nan
        if not 0 < share < 1:
            self.fail(f"{value!r} is no share between 0% and 100%; write 1% or 0.01", param, ctx)
        return share


class Percentiles(click.ParamType[tuple[float, ...]]):
    """Percentiles separated by commas."""

    name = "percentiles"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Return them ascending, or fail with what to write."""
        if isinstance(value, tuple):
            return value
        try:
            numbers = sorted({float(part) for part in str(value).split(",")})
        except ValueError:
            numbers = [math.nan]
        if not all(0 < number < 100 for number in numbers):
            self.fail(
                f"{value!r} are no percentiles; write numbers between 0 and 100 as in 10,50,99.9",
                param,
                ctx,
            )
        return tuple(numbers)


class Choices(click.ParamType[tuple[str, str]]):
    """A switch and its choice, written accounting=market."""

    name = "switch"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Return both, or fail with what to write."""
        if isinstance(value, tuple):
            return value
        name, sign, choice = str(value).partition("=")
        if not (name.strip() and sign and choice.strip()):
            self.fail(f"{value!r} is no choice; write accounting=market", param, ctx)
        return name.strip(), choice.strip()


# Files are opened by simcost itself, so that every failure has the same words and exit code.
model_argument = click.argument("model", type=click.Path(path_type=Path))
seed_option = click.option(
    "--seed", type=Count(), default=0, show_default=True, help="Same seed, same numbers."
)
design_option = click.option(
    "--design",
    type=click.Choice(["random", "sobol", "lhs"]),
    default="random",
    show_default=True,
    help="How outcomes fill the space of chances.",
)
any_design_option = click.option(
    "--design",
    type=click.Choice(["random", "sobol", "lhs", "best"]),
    help="How outcomes fill the space of chances; best: sobol with exact gates.  [default: random; "
    "best with --precision]",
)
gates_option = click.option(
    "--gates",
    type=click.Choice(["sampled", "exact"]),
    help="Draw what fails, or count every outcome in all ways, weighted.  [default: sampled; exact "
    "with the best design]",
)
scenario_option = click.option(
    "--scenario", default="", metavar="NAME", help="Apply a named change of the model."
)
switch_option = click.option(
    "--switch",
    type=Choices(),
    multiple=True,
    metavar="NAME=CHOICE",
    callback=lambda ctx, param, pairs: dict(pairs),
    help="Choose a method the model has a switch for: accounting=market.",
)
set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="CHANGE",
    help="Change one thing: wage.scale=1.3, wage=15, pilot.failure=0.5. Repeatable.",
)
stress_option = click.option(
    "--stress",
    type=click.Path(path_type=Path),
    help="A file of further scenarios, [scenarios.NAME].",
)
force_option = click.option(
    "--force", is_flag=True, help="Accept contradictory correlations, repaired to the nearest ones."
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def change_options(command: F) -> F:
    """Add what else changes a model: `load_stressed` takes all of it, --scenario included."""
    return stress_option(set_option(switch_option(command)))


def load_changed(model: Path, options: dict[str, Any]) -> tuple[Model, str]:
    """Take what changes a model out of a command's options; return the model and its scenario."""
    from simcost.modelfile import load_stressed

    names = ("force", "settings", "stress", "switch", "scenario")
    return load_stressed(model, **{name: options.pop(name) for name in names})


def run_options(command: F) -> F:
    """Add the options that decide which numbers come out."""
    for option in (force_option, scenario_option, design_option, seed_option):
        command = option(command)
    return command


def draw_options(command: F) -> F:
    """Add the same, with all designs, for commands whose outcomes may carry weights."""
    for option in (force_option, scenario_option, any_design_option, seed_option):
        command = option(command)
    return command
