"""``simcost inputs``: the catalogue of sourced inputs."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import click

from simcost.cli.options import json_option


@click.command(short_help="The catalogue of sourced inputs.")
@click.argument("word", default="")
@click.option("--domain", default="", metavar="NAME", help="Only this domain: carbon, energy, ….")
@json_option
def inputs(word: str, domain: str, as_json: bool) -> None:
    """List the catalogue, search it for WORD, or show the entry or table named WORD.

    \b
    Examples
      simcost inputs
      simcost inputs gpu
      simcost inputs --domain carbon
      simcost inputs labelling/label_rate
      simcost inputs energy/grid
      simcost inputs "energy/grid[FR]"
    """  # noqa: D301 - click reads the control character
    from simcost.catalogue import load_catalogue
    from simcost.report.catalogue import entry_dict, entry_page, entry_table, row_table

    catalogue = load_catalogue()
    catalogue.require_domain(domain)
    if word in catalogue.names() or "[" in word:
        entry = catalogue.get(word)
        _say(entry_dict(entry), as_json, lambda: entry_page(entry))
        return
    if word in catalogue.tables:
        found = catalogue.rows(word)
        _say([entry_dict(one) for one in found], as_json, lambda: row_table(word, found))
        return
    entries, tables = catalogue.overview(word, domain)
    if not entries and not tables:
        if not domain:
            catalogue.get(word)  # raises, with near names
        raise click.UsageError(f"{domain} has no entry with {word!r}; leave out --domain")
    _say([entry_dict(one) for one in entries], as_json, lambda: entry_table(entries, tables, word))


def _say(data: Any, as_json: bool, text: Callable[[], str]) -> None:
    click.echo(json.dumps(data, indent=2, ensure_ascii=False) if as_json else text())
