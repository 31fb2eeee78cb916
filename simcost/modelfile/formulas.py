"""``[quantities]`` and ``[outputs]``: named formulas."""

from __future__ import annotations

from typing import Any

from simcost.model.spec import FormulaSpec
from simcost.modelfile.distributions import family_keys
from simcost.modelfile.names import read_name
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import FormulaShape
from simcost.modelfile.terms import read_formula
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import is_number


def read_formulas(reading: Reading, section: Any, name: str) -> dict[str, FormulaSpec]:
    """Read a section of named formulas.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the names of broken formulas.
    section : Any
        What the file says.
    name : str
        ``quantities`` or ``outputs``.
    """
    fix = f'Write [{name}] and below it lines like total = "hours * wage".'
    formulas: dict[str, FormulaSpec] = {}
    for key, entry in reading.table(section, (name,), fix).items():
        before = reading.count
        read_name(reading, key, (name, key))
        spec = _formula(reading, entry, (name, key))
        if spec is None or reading.count > before:
            reading.broken.add(key)
        else:
            formulas[key] = spec
    return formulas


def _formula(reading: Reading, entry: Any, path: KeyPath) -> FormulaSpec | None:
    if not isinstance(entry, dict):
        text = read_formula(reading, entry, path)
        return None if text is None else FormulaSpec(text)
    families = [key for key in entry if key in family_keys()]
    if families and "formula" not in entry:
        fix = "Move it to [inputs]; only inputs have distributions."
        reading.add((*path, families[0]), f"{path[-1]} is an input", fix, on_key=True)
        return None
    shape = validate(reading, FormulaShape, entry, path)
    if shape is None or read_formula(reading, shape.formula, (*path, "formula")) is None:
        return None
    return FormulaSpec(shape.formula, shape.unit, _published(reading, shape.published, path))


def _published(reading: Reading, value: Any, path: KeyPath) -> tuple[float, ...]:
    if value is None:
        return ()
    figures = (value, value) if is_number(value) else tuple(value)
    if len(figures) != 2 or figures[0] > figures[1]:
        fix = "Write published = 552.1, or [41, 140] for a range."
        reading.add((*path, "published"), "published is a figure or a range", fix)
    return tuple(float(one) for one in dict.fromkeys(figures))
