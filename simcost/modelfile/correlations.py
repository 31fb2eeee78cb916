"""``[[correlations]]``: dependence between pairs of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simcost.model.spec import CorrelationSpec
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import MEASURES, CorrelationShape
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import brief, close_to, did_you_mean, kind, listed

_HINT = 'Write [[correlations]] and below it between = ["a", "b"] and spearman = 0.6.'


def read_correlations(
    reading: Reading, section: Any, data: Mapping[str, Any]
) -> dict[int, CorrelationSpec]:
    """Read the correlations; the result says which of them could be read, from 0.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    section : Any
        What the file says under ``correlations``.
    data : mapping
        The whole file, for the names of inputs.
    """
    return read_pairs(reading, section, data, ("correlations",))


def read_pairs(
    reading: Reading, section: Any, data: Mapping[str, Any], where: KeyPath
) -> dict[int, CorrelationSpec]:
    """Read correlations that stand at `where`; see `read_correlations`."""
    if not isinstance(section, list):
        reading.add(where, f"correlations is {kind(section)}, not a list", _HINT)
        section = [section] if isinstance(section, dict) else []
    pairs: dict[frozenset[str], KeyPath] = {}
    found = {
        number: _correlation(reading, entry, (*where, number), data, pairs)
        for number, entry in enumerate(section)
    }
    return {number: correlation for number, correlation in found.items() if correlation}


def _correlation(
    reading: Reading,
    entry: Any,
    path: KeyPath,
    data: Mapping[str, Any],
    pairs: dict[frozenset[str], KeyPath],
) -> CorrelationSpec | None:
    if not isinstance(entry, dict):
        reading.add(path, f"this correlation is {kind(entry)}, not a table", _HINT)
        return None
    before = reading.count
    shape = validate(reading, CorrelationShape, entry, path)
    _check_pair(reading, entry.get("between"), path, data, pairs)
    given = [measure for measure in MEASURES if measure in entry]
    if not given and not reading.lost & set(MEASURES):
        fix = f"Write one of {listed(MEASURES)}, for example spearman = 0.6."
        reading.add(path, "the correlation has no value", fix, on_key=True)
    for extra in given[1:]:
        message = f"{given[0]} and {extra} are given together"
        reading.add((*path, extra), message, "Keep one of them.", on_key=True)
    _check_df(reading, entry, path)
    if shape is None or not given or reading.count > before:
        return None
    first, second = shape.between
    value = float(getattr(shape, given[0]))
    where = path if path[0] == "scenarios" else ()
    return CorrelationSpec((first, second), given[0], value, shape.copula, shape.df, where)


def _check_df(reading: Reading, entry: Mapping[str, Any], path: KeyPath) -> None:
    is_t = entry.get("copula", "gaussian") == "t"
    if is_t and "df" not in entry and "df" not in reading.lost:
        message = "a t copula needs its degrees of freedom"
        reading.add((*path, "copula"), message, "Write df = 4, for example.")
    if "df" in entry and entry.get("copula", "gaussian") == "gaussian":
        fix = 'Remove it, or write copula = "t".'
        reading.add((*path, "df"), "df belongs to a t copula", fix, on_key=True)


def _check_pair(
    reading: Reading,
    between: Any,
    place: KeyPath,
    data: Mapping[str, Any],
    pairs: dict[frozenset[str], KeyPath],
) -> None:
    path = (*place, "between")
    if not isinstance(between, list) or not all(isinstance(name, str) for name in between):
        return
    for position, name in enumerate(between):
        check_is_input(reading, name, data, (*path, position))
    pair = frozenset(between)
    if len(between) == 2 and len(pair) == 1:
        message = f"{brief(between[0])} is correlated with itself"
        reading.add(path, message, "Name two different inputs.")
    elif len(between) == 2 and pair in pairs:
        line = reading.line((*pairs[pair], "between"))
        message = f"the correlation of {brief(between[0])} and {brief(between[1])} is given twice"
        reading.add(path, f"{message}; the first time in line {line}", "Keep one.")
    pairs.setdefault(pair, place)


def check_is_input(
    reading: Reading,
    name: str,
    data: Mapping[str, Any],
    path: KeyPath,
    *,
    on_key: bool = False,
    also: Iterable[str] = (),
) -> None:
    """Report a name that is not an input of the file; it may be a misspelling of `also`."""
    inputs = data.get("inputs")
    known = list(inputs) if isinstance(inputs, dict) else []
    if name in known or name in reading.lost:
        return
    for section in ("quantities", "outputs"):
        entries = data.get(section)
        if isinstance(entries, dict) and name in entries:
            message = f"{name} is computed, not an input"
            fix = "Correlations and scenarios are about inputs; name one that it is made of."
            reading.add(path, message, fix, on_key=on_key)
            return
    near = close_to(name, [*known, *also])
    fix = f"Did you mean {near}?" if near else did_you_mean(name, known, "The inputs are")
    reading.add(path, f"there is no input {brief(name)}", fix, on_key=on_key)
