"""``simcost schema``: the model file's grammar for editors."""

from __future__ import annotations

import json

import click


@click.command(short_help="The JSON Schema of model files, for editors.")
def schema() -> None:
    """Print the JSON Schema of model files, for completion and checks in an editor."""
    from simcost.modelfile.schema import json_schema

    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
