"""Formulas wait for the names they use, and are evaluated in that order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter

from simcost.errors import ModelError, Problem
from simcost.graph import CONSTANTS, formula
from simcost.graph.expression import Expression
from simcost.graph.node import Node
from simcost.graph.rewrite import substitute
from simcost.model.context import Context, Path
from simcost.model.spec import Formula, ModelSpec
from simcost.model.stages import AUTOMATIC, TIMED, comes
from simcost.model.timing import RATES
from simcost.units import parse_unit

SHARES = ("failure", "spent_at_failure", "salvage")
FIGURES = ("cost", "duration", "emissions")
TIME = -1  # where other formulas have the number of their stage
STAGES = "\0stages"  # all stages together; no formula can contain this name


@dataclass(slots=True)
class Entry:
    """A formula waiting for the names it uses; `finish` takes its expression."""

    path: Path
    text: Formula
    finish: Callable[[Expression], None]


class Formulas:
    """All formulas of a model: of quantities, stages and outputs.

    Parameters
    ----------
    context : Context
        Takes the values and the problems.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.entries: dict[str, Entry] = {}
        self.fields: dict[tuple[int, str], Expression] = {}  # of stages
        self._gather()

    def used(self) -> set[str]:
        """Return every name that some formula uses."""
        return {name for entry in self.entries.values() for name in names_in(entry.text)}

    def inputs_of_chances(self) -> frozenset[str]:
        """Return the inputs that chances of failure depend on, directly or through quantities."""
        wanted = {
            name
            for number, _ in enumerate(self.context.spec.stages)
            if (entry := self.entries.get(field_key(number, "failure")))
            for name in names_in(entry.text)
        }
        seen: set[str] = set()
        while wanted:
            name = wanted.pop()
            seen.add(name)
            if name in self.entries:
                wanted |= set(names_in(self.entries[name].text)) - seen
        return frozenset(seen & set(self.context.spec.inputs))

    def evaluate(self, replaced: Mapping[Node, Node], lower_stages: Callable[[], None]) -> None:
        """Evaluate all formulas, each after those it uses.

        Parameters
        ----------
        replaced : mapping of Node to Node
            What the placeholders of expressions built in Python stand for.
        lower_stages : callable
            Called when all figures of the stages are known; what comes by itself is known after.
        """
        stage_fields = [key for key in self.entries if key.startswith("\0")]
        depends = {key: set(names_in(entry.text)) for key, entry in self.entries.items()}
        if self.context.spec.stages:
            depends |= {name: {STAGES} for name in automatic(self.context.spec)}
            depends[STAGES] = set(stage_fields)
        # Formulas with an unknown name come last: by then every name that was meant is known.
        known = {*depends, *self.context.values, *self.context.broken, *CONSTANTS}
        lost = [key for key in self.entries if depends[key] - known]
        self.context.broken |= set(lost)
        for key in self._order(depends):
            if key == STAGES:
                lower_stages()
            elif key in self.entries and key not in lost:
                self._evaluate(key, self.entries[key], replaced)
        for key in lost:
            self._evaluate(key, self.entries[key], replaced)

    def _gather(self) -> None:
        def store(name: str) -> Callable[[Expression], None]:
            def finish(expression: Expression) -> None:
                self.context.values[name] = expression

            return finish

        for name, quantity in self.context.spec.quantities.items():
            path: Path = ("quantities", name)
            finish = store(name)
            if quantity.unit:
                finish = self._converted(path, quantity.unit, finish)
            self.entries[name] = Entry(path, quantity.formula, finish)
        for number, stage in enumerate(self.context.spec.stages):
            for key in (*FIGURES, *SHARES):
                term = getattr(stage, key)
                if isinstance(term, str | Expression):
                    self.entries[field_key(number, key)] = Entry(
                        ("stages", number, key), term, self._field_setter(number, key)
                    )
        for key in RATES:
            term = getattr(self.context.spec.time, key, None)
            if isinstance(term, str | Expression):
                self.entries[field_key(TIME, key)] = Entry(
                    ("time", key), term, self._field_setter(TIME, key)
                )
        for name, output in self.context.spec.outputs.items():
            if output.formula == name and (
                name in self.context.spec.quantities or name in self.context.spec.inputs
            ):
                continue  # reports a quantity under its own name
            path = ("outputs", name)
            finish = self._converted(path, output.unit, store(name)) if output.unit else store(name)
            self.entries[name] = Entry(path, output.formula, finish)

    def _converted(
        self, path: Path, unit: str, finish: Callable[[Expression], None]
    ) -> Callable[[Expression], None]:
        def convert(expression: Expression) -> None:
            try:
                finish(expression.to(parse_unit(unit)))
            except ModelError as error:
                self.context.blame(error, (*path, "unit"))
                self.context.broken.add(str(path[-1]))

        return convert

    def _field_setter(self, number: int, key: str) -> Callable[[Expression], None]:
        def finish(expression: Expression) -> None:
            self.fields[number, key] = expression

        return finish

    def _order(self, depends: Mapping[str, set[str]]) -> Iterable[str]:
        remaining = {
            key: {name for name in names if name in depends} for key, names in depends.items()
        }
        while True:
            try:
                return list(TopologicalSorter(remaining).static_order())
            except CycleError as error:
                cycle = error.args[1]
                named = [self._readable(key) for key in cycle if key != STAGES]
                first = next(key for key in cycle if key in self.entries)
                self.context.problems.append(
                    Problem(
                        f"these formulas go round in a circle: {' → '.join(reversed(named))}",
                        "Take one of the names out of the circle.",
                        self.entries[first].path,
                    )
                )
                for key in cycle:
                    remaining.pop(key, None)
                    self.context.broken.add(key)

    def _explain_period(self, count: int) -> None:
        """Say of the last problems what `period` would take, where it is unknown."""
        for k in range(len(self.context.problems) - count, len(self.context.problems)):
            if self.context.problems[k].message == "unknown name 'period'":
                fix = 'Add [time] with unit = "month" and horizon = 24: periods count from 1.'
                self.context.problems[k] = replace(self.context.problems[k], fix=fix)

    def _readable(self, key: str) -> str:
        if key.startswith("\0"):
            path = self.entries[key].path
            if path[0] == "time":
                return f"time.{path[1]}"
            return f"stage {self.context.spec.stages[int(path[1])].name}.{path[2]}"
        return key

    def _evaluate(self, key: str, entry: Entry, replaced: Mapping[Node, Node]) -> None:
        if isinstance(entry.text, Expression):
            (node,) = substitute([entry.text.node], replaced)
            expression: Expression | None = Expression(node, entry.text.unit)
        else:
            expression, problems = formula.examine(
                entry.text, self.context.values, self.context.broken - {key}
            )
            self.context.problems += [problem.under(*entry.path) for problem in problems]
            if self.context.spec.time is None:
                self._explain_period(len(problems))
        if expression is None:
            self.context.broken.add(key)
            return
        entry.finish(expression)


def automatic(spec: ModelSpec) -> list[str]:
    """Return the names that come by themselves and that no output takes."""
    return [
        name
        for name in AUTOMATIC
        if name not in spec.outputs and (name not in TIMED or comes(name, spec.time))
    ]


def names_in(text: Formula) -> frozenset[str]:
    """Return the names that a formula uses; an expression built in Python has resolved its own."""
    return frozenset() if isinstance(text, Expression) else frozenset(formula.names_in(text))


def field_key(number: int, key: str) -> str:
    """Return a name for a key of a stage that no formula can contain."""
    return f"\0{number}.{key}"
