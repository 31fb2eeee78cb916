"""Model files: TOML in, a model or all of its problems with their places out."""

from __future__ import annotations

from importlib.resources import files

from simcost.modelfile.read import load, parse, read
from simcost.modelfile.schema import json_schema
from simcost.modelfile.stress import load_stressed, with_settings, with_stress_file
from simcost.modelfile.systems import shipped_systems, system_file

__all__ = [
    "load",
    "load_stressed",
    "with_stress_file",
    "with_settings",
    "read",
    "parse",
    "json_schema",
    "template",
    "shipped_systems",
    "system_file",
]


def template() -> str:
    """Return a commented model file to start from; it runs as it is."""
    return (files("simcost.modelfile") / "template.toml").read_text(encoding="utf-8")
