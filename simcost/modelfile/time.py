"""``[time]``: periods, and how stages spend over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcost.errors import ModelError
from simcost.graph.profiles import UNIFORM, Profile, profile
from simcost.model.spec import TimeSpec
from simcost.model.stages import AUTOMATIC, TIMED
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import TimeShape
from simcost.modelfile.terms import read_term
from simcost.modelfile.validate import validate

_RATES = ("discount_rate", "escalation")


def read_time(reading: Reading, data: Mapping[str, Any]) -> TimeSpec | None:
    """Read the periods; with a mistake in them, what the stages sum to is broken too.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the names of outputs that cannot be trusted.
    data : mapping
        The whole file.
    """
    if "time" not in data:
        return None
    before = reading.count
    fix = 'Write [time] and below it unit = "month" and horizon = 24.'
    table = reading.table(data["time"], ("time",), fix)
    shape = (
        validate(reading, TimeShape, table, ("time",)) if isinstance(data["time"], dict) else None
    )
    rates = {key: read_term(reading, table.get(key), ("time", key)) for key in _RATES}
    if shape is None or reading.count > before:
        reading.broken.update({*AUTOMATIC, "period"})
        return None
    return TimeSpec(
        shape.unit,
        shape.horizon,
        **rates,
        compounding=shape.compounding,
        price_year=shape.price_year,
        start_year=shape.start_year,
    )


def read_profile(reading: Reading, value: Any, path: KeyPath) -> Profile:
    """Read how a stage spends over its time."""
    try:
        return profile(value)
    except ModelError as error:
        for problem in error.problems:
            reading.add((*path, *problem.path), problem.message, problem.fix)
        return UNIFORM


def automatic(name: str, data: Mapping[str, Any]) -> bool:
    """Return whether a model reports something of that name by itself."""
    time = data.get("time")
    said = time if isinstance(time, dict) else {}
    if not data.get("stages") or name not in AUTOMATIC:
        return False
    return name not in TIMED or TIMED[name] in said
