"""``[scenarios.NAME]``: named changes of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcost.model.spec import Change, InputSpec
from simcost.modelfile.correlations import check_is_input
from simcost.modelfile.distributions import family_keys, read_distribution
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import CHANGES, ChangeShape
from simcost.modelfile.terms import read_number
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import brief, did_you_mean, is_number, kind

_HINT = "Write { percentiles = [0, 10] }, { shift = -2 }, { scale = 0.8 } or { value = 5 }."


def read_scenarios(
    reading: Reading,
    section: Any,
    data: Mapping[str, Any],
    switches: Mapping[str, InputSpec] | None = None,
) -> dict[str, dict[str, Change]]:
    """Read the scenarios.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    section : Any
        What the file says under ``scenarios``.
    data : mapping
        The whole file, for the names of inputs.
    switches : mapping of str to InputSpec, optional
        The switches, by name; a scenario may choose.
    """
    switches = switches or {}
    fix = "Write [scenarios.NAME] and below it lines like wage = { scale = 1.2 }."
    scenarios: dict[str, dict[str, Change]] = {}
    for name, entries in reading.table(section, ("scenarios",), fix).items():
        path: KeyPath = ("scenarios", name)
        if not name.strip():
            reading.add(path, "the scenario has no name", fix, on_key=True)
        changes: dict[str, Change] = {}
        for key, entry in reading.table(entries, path, fix).items():
            if key in switches:
                choice = _choice(reading, entry, switches[key], (*path, key))
                changes |= {key: choice} if choice else {}
                continue
            check_is_input(reading, key, data, (*path, key), on_key=True)
            change = _change(reading, entry, (*path, key))
            if change is not None and key in data.get("inputs", ()):
                changes[key] = change
        scenarios[name] = changes
    return scenarios


def _choice(reading: Reading, entry: Any, switch: InputSpec, path: KeyPath) -> Change | None:
    if isinstance(entry, str) and entry in switch.choices:
        if entry not in switch.missing:
            return Change(value=float(switch.choices.index(entry) + 1))
        message = f"{path[-1]} is {entry}, but a figure for it is missing"
        reading.add(path, message, switch.missing[entry])
        return None
    fix = did_you_mean(entry if isinstance(entry, str) else "", switch.choices, "Its choices are")
    reading.add(path, f"{path[-1]} cannot be {brief(entry)}", fix)
    return None


def _change(reading: Reading, entry: Any, path: KeyPath) -> Change | None:
    if is_number(entry):
        number = read_number(reading, entry, path)
        return None if number is None else Change(value=number)
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
        return Change(distribution=distribution)
    low, high = shape.percentiles or (0.0, 0.0)
    return Change(
        value=shape.value,
        percentiles=(low, high) if shape.percentiles else None,
        shift=shape.shift,
        scale=shape.scale,
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
