"""``[inputs]``: named uncertain quantities."""

from __future__ import annotations

from typing import Any

from simcost.catalogue import Entry, load_catalogue
from simcost.errors import ModelError
from simcost.families import Constant, Distribution, cut
from simcost.model.given import restated
from simcost.model.spec import InputSpec
from simcost.modelfile.distributions import families_with, family_keys, read_distribution
from simcost.modelfile.names import read_name
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import InputShape
from simcost.modelfile.terms import read_number
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import is_number, kind, listed

_EXAMPLES = (
    "Write a family, such as lognormal = { p10 = 1, p90 = 4 }, a fixed number: value = 5, "
    'or an entry of the catalogue: from = "labelling/label_rate".'
)


def read_inputs(reading: Reading, section: Any) -> dict[str, InputSpec]:
    """Read the inputs, one by one; a broken one does not hide problems of others.

    Parameters
    ----------
    reading : Reading
        Takes the problems and the names of broken inputs.
    section : Any
        What the file says under ``inputs``.
    """
    fix = "Write [inputs] and below it lines like wage = { normal = { mean = 20, sd = 3 } }."
    inputs: dict[str, InputSpec] = {}
    for name, entry in reading.table(section, ("inputs",), fix).items():
        before = reading.count
        read_name(reading, name, ("inputs", name))
        spec = _input(reading, entry, ("inputs", name))
        if spec is None or reading.count > before:
            reading.broken.add(name)
        else:
            inputs[name] = spec
    return inputs


def _input(reading: Reading, entry: Any, path: KeyPath) -> InputSpec | None:
    if is_number(entry):
        number = read_number(reading, entry, path)
        return None if number is None else InputSpec(Constant(number))
    if not isinstance(entry, dict):
        reading.add(path, f"{path[-1]} is {kind(entry)}, not an input", _not_an_input(entry))
        return None
    table = {key: entry[key] for key in entry if key in family_keys() or key == "within"}
    rest = {key: value for key, value in entry.items() if key not in table}
    if _family_was_forgotten(reading, table, rest, path):
        return None
    fields = validate(reading, InputShape, rest, path, (*family_keys(), "within"))
    if "from" in entry:
        return _from_catalogue(reading, fields, table, path)
    if not table or set(table) == {"within"}:
        if fields is not None:  # otherwise a misspelt family is the likely cause
            reading.add(path, f"{path[-1]} has no distribution", _EXAMPLES, on_key=True)
        return None
    distribution = _one_distribution(reading, table, path)
    if distribution is None or fields is None:
        return None
    return InputSpec(
        distribution=distribution,
        unit=fields.unit,
        basis=fields.basis or "",
        source=_source(fields.source),
        note=fields.note,
        money_year=fields.money_year,
    )


def _one_distribution(
    reading: Reading, table: dict[str, Any], path: KeyPath
) -> Distribution | None:
    given = [key for key in table if key != "within"]
    if len(given) < 2:
        return read_distribution(reading, table, path)
    for extra in given[1:]:
        reading.add(
            (*path, extra),
            f"{path[-1]} has {given[0]} and {extra}",
            "Keep one of them; mixture combines several.",
            on_key=True,
        )
    # What else is wrong with either is worth knowing at the same time.
    for key in given:
        read_distribution(reading, {key: table[key]}, path)
    return None


def _from_catalogue(
    reading: Reading, fields: InputShape | None, table: dict[str, Any], path: KeyPath
) -> InputSpec | None:
    own = _one_distribution(reading, table, path) if set(table) - {"within"} else None
    if fields is None:
        return None
    try:
        entry = load_catalogue().input(fields.origin)
    except ModelError as error:
        for problem in error.problems:
            reading.add((*path, "from"), problem.message, problem.fix)
        return None
    distribution = own
    if not table or set(table) == {"within"}:
        distribution = _restated(reading, entry, fields.unit, table, path)
    if distribution is None:
        return None
    return InputSpec(
        distribution=distribution,
        unit=fields.unit or entry.unit,
        basis=fields.basis or entry.basis,
        source=_source(fields.source) or entry.source,
        note=fields.note or entry.note,
        origin=fields.origin,
        money_year=fields.money_year or entry.money_year,
    )


def _restated(
    reading: Reading, entry: Entry, unit: str, table: dict[str, Any], path: KeyPath
) -> Distribution | None:
    """Return the law of an entry in the unit asked for, cut by a window in that unit."""
    try:
        distribution = restated(entry.distribution, entry.unit, unit or entry.unit, ())
    except ModelError as error:
        for problem in error.problems:
            reading.add((*path, "unit"), problem.message, problem.fix)
        return None
    if not table:
        return distribution
    try:
        return cut(distribution, table["within"])
    except ModelError as error:
        for problem in error.problems:
            reading.add((*path, *problem.path), problem.message, problem.fix)
        return None


def _family_was_forgotten(
    reading: Reading, table: dict[str, Any], rest: dict[str, Any], path: KeyPath
) -> bool:
    """Recognise ``{ low = 1, high = 2, unit = "h" }``: parameters without their family."""
    fields = {field.alias or name for name, field in InputShape.model_fields.items()}
    loose = [key for key in rest if key not in fields]
    meant = families_with(loose) if loose and not table else []
    if not meant:
        return False
    inside = ", ".join(f"{key} = …" for key in loose)
    others = f" (or {listed(meant[1:])})" if meant[1:] else ""
    reading.add(
        (*path, loose[0]),
        f"{listed(loose)} need the name of a family around them",
        f"Write {meant[0]} = {{ {inside} }}{others}.",
        on_key=True,
    )
    return True


def _not_an_input(entry: Any) -> str:
    if isinstance(entry, str):
        try:
            number = float(entry)
        except ValueError:
            return "A formula belongs in [quantities]. " + _EXAMPLES
        return f"Remove the quotes: {number:g}"
    return _EXAMPLES


def _source(source: str | dict[str, Any]) -> dict[str, Any]:
    """Return the source as a table; one given as text is a title."""
    return source if isinstance(source, dict) else {"title": source} if source else {}
