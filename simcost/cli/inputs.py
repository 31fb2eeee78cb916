"""``simcost inputs``: the catalogue of sourced inputs."""

from __future__ import annotations

import json

import click

from simcost.cli.options import json_option


@click.command(short_help="The catalogue of sourced inputs.")
@click.argument("word", default="")
@json_option
def inputs(word: str, as_json: bool) -> None:
    """List the catalogue, search it for WORD, or show the entry named WORD.

    \b
    Examples
      simcost inputs
      simcost inputs gpu
      simcost inputs labelling/label_rate
    """  # noqa: D301 - click reads the control character
    from simcost.catalogue import load_catalogue
    from simcost.report.catalogue import entry_dict, entry_page, entry_table

    catalogue = load_catalogue()
    if word in catalogue.names():
        entry = catalogue.get(word)
        click.echo(
            json.dumps(entry_dict(entry), indent=2, ensure_ascii=False)
            if as_json
            else entry_page(entry)
        )
        return
    found = catalogue.search(word)
    if not found:
        catalogue.get(word)  # raises, with near names
    if as_json:
        click.echo(json.dumps([entry_dict(one) for one in found], indent=2, ensure_ascii=False))
    else:
        click.echo(entry_table(found))
