"""``[[stages]]``: the gated parts of a project, in order."""

from __future__ import annotations

from typing import Any

from simcost.model.spec import StageSpec
from simcost.model.stages import AUTOMATIC
from simcost.modelfile.reading import Reading
from simcost.modelfile.shapes import StageShape
from simcost.modelfile.terms import read_term
from simcost.modelfile.time import read_profile
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import kind

_FIGURES = ("cost", "duration", "emissions", "failure", "spent_at_failure", "salvage")


def read_stages(reading: Reading, section: Any) -> tuple[StageSpec, ...]:
    """Read the stages; with one of them broken, what they sum to is broken too.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the names of outputs that cannot be trusted.
    section : Any
        What the file says under ``stages``.
    """
    before = reading.count
    if not isinstance(section, list):
        hint = "Write [[stages]], in double brackets, once for each stage."
        reading.add(("stages",), f"stages is {kind(section)}, not a list of stages", hint)
        section = [section] if isinstance(section, dict) else []
    names: dict[str, int] = {}
    stages = [_stage(reading, entry, number, names) for number, entry in enumerate(section)]
    if reading.count > before or reading.lost & {"name", "profile", *_FIGURES}:
        reading.broken.update(AUTOMATIC)
    return tuple(stages)


def _stage(reading: Reading, entry: Any, number: int, names: dict[str, int]) -> StageSpec:
    path = ("stages", number)
    if not isinstance(entry, dict):
        fix = 'For example: { name = "data", cost = "hours * wage" }'
        reading.add(path, f"this stage is {kind(entry)}, not a table", fix)
        return StageSpec(str(number + 1))
    validate(reading, StageShape, entry, path)
    name = entry.get("name")
    if isinstance(name, str) and name in names:
        line = reading.line(("stages", names[name], "name"))
        message = f'two stages are called "{name}"; the other is in line {line}'
        reading.add((*path, "name"), message, "Give one of them another name.")
    elif isinstance(name, str):
        names[name] = number
    profile = read_profile(reading, entry.get("profile", "uniform"), (*path, "profile"))
    figures = {key: read_term(reading, entry.get(key), (*path, key)) for key in _FIGURES}
    # A stage with a mistake stays in the list: later problems count stages from the first.
    return StageSpec(
        name if isinstance(name, str) and name else str(number + 1), **figures, profile=profile
    )
