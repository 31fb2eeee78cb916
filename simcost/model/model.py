"""What a user types: a model with named inputs, quantities, stages and outputs."""

from __future__ import annotations

import keyword
import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError, Problem, UsageError
from simcost.families import Affine, Constant, Distribution, build
from simcost.graph import formula
from simcost.graph.expression import Expression
from simcost.model.compile import ATTEMPT, Compiled, View, compile_spec, input_node
from simcost.model.scenario import apply_scenario
from simcost.model.spec import (
    Change,
    CorrelationSpec,
    FormulaSpec,
    InputSpec,
    ModelSpec,
    StageSpec,
    Term,
)
from simcost.model.stages import AUTOMATIC
from simcost.model.tails import tail_indices
from simcost.result import Result
from simcost.run import (
    Plan,
    Settings,
    Trace,
    run_per_success,
    run_plan,
    run_portfolio,
    run_to_precision,
    trace_plan,
)
from simcost.units import PLAIN, parse_unit

Figure = Term | int | Mapping[str, Any]  # what a stage's key may be given as


class Model:
    """A project as named uncertain inputs and formulas of them.

    Parameters
    ----------
    name : str
        Shown in every result.
    currency : str
        Of the stages' costs, ``"USD"``; empty for whatever their formulas come to.
    force : bool
        Accept a repair of contradictory correlations of any size.

    Examples
    --------
    >>> import simcost
    >>> model = simcost.Model("Labelling", currency="USD")
    >>> samples = model.input("samples", simcost.lognormal(p10=2e4, p50=1.2e5), unit="sample")
    >>> rate = model.input("rate", simcost.uniform(low=5, high=10), unit="sample/hour")
    >>> wage = model.input("wage", simcost.pert(low=8, mode=12, high=20), unit="USD/hour")
    >>> cost = model.output("cost", samples / rate * wage, unit="USD")
    >>> result = model.run(draws=10_000, seed=1)
    >>> result.outputs
    ('cost',)
    """

    def __init__(self, name: str = "model", *, currency: str = "", force: bool = False) -> None:
        if currency:
            parse_unit(currency)
        self._spec = ModelSpec(name=name, currency=currency)
        self._force = force
        self._compiled: dict[tuple[str, View], Compiled] = {}

    @classmethod
    def from_spec(cls, spec: ModelSpec, *, force: bool = False) -> Model:
        """Return the model of a declaration, with every problem of it found now.

        Raises
        ------
        ModelError
            With all problems.
        """
        model = cls(spec.name, force=force)
        model._spec = spec
        model.compiled()
        return model

    # -- declaring ----------------------------------------------------------------------------

    def input(
        self,
        name: str,
        distribution: Distribution | Mapping[str, Any] | float | None = None,
        *,
        unit: str = "",
        catalogue: str = "",
        basis: str = "",
        note: str = "",
    ) -> Expression:
        """Declare an uncertain input, and return it for use in formulas.

        Parameters
        ----------
        name : str
            One name is one draw: the same name, seed and outcome give the same number in any
            model.
        distribution : Distribution, mapping, float or None
            A distribution, its table as in a model file, or a fixed number. None with `catalogue`.
        unit : str
            Empty for a plain number.
        catalogue : str
            Key of a catalogue entry that gives whatever is not given here.
        basis, note : str
            How sure the figure is, and why.

        Returns
        -------
        Expression

        Raises
        ------
        ModelError
            For a name that is taken or illegal, or a distribution or unit that cannot be.
        """
        self._check_name(name)
        law, source, money_year = _distribution(distribution), {}, None
        if catalogue:
            entry = load_catalogue().get(catalogue)
            law = law or entry.distribution
            unit, basis, note = unit or entry.unit, basis or entry.basis, note or entry.note
            source, money_year = dict(entry.source), entry.money_year
        if law is None:
            raise ModelError([Problem("an input needs a distribution", path=("inputs", name))])
        declared = InputSpec(
            distribution=law,
            unit=unit,
            basis=basis,
            source=source,
            note=note,
            origin=catalogue,
            money_year=money_year,
        )
        expression = Expression(input_node(name), parse_unit(unit) if unit else PLAIN)
        self._change(inputs={**self._spec.inputs, name: declared})
        return expression

    def quantity(self, name: str, value: Expression | str, unit: str = "") -> Expression:
        """Name an intermediate figure, so that it shows in replays; return it.

        Parameters
        ----------
        name : str
            A new name.
        value : Expression or str
            An expression of inputs, or a formula in text.
        unit : str
            Unit to convert it to; empty to leave it.

        Returns
        -------
        Expression
        """
        self._check_name(name)
        expression = self._expression(value)
        expression = expression.to(unit) if unit else expression
        self._change(quantities={**self._spec.quantities, name: FormulaSpec(expression)})
        return expression

    def output(self, name: str, value: Expression | str, unit: str = "") -> Expression:
        """Declare a figure to report; return it.

        Parameters
        ----------
        name : str
            A new name.
        value : Expression or str
            An expression of inputs, or a formula in text.
        unit : str
            Unit to report it in; empty to leave it.

        Returns
        -------
        Expression
        """
        self._check_name(name)
        expression = self._expression(value)
        expression = expression.to(unit) if unit else expression
        self._change(outputs={**self._spec.outputs, name: FormulaSpec(expression)})
        return expression

    def stage(
        self,
        name: str,
        *,
        cost: Figure | None = None,
        duration: Figure | None = None,
        emissions: Figure | None = None,
        failure: Figure | None = None,
        spent_at_failure: Figure | None = None,
        salvage: Figure | None = None,
    ) -> None:
        """Add a stage; stages run in the order they are added, and a failure ends the project.

        Parameters
        ----------
        name : str
            A new stage name.
        cost, duration, emissions : Expression, str, float, Distribution or mapping
            Of the whole stage; a bare number as cost is in the model's currency.
        failure : same
            Chance of failing, 0 to 1. A distribution is one draw for the project.
        spent_at_failure : same
            Share of the stage's figures that is spent when it fails; 1 if not given.
        salvage : same
            Share of this stage's spending that is recovered if the project fails; 0 if not given.
        """
        if name in {stage.name for stage in self._spec.stages}:
            raise ModelError([Problem(f"there is a stage {name!r} already", path=("stages",))])
        stage = StageSpec(
            name,
            cost=_term(cost),
            duration=_term(duration),
            emissions=_term(emissions),
            failure=_term(failure),
            spent_at_failure=_term(spent_at_failure),
            salvage=_term(salvage),
        )
        self._change(stages=(*self._spec.stages, stage))

    def correlate(
        self,
        first: str,
        second: str,
        *,
        spearman: float | None = None,
        kendall: float | None = None,
        pearson: float | None = None,
        latent: float | None = None,
        copula: str = "gaussian",
        df: float | None = None,
    ) -> None:
        """Tie two inputs together by exactly one measure of correlation.

        Parameters
        ----------
        first, second : str
            Names of two inputs.
        spearman, kendall, pearson, latent : float
            One of them, in [-1, 1]; `latent` is that of the underlying normals.
        copula : str
            ``"gaussian"``, or ``"t"`` for joint extremes.
        df : float
            Degrees of freedom of the t copula.

        Raises
        ------
        ModelError
            For unknown inputs, or anything but one measure in [-1, 1].
        """
        measures = {"spearman": spearman, "kendall": kendall, "pearson": pearson, "latent": latent}
        given = {name: value for name, value in measures.items() if value is not None}
        path = ("correlations", len(self._spec.correlations))
        unknown = [name for name in (first, second) if name not in self._spec.inputs]
        if unknown or first == second:
            what = f"there is no input {unknown[0]!r}" if unknown else f"{first!r} is named twice"
            raise ModelError([Problem(what, "Name two inputs.", path)])
        if len(given) != 1 or not all(-1 <= value <= 1 for value in given.values()):
            raise ModelError(
                [Problem("a correlation needs one measure", f"Give one of {[*measures]}.", path)]
            )
        if copula not in ("gaussian", "t") or (copula == "t") != (df is not None) or (df or 1) <= 0:
            raise ModelError([Problem("copula is gaussian, or t with df > 0", path=path)])
        ((measure, value),) = given.items()
        pair = CorrelationSpec((first, second), measure, value, copula, df)
        self._change(correlations=(*self._spec.correlations, pair))

    def scenario(self, name: str, **changes: Mapping[str, Any]) -> None:
        """Declare a named change of the model.

        Parameters
        ----------
        name : str
            A new scenario name.
        **changes : mapping
            For each input, as in a model file: ``{"percentiles": [0, 10]}``, ``{"shift": -2}``,
            ``{"scale": 0.8}``, ``{"value": 5}``, or a whole distribution.

        Raises
        ------
        ModelError
            For an unknown input or change.
        """
        made = {key: self._change_of(name, key, dict(change)) for key, change in changes.items()}
        self._change(scenarios={**self._spec.scenarios, name: made})

    # -- asking -------------------------------------------------------------------------------

    @property
    def spec(self) -> ModelSpec:
        """The declaration, as plain data."""
        return self._spec

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._spec.name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(self._spec.scenarios)

    def compiled(self, scenario: str = "", view: View = ATTEMPT) -> Compiled:
        """Return the model with its names resolved and its units checked.

        Parameters
        ----------
        scenario : str
            Empty for the model as declared.
        view : View
            The question that it is compiled for.

        Raises
        ------
        ModelError
            With every problem found.
        """
        key = (scenario, view)
        if key not in self._compiled:
            spec = apply_scenario(self._spec, scenario) if scenario else self._spec
            self._compiled[key] = compile_spec(spec, force=self._force, view=view)
        return self._compiled[key]

    def plan(self, scenario: str = "", view: View = ATTEMPT) -> Plan:
        """Return what a run draws.

        Parameters
        ----------
        scenario : str
            Empty for the model as declared.
        view : View
            The question that it is compiled for.

        Raises
        ------
        ModelError
            For a model that reports nothing, besides the problems of `compiled`.
        """
        compiled = self.compiled(scenario, view)
        if not compiled.outputs:
            raise ModelError(
                [Problem("the model reports nothing", "Add [outputs], [quantities] or [[stages]].")]
            )
        outputs = {name: one.node for name, one in compiled.outputs.items()}
        tails = tail_indices(outputs.values())
        from_catalogue = any(declared.origin for declared in self._spec.inputs.values())
        return Plan(
            name=self.name,
            outputs=outputs,
            units={name: str(one.unit) for name, one in compiled.outputs.items()},
            labels={name: one.node for name, one in compiled.labels.items()},
            label_units={name: str(one.unit) for name, one in compiled.labels.items()},
            streams=compiled.streams,
            tail_index={name: tails[node] for name, node in outputs.items()},
            currency=self._spec.currency,
            scenario=scenario,
            view=view.name,
            notes=(*compiled.notes, *_judgement_note(self._spec)),
            catalogue_hash=load_catalogue().digest() if from_catalogue else "",
        )

    def run(
        self,
        draws: int = 100_000,
        *,
        seed: int = 0,
        design: str = "random",
        scenario: str = "",
        precision: float | None = None,
        per: str = "attempt",
        cap: int | None = None,
        projects: int = 1,
        correlation: float = 0.0,
        **settings: Any,
    ) -> Result:
        """Draw outcomes of the project.

        Parameters
        ----------
        draws : int
            Number of outcomes. A longer run keeps the outcomes of a shorter one.
        seed : int
            Same seed, same model: same bits, on any number of threads.
        design : str
            ``random``, ``sobol`` or ``lhs``.
        scenario : str
            A named change of the model; empty for the model as declared.
        precision : float or None
            Draw until every figure is known to this relative half-width; `draws` is not used then.
        per : str
            ``attempt``; ``success``: repeated until it works, at most `cap` times; or
            ``portfolio``: the sum of `projects` of them, whose gates' normals have `correlation`.
        cap : int or None
            Largest number of attempts.
        projects : int
            Number of projects in a portfolio.
        correlation : float
            Between two projects of a portfolio, 0 to 1.
        **settings
            Further fields of `simcost.run.Settings`: quantiles, threads, engine, progress, ….

        Returns
        -------
        Result

        Raises
        ------
        ModelError
            For a model with problems or an unknown scenario.
        UsageError
            For settings that make no sense.
        ResourceError
            For a run that would not fit into memory.
        NumericalError
            For a NaN or an infinity in an output.
        """
        chosen = Settings(draws=draws, seed=seed, design=design, **settings)
        if per == "attempt":
            plan = self.plan(scenario)
            if precision is None:
                return run_plan(plan, chosen)
            return run_to_precision(plan, chosen, precision)
        if precision is not None:
            raise UsageError("a precision can be asked for per attempt only")
        if per == "success":
            plan = self.plan(scenario, View("success"))
            if cap is None:
                self._require_cap(scenario)
            return run_per_success(plan, chosen, cap)
        if per == "portfolio":
            if not 0 <= correlation <= 1:
                raise UsageError(f"the correlation must lie between 0 and 1, not {correlation}")
            return run_portfolio(
                self.plan(scenario, View("portfolio", correlation)), chosen, projects
            )
        raise UsageError(f"there is no view per {per!r}: write attempt, success or portfolio")

    def replay(
        self, outcome: int, *, seed: int = 0, design: str = "random", scenario: str = ""
    ) -> Trace:
        """Show one outcome of a run, with every input and intermediate figure.

        Parameters
        ----------
        outcome : int
            Number of the outcome, from 0.
        seed, design, scenario
            Those of the run.

        Returns
        -------
        Trace
        """
        settings = Settings(seed=seed, design=design)
        return trace_plan(self.plan(scenario), settings.seed, settings.design, outcome)

    # -- helpers ------------------------------------------------------------------------------

    def _change(self, **fields: Any) -> None:
        self._spec = replace(self._spec, **fields)
        self._compiled = {}

    def _check_name(self, name: str) -> None:
        taken = {*self._spec.inputs, *self._spec.quantities, *self._spec.outputs}
        reserved = set(AUTOMATIC) if self._spec.stages else set()
        if not name.isidentifier() or keyword.iskeyword(name):
            raise ModelError([Problem(f"{name!r} is no name", "Use letters, digits and _.")])
        if name in taken | reserved:
            raise ModelError([Problem(f"the name {name!r} is used twice", "Choose another one.")])

    def _expression(self, value: Expression | str) -> Expression:
        if isinstance(value, Expression):
            return value
        names = {
            name: Expression(input_node(name), parse_unit(one.unit) if one.unit else PLAIN)
            for name, one in self._spec.inputs.items()
        }
        for name, quantity in self._spec.quantities.items():
            if isinstance(quantity.formula, Expression):
                names[name] = quantity.formula
        return formula.evaluate(value, names)

    def _change_of(self, scenario: str, name: str, change: dict[str, Any]) -> Change:
        if name not in self._spec.inputs:
            raise ModelError(
                [Problem(f"there is no input {name!r}", path=("scenarios", scenario, name))]
            )
        if len(change) == 1:
            ((key, given),) = change.items()
            if key == "value":
                return Change(value=float(given))
            if key == "shift":
                return Change(shift=float(given))
            if key == "scale":
                return Change(scale=float(given))
        if set(change) == {"percentiles"} and not isinstance(change["percentiles"], Mapping):
            low, high = map(float, change["percentiles"])
            return Change(percentiles=(low, high))
        return Change(distribution=build(change))

    def _require_cap(self, scenario: str) -> None:
        """Refuse an unlimited retry whose number of attempts has no variance.

        With a chance of success that comes near 0 like p^a, the mean number of attempts is
        infinite for a <= 1 and its variance for a <= 2.
        """
        for chance in self.compiled(scenario, View("success")).chances:
            exponent = _exponent_at_certain_failure(chance)
            if exponent <= 2:
                what = "mean" if exponent <= 1 else "variance"
                raise UsageError(
                    f"the number of attempts has no {what}: the chance of failure "
                    f"({chance.describe()}) comes too close to 1. "
                    "Give a largest number of attempts (cap=10, --cap 10)."
                )


