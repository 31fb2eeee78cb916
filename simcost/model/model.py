"""What a user asks: a model that can be compiled, run and replayed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError, Problem, UsageError
from simcost.families import Constant
from simcost.graph.node import Node, walk
from simcost.model.compile import ATTEMPT, Compiled, compile_spec
from simcost.model.context import View
from simcost.model.declare_changes import FullDeclaration
from simcost.model.reach import inputs_behind
from simcost.model.retries import exponent_near_zero
from simcost.model.scenario import apply_scenario
from simcost.model.spec import ModelSpec, Scenario
from simcost.model.switches import apply_switches, switches_of
from simcost.model.tails import tail_indices
from simcost.result import Result
from simcost.run import (
    Plan,
    Settings,
    Trace,
    choose,
    plan_in_pattern,
    run_per_success,
    run_plan,
    run_portfolio,
    run_to_precision,
    trace_plan,
)


class Model(FullDeclaration):
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
        super().__init__(name, currency=currency)
        self._force = force
        self._compiled: dict[tuple[str, View], Compiled] = {}

    @classmethod
    def from_spec(cls, spec: ModelSpec, *, force: bool = False) -> Model:
        """Return the model of a declaration, with every problem of it found now.

        Raises
        ------
        ModelError
            With all problems, those of changes that no scenario can make included.
        """
        model = cls(spec.name, force=force)
        model._spec = spec
        problems: list[Problem] = []
        for scenario in ("", *spec.scenarios):
            try:
                # Compiling every scenario would cost its time again; `simcost check` does.
                model.compiled() if not scenario else apply_scenario(spec, scenario)
            except ModelError as error:
                problems += error.problems
        if problems:
            raise ModelError(problems)
        return model

    @property
    def name(self) -> str:
        """Name of the model."""
        return self._spec.name

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios."""
        return tuple(self._spec.scenarios)

    @property
    def switches(self) -> dict[str, tuple[str, ...]]:
        """The switches of the model and their choices; the one that is made comes first."""
        return {
            name: (one.chosen, *(choice for choice in one.choices if choice != one.chosen))
            for name, one in self._spec.inputs.items()
            if one.choices
        }

    def switched(self, **choices: str) -> Model:
        """Return the model with other choices of method: ``switched(accounting="market")``.

        Raises
        ------
        UsageError
            For a switch or a choice that the model does not have.
        ModelError
            For a choice that needs a figure which is not given.
        """
        return Model.from_spec(apply_switches(self._spec, choices), force=self._force)

    @property
    def published(self) -> dict[str, tuple[float, ...]]:
        """What sources print for outputs, one figure or a range each, in the output's unit."""
        return {name: one.published for name, one in self._spec.outputs.items() if one.published}

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
            try:
                self._compiled[key] = compile_spec(
                    self._scenario(scenario), force=self._force, view=view
                )
            except ModelError as error:
                raise _of_scenario(scenario, error) from None
        return self._compiled[key]

    def _scenario(self, scenario: str) -> ModelSpec:
        return apply_scenario(self._spec, scenario) if scenario else self._spec

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
            streams=self._streams(compiled, scenario, view),
            tail_index={name: tails[node] for name, node in outputs.items()},
            currency=self._spec.currency,
            scenario=scenario,
            view=view.name,
            notes=(
                *compiled.notes,
                *_switch_note(self._scenario(scenario)),
                *_judgement_note(self._spec, self._scenario(scenario), outputs.values()),
            ),
            catalogue_hash=load_catalogue().digest() if from_catalogue else "",
            schedule=compiled.schedule,
        )

    def _streams(self, compiled: Compiled, scenario: str, view: View) -> tuple[str, ...]:
        """Return the streams in an order in which those of the model keep their dimensions."""
        if not scenario:
            return compiled.streams
        # A chance that becomes a fixed number, or a gate that can fail now, must move no other.
        return tuple(dict.fromkeys([*self.compiled(view=view).streams, *compiled.streams]))

    def extended(self, scenarios: Mapping[str, Scenario]) -> Model:
        """Return the model with more scenarios; this one stays as it is.

        Parameters
        ----------
        scenarios : mapping of str to Scenario
            By name; a name that is taken is replaced.

        Raises
        ------
        ModelError
            With every change that cannot be made.
        """
        spec = replace(self._spec, scenarios={**self._spec.scenarios, **scenarios})
        problems: list[Problem] = []
        for name in scenarios:
            try:
                apply_scenario(spec, name)
            except ModelError as error:
                problems += error.problems
        if problems:
            raise ModelError(problems)
        model = type(self)(spec.name, force=self._force)
        model._spec = spec
        model._compiled = {key: one for key, one in self._compiled.items() if not key[0]}
        return model

    def run(
        self,
        draws: int = 100_000,
        *,
        seed: int = 0,
        design: str | None = None,
        gates: str | None = None,
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
        design : str or None
            ``random``, ``sobol``, ``lhs``, or ``best``: Sobol points with exact gates. None is
            ``best`` where a precision is asked for, else ``random``.
        gates : str or None
            ``sampled``, or ``exact``: count every outcome in all the ways that its gates can fall,
            weighted by their chances; the result is a `WeightedResult` then. None is ``exact`` for
            the best design, else ``sampled``.
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
            Further fields of `simcost.run.Settings`: quantiles, keep, threads, engine, progress, ….

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
        design, gates = choose(design, gates, precision)
        chosen = Settings(draws=draws, seed=seed, design=design, gates=gates, **settings)
        if per == "attempt":
            plan = self.plan(scenario)
            if precision is None:
                return run_plan(plan, chosen)
            return run_to_precision(plan, chosen, precision)
        if precision is not None:
            raise UsageError("a precision can be asked for per attempt only")
        if gates == "exact":
            raise UsageError(
                f"the best design and exact gates are per attempt only; per {per} outcomes are "
                "random and gates are drawn"
            )
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
        self,
        outcome: int,
        *,
        seed: int = 0,
        design: str = "random",
        scenario: str = "",
        pattern: int | str | None = None,
    ) -> Trace:
        """Show one outcome of a run, with every input and intermediate figure.

        Parameters
        ----------
        outcome : int
            Number of the outcome, from 0.
        seed, design, scenario
            Those of the run.
        pattern : int, str or None
            Of a run with exact gates, the number or the name of a pattern; None for the way in
            which the gates of this outcome fall when they are drawn.

        Returns
        -------
        Trace
        """
        design, _ = choose(design, None, None)
        settings = Settings(seed=seed, design=design)
        plan = self.plan(scenario)
        if pattern is not None:
            plan = plan_in_pattern(plan, pattern)
        return trace_plan(plan, settings.seed, settings.design, outcome)

    def _change(self, **fields: Any) -> None:
        super()._change(**fields)
        self._compiled = {}

    def _require_cap(self, scenario: str) -> None:
        """Refuse an unlimited retry whose number of attempts has no mean or no variance."""
        stages = self.compiled(scenario, View("success")).stages
        exponent, cause = exponent_near_zero(stage.failure.node for stage in stages)
        if exponent <= 2:
            what = "mean" if exponent <= 1 else "variance"
            raise UsageError(
                f"the number of attempts has no {what}: the chance of failure "
                f"({cause}) comes too close to 1. "
                "Give a largest number of attempts (cap=10, --cap 10)."
            )


