"""Scenarios from elsewhere: a file of their own, or the command line."""

from __future__ import annotations

import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simcost.errors import ModelError, Problem
from simcost.model import Model, ModelSpec, Scenario
from simcost.model.spec import InputSpec
from simcost.modelfile.document import Document, read_document
from simcost.modelfile.locate import Found, locate
from simcost.modelfile.nonfinite import report_nonfinite
from simcost.modelfile.read import in_order, load
from simcost.modelfile.reading import Reading
from simcost.modelfile.scenarios import read_scenarios
from simcost.modelfile.syntax import parse_toml

_SETTING = "--set"
_HOW = "Write NAME.WHAT=NUMBER, such as wage.scale=1.3, wage=15 or pilot.failure=0.5."


def load_stressed(
    path: str | Path,
    *,
    stress: str | Path | None = None,
    settings: Sequence[str] = (),
    scenario: str = "",
    force: bool = False,
    switch: Mapping[str, str] | None = None,
) -> tuple[Model, str]:
    """Read a model, the scenarios of a stress file, and changes from the command line.

    Parameters
    ----------
    path : str or Path
        The model file.
    stress : str or Path, optional
        A file with nothing but ``[scenarios.NAME]``.
    settings : sequence of str
        Changes such as ``wage.scale=1.3``, all of one scenario.
    scenario : str
        The scenario that they are made on top of; empty for the model as declared.
    force : bool
        Accept a repair of contradictory correlations of any size.
    switch : mapping of str to str, optional
        A choice for each switch that is to be set.

    Returns
    -------
    Model
        With all the scenarios.
    str
        The scenario asked for: the given one, or what its name and the settings make together.

    Raises
    ------
    ModelError
        With every problem of the file in which there are any.
    UsageError
        For a switch or a choice that the model does not have.
    FileError
        When a file cannot be read.
    """
    model = load(path, force=force)
    if switch:
        model = model.switched(**switch)
    if stress is not None:
        model = with_stress_file(model, stress)
    return with_settings(model, settings, scenario) if settings else (model, scenario)


def with_stress_file(model: Model, path: str | Path) -> Model:
    """Return a model with the scenarios of a stress file added.

    Raises
    ------
    ModelError
        With every problem of the stress file.
    FileError
        When it cannot be read.
    """
    toml = parse_toml(read_document(path))
    if toml.data is None:
        raise ModelError(in_order(toml.problems))
    reading = Reading(toml.document, lost=frozenset(toml.broken))
    section = toml.data.get("scenarios", {})
    found = read_scenarios(reading, section, _names(model.spec), _switches(model.spec))
    for key in toml.data:
        if key != "scenarios":
            fix = "A stress file holds [scenarios.NAME] and nothing else."
            reading.add((key,), f"{key} does not belong here", fix, on_key=True)
    for name in found:
        if name in model.scenarios:
            message = f"the model has a scenario {name} already"
            reading.add(("scenarios", name), message, "Choose another name.", on_key=True)
    if not section and not reading.count:
        fix = "Write [scenarios.NAME] and below it lines like wage = { scale = 1.2 }."
        reading.add((), "there are no scenarios in this file", fix)
    report_nonfinite(reading, toml.data)
    return _extended(model, found, reading, toml.problems)


def with_settings(model: Model, settings: Sequence[str], scenario: str = "") -> tuple[Model, str]:
    """Return a model with a scenario of changes such as ``wage.scale=1.3``, and its name.

    Parameters
    ----------
    model : Model
        The model.
    settings : sequence of str
        Each a key and a value as in a scenario of a model file; text needs no quotes.
    scenario : str
        The scenario that is changed further.

    Raises
    ------
    ModelError
        With every problem of the settings.
    """
    name = " ".join([*[scenario] * bool(scenario), *(f"--set {shlex.quote(s)}" for s in settings)])
    lines = [_as_toml(one) for one in settings]
    _check_twice(lines)
    header = f"[scenarios.{_quoted(name)}]"
    document = Document("\n".join([header, *lines]), _SETTING)
    toml = parse_toml(document)
    if toml.data is None or toml.problems:
        raise ModelError([_plain(problem) for problem in in_order(toml.problems)])
    reading = Reading(toml.document)
    section = toml.data["scenarios"]
    found = read_scenarios(reading, section, _names(model.spec), _switches(model.spec))
    report_nonfinite(reading, toml.data)
    made = found[name]
    if scenario:
        if scenario not in model.scenarios:
            model.compiled(scenario)  # says what there is
        made = replace(made, extends=(scenario, *made.extends))
    try:
        return _extended(model, {name: made}, reading, []), name
    except ModelError as error:
        raise ModelError([_plain(problem) for problem in error.problems]) from None


def _extended(
    model: Model, found: Mapping[str, Scenario], reading: Reading, problems: Sequence[Problem]
) -> Model:
    located = [locate(reading.document, one) for one in reading.findings.found]
    problems = [*problems, *located]
    extended = model
    try:
        extended = model.extended(found)
    except ModelError as error:
        places = (Found(problem) for problem in error.problems)
        problems += [locate(reading.document, place) for place in places]
    if problems:
        raise ModelError(in_order(problems))
    return extended


def _names(spec: ModelSpec) -> dict[str, Any]:
    """Return what a file of the model would say, as far as names go."""
    return {
        "inputs": dict(spec.inputs),
        "quantities": dict(spec.quantities),
        "outputs": dict(spec.outputs),
        "stages": [{"name": stage.name} for stage in spec.stages],
    }


def _switches(spec: ModelSpec) -> dict[str, InputSpec]:
    """Return the switches of the model, by name."""
    return {name: one for name, one in spec.inputs.items() if one.choices}


def _as_toml(setting: str) -> str:
    """Return ``wage.shift = "10%"`` of ``wage.shift=10%``: a shell takes the quotes away."""
    if "\n" in setting or "\r" in setting:
        raise ModelError([Problem(f"{setting!r} is more than one line", _HOW, file=_SETTING)])
    key, equals, value = setting.partition("=")
    if not equals or not key.strip() or not value.strip():
        raise ModelError([Problem(f"{setting!r} changes nothing", _HOW, file=_SETTING)])
    try:
        tomllib.loads(f"value = {value}")
    except tomllib.TOMLDecodeError:
        value = _quoted(value.strip())
    return f"{key}={value}"


def _check_twice(lines: Sequence[str]) -> None:
    keys = [line.partition("=")[0].strip() for line in lines]
    for number, key in enumerate(keys):
        if key in keys[:number]:
            what = f"{key} is set twice; the first time by setting {keys.index(key) + 1}"
            raise ModelError([Problem(what, "Keep one of them.", file=_SETTING, line=number + 1)])


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _plain(problem: Problem) -> Problem:
    """Return a problem without the header that the settings were read below."""
    path = problem.path[2:] if problem.path[:1] == ("scenarios",) else problem.path
    return replace(problem, path=path, line=max(problem.line - 1, 0))