def compile_model(spec: ModelSpec, *, force: bool = False) -> Model:
    """Return the model of a declaration; see `Model.from_spec`."""
    return Model.from_spec(spec, force=force)


def _distribution(
    given: Distribution | Mapping[str, Any] | float | None,
) -> Distribution | None:
    if given is None or isinstance(given, Distribution):
        return given
    if isinstance(given, Mapping):
        return build(given)
    return Constant(float(given))


def _term(given: Figure | None) -> Term | None:
    if isinstance(given, Mapping):
        return build(given)
    return float(given) if isinstance(given, int) else given


def _judgement_note(spec: ModelSpec) -> tuple[str, ...]:
    names = [name for name, declared in spec.inputs.items() if declared.basis == "judgement"]
    return (f"rests on judgement: {', '.join(names)}",) if names else ()


def _exponent_at_certain_failure(chance: Distribution) -> float:
    """Exponent a of P(success chance < e) ~ e^a near e = 0; infinite where it stays away."""
    base, unbounded = chance, math.inf
    if isinstance(base, Affine | Constant) or chance.support()[1] < 1:
        return unbounded
    near, nearer = (float(one) for one in 1.0 - chance.cdf(1.0 - np.array([1e-4, 1e-6])))
    if nearer <= 0 or near <= 0:
        return unbounded
    return (math.log(near) - math.log(nearer)) / (math.log(1e-4) - math.log(1e-6))