def compile_model(spec: ModelSpec, *, force: bool = False) -> Model:
    """Return the model of a declaration; see `Model.from_spec`."""
    return Model.from_spec(spec, force=force)


def _of_scenario(scenario: str, error: ModelError) -> ModelError:
    """Return the error with its messages saying which scenario brought them about."""
    if not scenario:
        return error
    where = f"in scenario {scenario}: "
    return ModelError([replace(one, message=where + one.message) for one in error.problems])


def _switch_note(spec: ModelSpec) -> tuple[str, ...]:
    chosen = ", ".join(f"{name} = {choice}" for name, choice in switches_of(spec).items())
    return (f"switches: {chosen}",) if chosen else ()


def _judgement_note(
    spec: ModelSpec, changed: ModelSpec, outputs: Iterable[Node]
) -> tuple[str, ...]:
    """Return a note that names the judgements behind the outputs, as declared."""
    drawn = {node.name for node in walk(outputs) if node.op == "stream"}
    behind = inputs_behind(changed)
    names = [
        name
        for name, declared in spec.inputs.items()
        if declared.basis == "judgement"
        # A fixed number is in no draw; the case of a switch that was not chosen is in neither.
        and name in (behind if isinstance(declared.distribution, Constant) else drawn)
    ]
    return (f"rests on judgement: {', '.join(names)}",) if names else ()
