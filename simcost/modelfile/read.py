"""Reading a model file: text in, `ModelSpec` and every problem with its place out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from simcost.errors import ModelError, Problem
from simcost.model import Model, ModelSpec, compile_model
from simcost.model.compile import compile_spec
from simcost.modelfile.correlations import read_correlations
from simcost.modelfile.document import Document, clean, read_document
from simcost.modelfile.formulas import read_formulas
from simcost.modelfile.fragments import Fragment, as_model, check_shape
from simcost.modelfile.inputs import read_inputs
from simcost.modelfile.locate import Found, locate
from simcost.modelfile.names import check_unique
from simcost.modelfile.nonfinite import report_nonfinite
from simcost.modelfile.places import Places
from simcost.modelfile.reading import Reading
from simcost.modelfile.scenarios import read_scenarios
from simcost.modelfile.shapes import ModelShape
from simcost.modelfile.stages import read_stages
from simcost.modelfile.switches import check_defaults, put_cases_together, read_switches
from simcost.modelfile.syntax import parse_toml
from simcost.modelfile.time import read_time
from simcost.modelfile.uses import expand_uses
from simcost.modelfile.validate import unknown, validate
from simcost.modelfile.wording import brief


@dataclass(frozen=True, slots=True)
class _Parsed:
    spec: ModelSpec
    problems: list[Problem]
    document: Document
    correlations: tuple[int, ...] = ()  # which of the file's the spec holds
    places: Places = field(default_factory=Places)


SECTIONS = (
    *("model", "inputs", "quantities", "stages", "outputs", "use"),
    *("switches", "correlations", "scenarios", "time"),
)


def parse(
    text: str, name: str = "model.toml", folder: Path | None = None
) -> tuple[ModelSpec, list[Problem]]:
    """Read the text of a model file.

    Parameters
    ----------
    text : str
        The text.
    name : str
        What messages call the file.
    folder : Path, optional
        Where relative paths inside the file start from.

    Returns
    -------
    ModelSpec
        What could be read; names of what could not are in `broken`.
    list of Problem
        Located, in the order of the file. Empty for a file that is right as far as can be seen
        without looking into its formulas.
    """
    parsed = _parse(Document(clean(text), name, folder))
    return parsed.spec, parsed.problems


def read(path: str | Path) -> ModelSpec:
    """Read a model file without looking into its formulas.

    Raises
    ------
    FileError
        When it cannot be read.
    ModelError
        With every problem in it.
    """
    parsed = _parse(read_document(path))
    if parsed.problems:
        raise ModelError(parsed.problems)
    return parsed.spec


def load(path: str | Path, **options: Any) -> Model:
    """Read a model file and build its model.

    Parameters
    ----------
    path : str or Path
        The file.
    **options
        Passed on to `simcost.model.compile_model`.

    Returns
    -------
    Model

    Raises
    ------
    FileError
        When the file cannot be read.
    ModelError
        With every problem in the file: of its syntax, its tables, its formulas and its units.
    """
    parsed = _parse(read_document(path))
    problems = parsed.problems
    try:
        model = compile_model(parsed.spec, **options)
    except ModelError as error:
        problems = problems + [_in_file(parsed, problem) for problem in error.problems]
    if problems:
        raise ModelError(in_order(problems))
    return model


def _in_file(parsed: _Parsed, problem: Problem) -> Problem:
    """Place a problem of the model in the file it was read from."""
    if len(problem.path) > 1 and problem.path[0] == "correlations":
        number = parsed.correlations[int(problem.path[1])]
        problem = replace(problem, path=("correlations", number, *problem.path[2:]))
    return locate(parsed.document, Found(parsed.places.real(problem)))


def _parse(document: Document) -> _Parsed:
    toml = parse_toml(document)
    if toml.data is None:
        return _Parsed(ModelSpec(), in_order(toml.problems), document)
    document = toml.document
    reading = Reading(document, lost=frozenset(toml.broken), broken=set(toml.broken))
    data = expand_uses(reading, toml.data, fragment_problems)
    spec, correlations = _read(reading, data)
    places = reading.places
    located = [
        found.problem  # in the file of a fragment
        if found.problem.line
        else locate(document, replace(found, problem=places.real(found.problem)))
        for found in reading.findings.found
    ]
    problems = in_order([*toml.problems, *located])
    return _Parsed(spec, problems, document, correlations, places)


def fragment_problems(fragment: Fragment) -> list[Problem]:
    """Return what is wrong in a fragment's own file; nothing is looked for in shipped ones."""
    if fragment.shipped:
        return []
    reading = Reading(fragment.document)
    if not check_shape(reading, fragment):
        return [locate(fragment.document, found) for found in reading.findings.found]
    data, places = as_model(fragment)
    reading.places = places
    spec, _ = _read(reading, data)
    problems = [found.problem for found in reading.findings.found]
    try:
        compile_spec(spec)
    except ModelError as error:
        problems += error.problems
    return [locate(fragment.document, Found(places.real(one))) for one in problems]


def _read(reading: Reading, data: dict[str, Any]) -> tuple[ModelSpec, tuple[int, ...]]:
    head = reading.table(data.get("model", {}), ("model",), 'Write [model] and name = "…".')
    about = validate(reading, ModelShape, head, ("model",)) or ModelShape()
    switches = read_switches(reading, data.get("switches", {}))
    data = put_cases_together(reading, data, switches)
    inputs = read_inputs(reading, data.get("inputs", {}))
    quantities = read_formulas(reading, data.get("quantities", {}), "quantities")
    stages = read_stages(reading, data.get("stages", []))
    time = read_time(reading, data)
    outputs = read_formulas(reading, data.get("outputs", {}), "outputs")
    correlations = read_correlations(reading, data.get("correlations", []), data)
    scenarios = read_scenarios(reading, data.get("scenarios", {}), data, switches)
    check_defaults(reading, switches)
    _check_sections(reading, data)
    check_unique(reading, data)
    report_nonfinite(reading, data)
    broken = frozenset(reading.broken)
    spec = ModelSpec(
        name=about.name if "name" in head else Path(reading.document.name).stem,
        currency=about.currency,
        inputs=_without({**inputs, **switches}, broken),
        quantities=_without(quantities, broken),
        stages=stages,
        outputs=_without(outputs, broken),
        correlations=tuple(correlations.values()),
        scenarios=scenarios,
        time=time,
        broken=broken,
    )
    return spec, tuple(correlations)


def _without(entries: dict[str, Any], broken: frozenset[str]) -> dict[str, Any]:
    return {name: entry for name, entry in entries.items() if name not in broken}


def _check_sections(reading: Reading, data: dict[str, Any]) -> None:
    for key, value in data.items():
        if key in SECTIONS:
            continue
        if isinstance(value, (dict, list)):
            message, fix = unknown(key, SECTIONS)
        else:
            message = f"{brief(key)} stands in no section"
            fix = "Move it below a header, such as [inputs] or [quantities]."
        reading.add((key,), message, fix, on_key=True)
    says_something = any(data.get(section) for section in SECTIONS[1:6])
    if not says_something and not reading.lost and not reading.count:
        fix = "Start from what `simcost init` writes, or add [inputs] and [quantities]."
        reading.add((), "the model is empty", fix)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sort problems by their place, and say nothing twice; a file's problems stay together."""
    unique = {
        (problem.file, problem.line, problem.column, problem.message): problem
        for problem in problems
    }
    files = list(dict.fromkeys(problem.file for problem in unique.values()))
    return sorted(
        unique.values(),
        key=lambda problem: (files.index(problem.file), problem.line, problem.column),
    )
