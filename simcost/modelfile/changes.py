"""One change of a scenario: ``wage = { scale = 1.2 }``."""

from __future__ import annotations

from typing import Any

from simcost.model.given import relative
from simcost.model.spec import Change
from simcost.modelfile.distributions import family_keys, read_distribution
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import CHANGES, ChangeShape
from simcost.modelfile.terms import read_number
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import is_number, kind

_HINT = (
    "Write { value = 5 }, { percentile = 90 }, { percentiles = [0, 10] }, { shift = -2 } "
    "or { scale = 0.8 }."
)


def read_change(reading: Reading, entry: Any, path: KeyPath) -> Change | None:
    """Return what is done to one target, None where that cannot be read.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    entry : Any
        What the file says.
    path : tuple
        Where it says it; its last key is the target.
    """
    if is_number(entry):
        number = read_number(reading, entry, path)
        return None if number is None else Change(value=number, where=path)
    if not isinstance(entry, dict):
        reading.add(path, f"{path[-1]} is {kind(entry)}, not a change", _HINT)
        return None
    before = reading.count
    table = {key: value for key, value in entry.items() if _is_distribution(key, value)}
    rest = {key: value for key, value in entry.items() if key not in table}
    shape = validate(reading, ChangeShape, rest, path, family_keys())
    given = [key for key in entry if key != "within" and (key in CHANGES or key in table)]
    for extra in given[1:]:
        message = f"{given[0]} and {extra} are given together"
        reading.add((*path, extra), message, "Keep one of them.", on_key=True)
    if not given and shape is not None:
        reading.add(path, f"nothing is said about {path[-1]}", _HINT, on_key=True)
    _check_percentiles(reading, shape, path)
    if "within" in table and len(table) == 1 and given:
        message = "within goes with a distribution"
        reading.add((*path, "within"), message, "Write the whole distribution.", on_key=True)
    distribution = None
    if table and len(given) == 1 and given[0] in table:
        distribution = read_distribution(reading, table, path)
    if shape is None or reading.count > before:
        return None
    if distribution is not None:
        return Change(distribution=distribution, where=path)
    change = _of_shape(shape, path)
    if change is None:
        message = f"shift = {shape.shift} leaves nothing"
        reading.add((*path, "shift"), message, "Write a share above -100%.")
    return change


def _of_shape(shape: ChangeShape, path: KeyPath) -> Change | None:
    low, high = shape.percentiles or (0.0, 0.0)
    shift, scale = shape.shift, shape.scale
    if isinstance(shift, str):
        scale, shift = relative(shift), None
        if scale is None or scale <= 0.0:
            return None
    return Change(
        value=shape.value,
        percentile=shape.percentile,
        percentiles=(low, high) if shape.percentiles else None,
        shift=shift,
        scale=scale,
        where=path,
    )


def _is_distribution(key: str, value: Any) -> bool:
    """Whether a key of a change belongs to a distribution written in full.

    ``percentiles`` is a band as a list and a family as a table.
    """
    if key == "percentiles":
        return isinstance(value, dict)
    return key == "within" or (key in family_keys() and key not in CHANGES)


def _check_percentiles(reading: Reading, shape: ChangeShape | None, path: KeyPath) -> None:
    if shape is None or shape.percentiles is None:
        return
    low, high = shape.percentiles
    if low >= high:
        order = "the same" if low == high else "in the wrong order"
        fix = f"Write percentiles = [{high:g}, {low:g}]." if low > high else "Leave a gap."
        reading.add(
            (*path, "percentiles"), f"the percentiles {low:g} and {high:g} are {order}", fix
        )
