"""From a declared model to named, unit-checked expressions. Every problem is collected."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from typing import Any

from simcost.dependence import Pair, couple
from simcost.errors import Key, ModelError, Problem
from simcost.families import Constant, Distribution
from simcost.graph import CONSTANTS, formula
from simcost.graph.expression import Expression
from simcost.graph.node import OUTCOME, PROJECT, Node, const, make, quantile, stream
from simcost.graph.rewrite import substitute
from simcost.model.given import currency
from simcost.model.spec import Formula, ModelSpec, StageSpec, Term
from simcost.model.stages import AUTOMATIC, Lowered, Stage, lower_stages
from simcost.model.units import Reported, in_one_name_each, reported_unit
from simcost.units import PLAIN, Unit, parse_unit

Path = tuple[Key, ...]

SHARES = ("failure", "spent_at_failure", "salvage")
SHARE_DEFAULTS = {"failure": 0.0, "spent_at_failure": 1.0, "salvage": 0.0}
FIGURES = ("cost", "duration", "emissions")


@dataclass(frozen=True, slots=True)
class View:
    """Which question the model is compiled for.

    Parameters
    ----------
    name : str
        ``attempt``, ``success`` (attempts of one project share its uncertain chances of failure)
        or ``portfolio`` (projects share a common factor in each gate).
    correlation : float
        Of the latent normals of two projects' gates, in a portfolio.
    """

    name: str = "attempt"
    correlation: float = 0.0


ATTEMPT = View()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model with its names resolved and its units checked.

    Parameters
    ----------
    inputs, quantities, outputs : mapping of str to Expression
        In order of declaration; `outputs` starts with those that the stages define.
    stages : tuple of Stage
        Stages as expressions.
    labels : mapping of str to Expression
        Everything with a name, for replay and listings.
    streams : tuple of str
        All streams in order of declaration.
    notes : tuple of str
        Remarks that a reader of the results must see.
    """

    inputs: Mapping[str, Expression]
    quantities: Mapping[str, Expression]
    outputs: Mapping[str, Expression]
    stages: tuple[Stage, ...]
    labels: Mapping[str, Expression]
    streams: tuple[str, ...]
    notes: tuple[str, ...]


def compile_spec(spec: ModelSpec, *, force: bool = False, view: View = ATTEMPT) -> Compiled:
    """Resolve names, check units and lower the stages of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model as declared.
    force : bool
        Accept a repair of the correlations of any size.
    view : View
        The question that it is compiled for.

    Returns
    -------
    Compiled

    Raises
    ------
    ModelError
        With every problem found, each with its path in the model file.
    """
    compiler = _Compiler(spec, force, view)
    compiled = compiler.compile()
    if compiler.problems:
        raise ModelError(compiler.problems)
    return compiled


@dataclass(slots=True)
class _Formula:
    """A formula waiting for the names it uses; `finish` takes its expression."""

    path: Path
    text: Formula
    finish: Callable[[Expression], None]


