"""``simcost replay``: one outcome with everything that led to it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click

from simcost.cli.options import (
    Count,
    change_options,
    draw_options,
    json_option,
    model_argument,
)


@click.command(short_help="One outcome with everything that led to it.")
@model_argument
@click.option("--outcome", type=Count(), required=True, help="Number of the outcome, from 0.")
@draw_options
@change_options
@click.option(
    "--pattern", help="Number or name of a pattern of the gates, for a run with --gates exact."
)
@json_option
def replay(
    model: Path,
    outcome: int,
    seed: int,
    design: str | None,
    pattern: str | None,
    as_json: bool,
    **changes: Any,
) -> None:
    """Show one outcome of MODEL: every input and intermediate figure, equal to the run's."""
    from simcost.modelfile import load_stressed

    loaded, scenario = load_stressed(model, **changes)
    design = design or "random"
    trace = loaded.replay(outcome, seed=seed, design=design, scenario=scenario, pattern=pattern)
    if as_json:
        values = {
            name: {"value": value if math.isfinite(value) else None, "unit": trace.units[name]}
            for name, value in trace.values.items()
        }
        click.echo(json.dumps({"outcome": outcome, "seed": seed, "values": values}, indent=2))
        return
    width = max(map(len, trace.values))
    click.echo(
        f"outcome {outcome:,} of {loaded.name} (seed {seed}, {design}"
        + f", {pattern}" * bool(pattern)
        + ")"
    )
    for name, value in trace.values.items():
        if name == trace.outputs[0]:
            click.echo("  " + "-" * width)
        click.echo(f"  {name:<{width}}  {value!r:>24} {trace.units[name]}".rstrip())
