"""From a table to its shape, with pydantic's errors put into words."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import Shape
from simcost.modelfile.wording import brief, did_you_mean, is_number, kind, unquoted

S = TypeVar("S", bound=Shape)

_EXPECTED = {
    "string_type": "text",
    "float_type": "a number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "list_type": "a list",
    "dict_type": "a table",
}
_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def validate(
    reading: Reading,
    shape: type[S],
    table: Mapping[str, Any],
    path: KeyPath,
    also: Iterable[str] = (),
) -> S | None:
    """Check a table against its shape.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    shape : type
        The shape.
    table : mapping
        What the file says.
    path : tuple
        Where it says it.
    also : iterable of str
        Keys that are checked elsewhere but may be meant by a misspelt one.

    Returns
    -------
    Shape or None
        None when there was a problem.
    """
    try:
        return shape.model_validate(table)
    except ValidationError as error:
        reported: set[KeyPath] = set()
        for details in error.errors(include_url=False, include_context=True):
            # A union complains once for each of its members, at a made-up path.
            where = _real(details["loc"], table)
            if where not in reported:
                reported.add(where)
                _report(reading, shape, details, (*path, *where), also)
        return None


def _real(loc: tuple[int | str, ...], table: Any) -> KeyPath:
    """Cut from pydantic's path what is not a key of the file."""
    real: list[int | str] = []
    for key in loc:
        if isinstance(table, dict) and key in table:
            table = table[key]
        elif isinstance(table, list) and isinstance(key, int) and key < len(table):
            table = table[key]
        elif real:
            break
        real.append(key)
    return tuple(real)


def _report(
    reading: Reading,
    shape: type[Shape],
    details: ErrorDetails,
    path: KeyPath,
    also: Iterable[str],
) -> None:
    kind_of_error, key = details["type"], str(path[-1])
    if kind_of_error == "missing":
        if key not in reading.lost:
            reading.add(path[:-1], f"{key} is missing", _example(shape, key), on_key=True)
    elif kind_of_error == "extra_forbidden":
        reading.add(path, *unknown(key, [*_fields(shape), *also]), on_key=True)
    else:
        reading.add(path, *_wrong(shape, details, path))


def unknown(key: str, known: Iterable[str]) -> tuple[str, str]:
    """Return message and fix for a key that does not exist."""
    return f'unknown key "{brief(key)}"', did_you_mean(key, known, "Possible here")


def _wrong(shape: type[Shape], details: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    kind_of_error, value = details["type"], details["input"]
    context = details.get("ctx", {})
    key = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    fix = _example(shape, key)
    if kind_of_error in _EXPECTED:
        expected = "text or a table" if key == "source" else _EXPECTED[kind_of_error]
        if expected == "text" and is_number(value):
            fix = f'Put it in quotes: "{value}"'
        return f"{key} is {kind(value)}, not {expected}", unquoted(value) or fix
    if kind_of_error in _BOUNDS:
        bound, words = _BOUNDS[kind_of_error]
        return f"{key} is {brief(value)}, but must be {words} {context[bound]:g}", fix
    if kind_of_error == "literal_error":
        known = _choices(shape, key)
        return f"{key} is {json.dumps(brief(value))}", did_you_mean(str(value), known)
    if kind_of_error in ("too_short", "too_long"):
        return f"{key} needs two values, not {len(value)}", fix
    if kind_of_error == "string_too_short":
        return f"{key} is empty", fix
    if kind_of_error == "finite_number":
        return f"{key} is {value}, which is not a usable number", fix
    return f"{key}: {details['msg']}", fix


def _fields(shape: type[Shape]) -> dict[str, Any]:
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def _choices(shape: type[Shape], key: str) -> list[str]:
    schema = shape.model_json_schema()["properties"][key]
    options = schema.get("enum") or [
        choice for part in schema.get("anyOf", []) for choice in part.get("enum", [])
    ]
    return [str(option) for option in options]


def _example(shape: type[Shape], key: str) -> str:
    field = _fields(shape).get(key)
    if field is None or not field.examples:
        return ""
    return f"For example: {key} = {toml(field.examples[0])}"


def toml(value: Any) -> str:
    """Write a value as TOML on one line."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)
