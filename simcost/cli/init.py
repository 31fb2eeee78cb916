"""``simcost init``: a commented model to start from."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import click

from simcost.errors import FileError


@click.command(short_help="A commented model to start from.")
@click.argument("file", type=click.Path(path_type=Path), default=Path("project.toml"))
@click.option("--force", is_flag=True, help="Replace an existing file.")
def init(file: Path, force: bool) -> None:
    """Write a commented model to FILE (project.toml), ready to run and to change."""
    text = files("simcost.modelfile").joinpath("template.toml").read_text(encoding="utf-8")
    try:
        with file.open("w" if force else "x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise FileError(f"{file} exists already; name another file, or add --force") from None
    except OSError as error:
        raise FileError(f"{file} cannot be written: {error.strerror}") from None
    click.echo(f"wrote {file}; now: simcost run {file}", err=True)