class _Compiler:
    def __init__(self, spec: ModelSpec, force: bool, view: View) -> None:
        self.spec, self.force, self.view = spec, force, view
        self.problems: list[Problem] = []
        self.broken: set[str] = set(spec.broken)
        self.values: dict[str, Expression] = {}  # names that formulas can use
        self.formulas: dict[str, _Formula] = {}
        self.fields: dict[tuple[int, str], Expression] = {}
        self.checked: dict[int, list[str]] = {}
        self.replaced: dict[Node, Node] = {}  # plain input nodes of Python expressions
        self.lowered = Lowered({}, {})
        self.stages: tuple[Stage, ...] = ()
        self.streams: list[str] = []
        self.notes: list[str] = []
        self.per_project: frozenset[str] = frozenset()
        self.currency = self._currency()

    def compile(self) -> Compiled:
        self._gather_formulas()
        self.per_project = self._names_of_chances()
        self._declare_inputs()
        self._evaluate_all()
        outputs = self._outputs()
        inputs = self._named(self.spec.inputs)
        quantities = self._named(self.spec.quantities)
        labels = {**inputs, **quantities, **self.lowered.labels, **outputs}
        return Compiled(
            inputs=inputs,
            quantities=quantities,
            outputs=outputs,
            stages=self.stages,
            labels=labels,
            streams=tuple(self.streams),
            notes=tuple(self.notes),
        )

    # -- problems ---------------------------------------------------------------------------

    def _blame(self, error: ModelError, path: Path) -> None:
        self.problems += [problem.under(*path) for problem in error.problems]

    # -- inputs -----------------------------------------------------------------------------

    def _declare_inputs(self) -> None:
        uniforms: dict[str, Node] = {}
        for name, declared in self.spec.inputs.items():
            # A fixed input keeps its dimension, so that a scenario that fixes it moves no other.
            self.streams.append(name)
            if isinstance(declared.coupled_by, Constant):
                continue
            index = PROJECT if name in self.per_project else OUTCOME
            uniforms[name] = stream(name, index)
        uniforms |= self._coupled(uniforms)
        for name, declared in self.spec.inputs.items():
            try:
                unit = parse_unit(declared.unit) if declared.unit else PLAIN
            except ModelError as error:
                self._blame(error, ("inputs", name, "unit"))
                self.broken.add(name)
                continue
            node = _draw(declared.distribution, uniforms.get(name))
            self.values[name] = Expression(node, unit)
            self.replaced[input_node(name)] = node

    def _fixed(self, name: str) -> bool:
        return isinstance(self.spec.inputs[name].distribution, Constant)

    def _coupled(self, uniforms: Mapping[str, Node]) -> Mapping[str, Node]:
        pairs, places = [], []
        without_effect: dict[str, None] = {}
        for i, declared in enumerate(self.spec.correlations):
            if any(name in self.broken for name in declared.between):
                continue
            unknown = [name for name in declared.between if name not in self.spec.inputs]
            if unknown:
                self.problems.append(
                    Problem(
                        f"there is no input {unknown[0]!r} to correlate",
                        path=("correlations", i, "between"),
                    )
                )
                continue
            without_effect |= dict.fromkeys(filter(self._fixed, declared.between))
            if not all(name in uniforms for name in declared.between):
                continue
            first, second = declared.between
            pairs.append(
                Pair(first, second, declared.measure, declared.value, declared.copula, declared.df)
            )
            places.append(i)
        if without_effect:
            names = ", ".join(without_effect)
            self.notes.append(f"correlations without effect, since fixed here: {names}")
        distributions = {
            name: declared.coupled_by
            for name, declared in self.spec.inputs.items()
            if name in uniforms
        }
        try:
            coupling = couple(pairs, distributions, uniforms, force=self.force)
        except ModelError as error:
            for problem in error.problems:
                section, pair, *rest = problem.path
                self.problems.append(replace(problem, path=(section, places[int(pair)], *rest)))
            return {}
        self.notes += coupling.notes
        return coupling.uniforms

    # -- formulas ---------------------------------------------------------------------------

    def _gather_formulas(self) -> None:
        def store(name: str) -> Callable[[Expression], None]:
            def finish(expression: Expression) -> None:
                self.values[name] = expression

            return finish

        for name, quantity in self.spec.quantities.items():
            path: Path = ("quantities", name)
            finish = store(name)
            if quantity.unit:
                finish = self._converted(path, quantity.unit, finish)
            self.formulas[name] = _Formula(path, quantity.formula, finish)
        for number, stage in enumerate(self.spec.stages):
            for key in (*FIGURES, *SHARES):
                term = getattr(stage, key)
                if isinstance(term, str | Expression):
                    self.formulas[_field(number, key)] = _Formula(
                        ("stages", number, key), term, self._field_setter(number, key)
                    )
        for name, output in self.spec.outputs.items():
            if output.formula == name and (
                name in self.spec.quantities or name in self.spec.inputs
            ):
                continue  # reports a quantity under its own name
            path = ("outputs", name)
            finish = self._converted(path, output.unit, store(name)) if output.unit else store(name)
            self.formulas[name] = _Formula(path, output.formula, finish)

    def _converted(
        self, path: Path, unit: str, finish: Callable[[Expression], None]
    ) -> Callable[[Expression], None]:
        def convert(expression: Expression) -> None:
            try:
                finish(expression.to(parse_unit(unit)))
            except ModelError as error:
                self._blame(error, (*path, "unit"))
                self.broken.add(str(path[-1]))

        return convert

    def _field_setter(self, number: int, key: str) -> Callable[[Expression], None]:
        def finish(expression: Expression) -> None:
            self.fields[number, key] = expression

        return finish

    def _names_of_chances(self) -> frozenset[str]:
        """Return the inputs that chances of failure depend on, directly or through quantities."""
        if self.view.name != "success":
            return frozenset()
        wanted = {
            name
            for number, _ in enumerate(self.spec.stages)
            if (entry := self.formulas.get(_field(number, "failure")))
            for name in _names(entry.text)
        }
        seen: set[str] = set()
        while wanted:
            name = wanted.pop()
            seen.add(name)
            if name in self.formulas:
                wanted |= set(_names(self.formulas[name].text)) - seen
        return frozenset(seen & set(self.spec.inputs))

    def _evaluate_all(self) -> None:
        stage_fields = [key for key in self.formulas if key.startswith("\0")]
        depends = {key: set(_names(entry.text)) for key, entry in self.formulas.items()}
        if self.spec.stages:
            depends |= {name: {"\0stages"} for name in self._automatic()}
            depends["\0stages"] = set(stage_fields)
        # Formulas with an unknown name come last: by then every name that was meant is known.
        known = {*depends, *self.values, *self.broken, *CONSTANTS}
        lost = [key for key in self.formulas if depends[key] - known]
        self.broken |= set(lost)
        for key in self._order(depends):
            if key == "\0stages":
                self._lower_stages()
            elif key in self.formulas and key not in lost:
                self._evaluate(key, self.formulas[key])
        for key in lost:
            self._evaluate(key, self.formulas[key])

    def _automatic(self) -> list[str]:
        return [name for name in AUTOMATIC if name not in self.spec.outputs]

    def _order(self, depends: Mapping[str, set[str]]) -> Iterable[str]:
        remaining = {
            key: {name for name in names if name in depends} for key, names in depends.items()
        }
        while True:
            try:
                return list(TopologicalSorter(remaining).static_order())
            except CycleError as error:
                cycle = error.args[1]
                named = [self._readable(key) for key in cycle if key != "\0stages"]
                first = next(key for key in cycle if key in self.formulas)
                self.problems.append(
                    Problem(
                        f"these formulas go round in a circle: {' → '.join(reversed(named))}",
                        "Take one of the names out of the circle.",
                        self.formulas[first].path,
                    )
                )
                for key in cycle:
                    remaining.pop(key, None)
                    self.broken.add(key)

    def _readable(self, key: str) -> str:
        if key.startswith("\0"):
            path = self.formulas[key].path
            return f"stage {self.spec.stages[int(path[1])].name}.{path[2]}"
        return key

    def _evaluate(self, key: str, entry: _Formula) -> None:
        if isinstance(entry.text, Expression):
            (node,) = substitute([entry.text.node], self.replaced)
            expression: Expression | None = Expression(node, entry.text.unit)
        else:
            expression, problems = formula.examine(entry.text, self.values, self.broken - {key})
            self.problems += [problem.under(*entry.path) for problem in problems]
        if expression is None:
            self.broken.add(key)
            return
        entry.finish(expression)

    # -- stages -----------------------------------------------------------------------------

    def _lower_stages(self) -> None:
        bad_fields = {key for key in self.broken if key.startswith("\0")}
        if bad_fields or "\0stages" in self.broken:
            self.broken |= set(self._automatic())
            return
        before = len(self.problems)
        reported = self._reported_units()
        self.stages = tuple(
            self._stage(number, declared, reported)
            for number, declared in enumerate(self.spec.stages)
        )
        if len(self.problems) > before:
            self.broken |= set(self._automatic())
            return
        self.lowered = lower_stages(self.stages, self._gate)
        self.values |= {
            name: value
            for name, value in self.lowered.outputs.items()
            if name not in self.spec.outputs
        }

    def _reported_units(self) -> dict[str, Reported]:
        """Return the unit of each figure: that of the first stage that states one decides."""
        reported = {key: reported_unit(key, self.currency) for key in FIGURES}
        for key, figure in reported.items():
            stated = (self.fields.get((number, key)) for number in range(len(self.spec.stages)))
            figure.settle(one for one in stated if one is not None and not one.unit.is_plain)
        return reported

    def _currency(self) -> Unit | None:
        try:
            name = currency(self.spec.currency, ("model", "currency"))
        except ModelError as error:
            self._blame(error, ())
            return None
        return parse_unit(name) if name else None

    def _stage(self, number: int, declared: StageSpec, reported: Mapping[str, Reported]) -> Stage:
        figures: dict[str, Expression | None] = {}
        for key in FIGURES:
            value = self._term(number, declared, key, reported[key].of_a_number)
            try:
                figures[key] = None if value is None else reported[key].convert(value)
            except ModelError as error:
                self._blame(error, ("stages", number, key))
                figures[key] = None
        shares = {key: self._share(number, declared, key) for key in SHARES}
        checked = tuple(key for key in SHARES if key in self.checked.get(number, ()))
        return Stage(
            declared.name,
            cost=figures["cost"],
            duration=figures["duration"],
            emissions=figures["emissions"],
            failure=shares["failure"],
            spent_at_failure=shares["spent_at_failure"],
            salvage=shares["salvage"],
            checked=checked,
        )

    def _term(
        self, number: int, declared: StageSpec, key: str, unit: Unit | None
    ) -> Expression | None:
        term: Term | None = getattr(declared, key)
        if isinstance(term, str | Expression):
            return self.fields.get((number, key))
        if term is None:
            return None
        if unit is None:
            example = "3 month" if key == "duration" else "120 kgCO2e"
            self.problems.append(
                Problem(
                    f"the {key} of stage {declared.name} has no unit",
                    f'Write it with its unit, as in "{example}".',
                    ("stages", number, key),
                )
            )
            return None
        if isinstance(term, Distribution):
            return Expression(self._anonymous(declared.name, key, term), unit)
        return Expression(const(term), unit)

    def _share(self, number: int, declared: StageSpec, key: str) -> Expression:
        path: Path = ("stages", number, key)
        value = self._term(number, declared, key, PLAIN)
        if value is None:
            return Expression(const(SHARE_DEFAULTS[key]), PLAIN)
        try:
            value = value.to(PLAIN)
        except ModelError as error:
            self._blame(error, path)
            return value
        bounds = _bounds(value.node)
        if bounds is None:
            self.checked.setdefault(number, []).append(key)
        elif not (bounds[0] >= 0 and bounds[1] <= 1):
            low, high = bounds
            what = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            self.problems.append(
                Problem(
                    f"{key} of stage {declared.name} is {what}, but it is a share of 1",
                    "Give a number between 0 and 1 (85% is 0.85)"
                    + ("." if low == high else ", or cut it with within = [0, 1]."),
                    path,
                )
            )
        return value

    def _anonymous(self, stage: str, key: str, distribution: Distribution) -> Node:
        """Draw a distribution written inside a stage; a chance of failure is one for a project."""
        if isinstance(distribution, Constant):
            return _draw(distribution, None)
        name = f"{stage}.{key}"
        self.streams.append(name)
        shared = key == "failure" and self.view.name == "success"
        return quantile(stream(name, PROJECT if shared else OUTCOME), distribution)

    def _gate(self, stage: str) -> Node:
        name = f"{stage}.gate"
        self.streams.append(name)
        own = stream(name)
        rho = self.view.correlation
        if self.view.name != "portfolio" or rho == 0.0:
            return own
        common = stream(f"{stage}.common", PROJECT)
        self.streams.append(f"{stage}.common")
        # One-factor model (Vasicek 2002): the gate's normal is √ρ M + √(1-ρ) ε.
        z = make(
            "add",
            make("mul", const(rho**0.5), make("ndtri", common)),
            make("mul", const((1 - rho) ** 0.5), make("ndtri", own)),
        )
        return make("ndtr", z)

    # -- outputs ----------------------------------------------------------------------------

    def _named(self, names: Iterable[str]) -> dict[str, Expression]:
        return {name: self.values[name] for name in names if name in self.values}

    def _outputs(self) -> dict[str, Expression]:
        outputs = dict(self.lowered.outputs)
        for name, declared in self.spec.outputs.items():
            if name not in self.values:
                continue
            expression = self.values[name]
            if declared.unit and name not in self.formulas:
                try:
                    expression = expression.to(parse_unit(declared.unit))
                except ModelError as error:
                    self._blame(error, ("outputs", name, "unit"))
            outputs[name] = expression if declared.unit else in_one_name_each(expression)
        if outputs or self.spec.stages or self.spec.outputs:
            return outputs
        used = {name for entry in self.formulas.values() for name in _names(entry.text)}
        last = [name for name in self.spec.quantities if name not in used]
        return self._named(last or self.spec.quantities or self.spec.inputs)


def input_node(name: str) -> Node:
    """Return the node that stands for an input in expressions built in Python.

    A placeholder, known by the name alone: scenarios and correlations change what it stands for.
    """
    return make("stream", name=f"\0input {name}")


def _draw(distribution: Distribution, uniform: Node | None) -> Node:
    if isinstance(distribution, Constant) or uniform is None:
        return const(float(distribution.mean()))
    return quantile(uniform, distribution)


def _bounds(node: Node) -> tuple[float, float] | None:
    """Range of a constant or a plain draw; None for anything computed."""
    if node.op == "const":
        return node.value, node.value
    if node.op == "quantile":
        payload: Any = node.payload
        low, high = payload.support()
        return float(low), float(high)
    return None


def _names(text: Formula) -> frozenset[str]:
    return frozenset() if isinstance(text, Expression) else frozenset(formula.names_in(text))


def _field(number: int, key: str) -> str:
    """Return a name that no formula can contain."""
    return f"\0{number}.{key}"
