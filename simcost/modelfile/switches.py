"""``[switches]`` and formulas that depend on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simcost.families import Constant
from simcost.model.spec import InputSpec
from simcost.modelfile.names import read_name
from simcost.modelfile.places import Piece
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import SwitchShape
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import brief, did_you_mean, kind

_HINT = 'For example: accounting = ["location", "market"]'
_KEPT = ("switch", "unit", "published")


def read_switches(reading: Reading, section: Any) -> dict[str, InputSpec]:
    """Read the switches, each as a number that is fixed: that of its choice, from 1.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the names of broken switches.
    section : Any
        What the file says under ``switches``.
    """
    switches: dict[str, InputSpec] = {}
    for name, entry in reading.table(section, ("switches",), _HINT).items():
        path: KeyPath = ("switches", name)
        before = reading.count
        read_name(reading, name, path)
        if isinstance(entry, list):
            entry = {"choices": entry}
        if not isinstance(entry, dict):
            reading.add(path, f"{name} is {kind(entry)}, not a list of choices", _HINT)
            shape = None
        else:
            shape = validate(reading, SwitchShape, entry, path)
        if shape is not None:
            _check(reading, shape, path)
        if shape is None or reading.count > before:
            reading.broken.add(name)
            continue
        chosen = shape.choices.index(shape.default) if shape.default else 0
        switches[name] = InputSpec(
            Constant(float(chosen + 1)), note=shape.description, choices=tuple(shape.choices)
        )
    return switches


def _check(reading: Reading, shape: SwitchShape, path: KeyPath) -> None:
    for number, choice in enumerate(shape.choices):
        if not choice.isidentifier() or choice in _KEPT:
            fix = "Choices are letters, digits and underscores."
            reading.add(path, f'"{brief(choice)}" cannot be a choice', fix)
        elif choice in shape.choices[:number]:
            reading.add(path, f"the choice {choice} is given twice", "Keep one.")
    if shape.default and shape.default not in shape.choices:
        fix = did_you_mean(shape.default, shape.choices)
        reading.add((*path, "default"), f"{shape.default} is none of the choices", fix)


def check_defaults(reading: Reading, switches: Mapping[str, InputSpec]) -> None:
    """Report a choice that is made unless something else is said, but lacks a figure."""
    for name, declared in switches.items():
        if declared.chosen in declared.missing:
            message = f"{name} is {declared.chosen}, but a figure for it is missing"
            reading.add(("switches", name), message, declared.missing[declared.chosen])


def put_cases_together(
    reading: Reading, data: dict[str, Any], switches: dict[str, InputSpec]
) -> dict[str, Any]:
    """Return the file with each formula that depends on a switch as one formula.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the places of the cases.
    data : dict
        The whole file.
    switches : dict of str to InputSpec
        Gets, in `missing`, the choices that some formula has no case for.
    """
    changed = dict(data)
    for section in ("quantities", "outputs"):
        entries = data.get(section)
        if isinstance(entries, dict):
            changed[section] = {
                name: _together(reading, entry, (section, name), switches)
                if isinstance(entry, dict) and "switch" in entry
                else entry
                for name, entry in entries.items()
            }
    return changed


def _together(
    reading: Reading, entry: dict[str, Any], path: KeyPath, switches: dict[str, InputSpec]
) -> dict[str, Any]:
    rest = {key: entry[key] for key in entry if key in _KEPT[1:]}
    switch = entry["switch"]
    declared = switches.get(switch) if isinstance(switch, str) else None
    if declared is None:
        if switch not in reading.broken:
            fix = did_you_mean(str(switch), switches) or "Write [switches] and its choices."
            reading.add((*path, "switch"), f"there is no switch {brief(switch)}", fix)
        reading.broken.add(str(path[-1]))
        return {"formula": "0", **rest}
    cases = {key: value for key, value in entry.items() if key not in _KEPT}
    for key, value in cases.items():
        if key not in declared.choices:
            fix = did_you_mean(key, declared.choices, "Its choices are")
            reading.add((*path, key), f"{switch} cannot be {brief(key)}", fix, on_key=True)
        elif not isinstance(value, str):
            cases[key] = repr(value) if isinstance(value, int | float) else "0"
            if isinstance(value, bool) or cases[key] == "0":
                reading.add((*path, key), f"{key} is {kind(value)}, not a formula")
    given = [choice for choice in declared.choices if choice in cases]
    missing = {
        choice: _say(reading, path, choice) for choice in declared.choices if choice not in given
    }
    if missing:
        switches[switch] = _with_missing(declared, missing)
    if not given:
        reading.add(path, f"{path[-1]} has no formula", f'Write {declared.choices[0]} = "…".')
        reading.broken.add(str(path[-1]))
        return {"formula": "0", **rest}
    text = ""
    for choice in given:
        number = declared.choices.index(choice) + 1
        text = _add(reading, path, choice, cases[choice], text)
        text += f" if {switch} == {number} else " if choice != given[-1] else ""
    return {"formula": text, **rest}


def _add(reading: Reading, path: KeyPath, choice: str, case: str, text: str) -> str:
    start = len(text) + 1
    piece = Piece(start, start + len(case), (*path, choice))
    reading.places.pieces.setdefault(path, []).append(piece)
    return f"{text}({case})"


def _say(reading: Reading, path: KeyPath, choice: str) -> str:
    absent = reading.places.absent.get((*path, choice))
    return absent or f'Write {choice} = "…" in {".".join(str(key) for key in path)}.'


def _with_missing(declared: InputSpec, missing: Mapping[str, str]) -> InputSpec:
    return replace(declared, missing={**missing, **declared.missing})
