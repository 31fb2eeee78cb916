"""``[scenarios.NAME]``: named changes of a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from simcost.model.changes import STAGE_KEYS
from simcost.model.spec import Change, CorrelationSpec, InputSpec, Scenario
from simcost.modelfile.changes import read_change
from simcost.modelfile.correlations import check_is_input, read_pairs
from simcost.modelfile.reading import KeyPath, Reading
from simcost.modelfile.shapes import ScenarioShape
from simcost.modelfile.validate import validate
from simcost.modelfile.wording import brief, did_you_mean

WORDS = ("extends", "stages", "correlations", "correlation_stress")
_FIX = "Write [scenarios.NAME] and below it lines like wage = { scale = 1.2 }."


def read_scenarios(
    reading: Reading,
    section: Any,
    data: Mapping[str, Any],
    switches: Mapping[str, InputSpec] | None = None,
) -> dict[str, Scenario]:
    """Read the scenarios.

    Parameters
    ----------
    reading : Reading
        Takes the problems.
    section : Any
        What the file says under ``scenarios``.
    data : mapping
        The whole file, for the names of inputs and stages.
    switches : mapping of str to InputSpec, optional
        The switches, by name; a scenario may choose.
    """
    scenarios: dict[str, Scenario] = {}
    table = reading.table(section, ("scenarios",), _FIX)
    for name, entries in table.items():
        path: KeyPath = ("scenarios", name)
        if not name.strip():
            reading.add(path, "the scenario has no name", _FIX, on_key=True)
        reader = _Reader(reading, path, data, switches or {})
        scenarios[name] = reader.read(reading.table(entries, path, _FIX))
    return scenarios


def stage_names(data: Mapping[str, Any]) -> list[str]:
    """Return the names of the stages of a file, as far as they can be read."""
    stages = data.get("stages")
    entries = stages if isinstance(stages, list) else []
    names = [entry.get("name") for entry in entries if isinstance(entry, dict)]
    return [name for name in names if isinstance(name, str)]


@dataclass
class _Reader:
    """Reads one scenario: targets and what is done to them."""

    reading: Reading
    path: KeyPath
    data: Mapping[str, Any]
    switches: Mapping[str, InputSpec]

    def __post_init__(self) -> None:
        inputs = self.data.get("inputs")
        self.inputs: Collection[str] = inputs if isinstance(inputs, dict) else {}
        self.stages = stage_names(self.data)
        self.changes: dict[str, Change] = {}
        self.first: dict[str, KeyPath] = {}

    def read(self, entries: Mapping[str, Any]) -> Scenario:
        """Return the scenario; problems go to the reading."""
        # A word of the grammar that is an input of this model means the input.
        words = {key: entries[key] for key in entries if key in WORDS and key not in self.inputs}
        shape = validate(self.reading, ScenarioShape, words, self.path)
        for key, entry in entries.items():
            if key not in words:
                self._entry(key, entry, (*self.path, key))
        tables = words.get("stages", {})
        for stage, entry in (tables if isinstance(tables, dict) else {}).items():
            self._stage(stage, entry, (*self.path, "stages", stage))
        pairs = self._correlations(words) if "correlations" in words else ()
        parents = words.get("extends", ())
        parents = [parents] if isinstance(parents, str) else parents
        return Scenario(
            self.changes,
            extends=tuple(one for one in parents if isinstance(one, str))
            if isinstance(parents, list)
            else (),
            correlations=pairs,
            correlation_stress=None if shape is None else shape.correlation_stress,
        )

    def _entry(self, key: str, entry: Any, path: KeyPath) -> None:
        if key in self.switches:
            self._choice(self.switches[key], entry, path)
            return
        figures = isinstance(entry, dict) and entry and set(entry) <= set(STAGE_KEYS)
        stage, _, figure = key.rpartition(".")
        if figures or (key in self.stages and key not in self.inputs):
            self._stage(key, entry, path)
        elif stage and key not in self.inputs:
            self._figure(stage, figure, entry, path)
        else:
            self._input(key, entry, path)

    def _choice(self, switch: InputSpec, entry: Any, path: KeyPath) -> None:
        name, choices = str(path[-1]), switch.choices
        if not isinstance(entry, str) or entry not in choices:
            word = entry if isinstance(entry, str) else ""
            fix = did_you_mean(word, choices, "Its choices are")
            self.reading.add(path, f"{name} cannot be {brief(entry)}", fix)
        elif entry in switch.missing:
            message = f"{name} is {entry}, but a figure for it is missing"
            self.reading.add(path, message, switch.missing[entry])
        else:
            self._add(name, Change(value=float(choices.index(entry) + 1), where=path), path)

    def _input(self, key: str, entry: Any, path: KeyPath) -> None:
        check_is_input(self.reading, key, self.data, path, on_key=True, also=self.stages)
        change = read_change(self.reading, entry, path)
        if change is not None and key in self.inputs:
            self._add(key, change, path)

    def _stage(self, stage: str, entry: Any, path: KeyPath) -> None:
        fix = f"Write what changes of it, such as {{ failure = 0.5 }}: {', '.join(STAGE_KEYS)}."
        for figure, change in self.reading.table(entry, path, fix).items():
            self._figure(stage, figure, change, (*path, figure))

    def _figure(self, stage: str, figure: str, entry: Any, path: KeyPath) -> None:
        lost = "name" in self.reading.lost
        if stage not in self.stages and not lost:
            message = f"there is no stage {brief(stage)}"
            fix = did_you_mean(stage, self.stages, "The stages are") or "The model has no stages."
            self.reading.add(path, message, fix, on_key=True)
        elif figure not in STAGE_KEYS:
            message = f"a stage has no {brief(figure)} to change"
            fix = did_you_mean(figure, STAGE_KEYS, "It has")
            self.reading.add(path, message, fix, on_key=True)
        change = read_change(self.reading, entry, path)
        if change is not None and stage in self.stages and figure in STAGE_KEYS:
            self._add(f"{stage}.{figure}", change, path)

    def _add(self, target: str, change: Change, path: KeyPath) -> None:
        if target in self.first:
            line = self.reading.line(self.first[target])
            message = f"{target} is changed twice; the first time in line {line}"
            self.reading.add(path, message, "Keep one of them.", on_key=True)
        self.first.setdefault(target, path)
        self.changes[target] = change

    def _correlations(self, words: Mapping[str, Any]) -> tuple[CorrelationSpec, ...]:
        where = (*self.path, "correlations")
        found = read_pairs(self.reading, words["correlations"], self.data, where)
        return tuple(found.values())
