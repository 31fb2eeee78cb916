"""Declaring a model in Python: inputs, quantities, stages, outputs, correlations, scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError, Problem
from simcost.families import Distribution
from simcost.graph import formula
from simcost.graph.expression import Expression
from simcost.graph.profiles import UNIFORM, Profile
from simcost.model import given
from simcost.model.changes import stage_target
from simcost.model.inputs import input_node
from simcost.model.scenario import resolve
from simcost.model.spec import (
    FormulaSpec,
    InputSpec,
    ModelSpec,
    Scenario,
    StageSpec,
    Term,
    TimeSpec,
)
from simcost.model.stages import AUTOMATIC, TIMED, comes
from simcost.model.timing import COMPOUNDING, LONGEST
from simcost.run.flows import PERIOD

Figure = Term | int | Mapping[str, Any]  # what a stage's key may be given as


class Declaration:
    """A model being written down; `simcost.model.Model` adds what can be asked of it."""

    def __init__(self, name: str = "model", *, currency: str = "") -> None:
        money = given.currency(currency, ("model", "currency"))
        self._spec = ModelSpec(name=str(name), currency=money)

    @property
    def spec(self) -> ModelSpec:
        """The declaration, as plain data."""
        return self._spec

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
            Empty for a plain number. Given with `catalogue` alone, the entry is restated in it.
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
        self._check_name(name, "inputs")
        path = ("inputs", name)
        law, source, money_year = given.law(distribution, path), {}, None
        measured = given.unit(unit, (*path, "unit"))
        if catalogue:
            entry = load_catalogue().get(catalogue)
            if law is None and unit:
                law = given.restated(entry.distribution, entry.unit, unit, (*path, "unit"))
            law = law or entry.distribution
            unit, basis, note = unit or entry.unit, basis or entry.basis, note or entry.note
            source, money_year = dict(entry.source), entry.money_year
            measured = given.unit(unit, (*path, "unit"))
        if law is None:
            raise ModelError([Problem("an input needs a distribution", path=path)])
        declared = InputSpec(
            distribution=law,
            unit=unit,
            basis=basis,
            source=source,
            note=note,
            origin=catalogue,
            money_year=money_year,
        )
        expression = Expression(input_node(name), measured)
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
        expression = self._named("quantities", name, value, unit)
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
        expression = self._named("outputs", name, value, unit)
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
        profile: Profile | str | Mapping[str, Any] = UNIFORM,
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
        profile : str or mapping
            How its spending is spread over its duration, in a model with `time`: ``"beta"``,
            ``{"weibull": {"shape": 2, "scale": 0.5}}``.
        """
        path = ("stages", len(self._spec.stages))
        if not isinstance(name, str) or not name.strip():
            raise ModelError([Problem(f"{name!r} is no name", "Give text.", path)])
        if name in {stage.name for stage in self._spec.stages}:
            raise ModelError([Problem(f"there is a stage {name!r} already", path=path)])
        for taken in sorted(self._names() & self._automatic()):
            what, fix = f"{taken} comes by itself from the stages", "Give yours another name."
            raise ModelError([Problem(what, fix, path)])
        stage = StageSpec(
            name,
            cost=given.term(cost, (*path, "cost")),
            duration=given.term(duration, (*path, "duration")),
            emissions=given.term(emissions, (*path, "emissions")),
            failure=given.term(failure, (*path, "failure")),
            spent_at_failure=given.term(spent_at_failure, (*path, "spent_at_failure")),
            salvage=given.term(salvage, (*path, "salvage")),
            profile=given.profile(profile, (*path, "profile")),
        )
        self._change(stages=(*self._spec.stages, stage))

    def time(
        self,
        unit: str = "month",
        horizon: int = 24,
        *,
        discount_rate: Figure | None = None,
        escalation: Figure | None = None,
        compounding: str = "annual",
        price_year: int | None = None,
        start_year: int | None = None,
    ) -> Expression:
        """Spread what stages spend over periods; return the number of the period, from 1.

        Parameters
        ----------
        unit : str
            Of a period.
        horizon : int
            Number of periods; what comes later is added up.
        discount_rate : Expression, str, float, Distribution or mapping
            Share of 1 a year; adds the output ``present_value``.
        escalation : same
            Share of 1 by which prices rise a year; adds ``nominal_cost``.
        compounding : str
            ``annual``, (1 + rate)^-years, or ``continuous``, exp(-rate years).
        price_year, start_year : int
            Year of the prices, and in which the project starts (that of the prices if not given).

        Returns
        -------
        Expression
            For costs and emissions of stages that change with time.

        Raises
        ------
        ModelError
            For anything out of range, or a model that has periods already.
        """
        if self._spec.time is not None:
            raise ModelError([Problem("the model has periods already", path=("time",))])
        if "period" in self._names():
            what, fix = "period stands for the number of the period", "Give yours another name."
            raise ModelError([Problem(what, fix, ("time",))])
        spec = TimeSpec(
            str(unit),
            given.whole(horizon, 1, LONGEST, ("time", "horizon")),
            discount_rate=given.term(discount_rate, ("time", "discount_rate")),
            escalation=given.term(escalation, ("time", "escalation")),
            compounding=given.choice(compounding, COMPOUNDING, ("time", "compounding")),
            price_year=given.year(price_year, ("time", "price_year")),
            start_year=given.year(start_year, ("time", "start_year")),
        )
        for name in TIMED:
            if name in self._names() and comes(name, spec):
                what, fix = f"{name} comes by itself", "Give yours another name."
                raise ModelError([Problem(what, fix, ("time",))])
        given.unit(spec.unit, ("time", "unit"))
        self._change(time=spec)
        return Expression(PERIOD)

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
        stated = {name: value for name, value in measures.items() if value is not None}
        path = ("correlations", len(self._spec.correlations))
        table = {"between": [first, second], **stated, "copula": copula, "df": df}
        pair = given.correlation(table, path, self._spec.inputs)
        if {first, second} in (set(one.between) for one in self._spec.correlations):
            what = f"the correlation of {first!r} and {second!r} is given twice"
            raise ModelError([Problem(what, "Keep one.", path)])
        self._change(correlations=(*self._spec.correlations, pair))

    def scenario(
        self,
        name: str,
        *,
        extends: str | Sequence[str] = (),
        correlations: Sequence[Mapping[str, Any]] = (),
        correlation_stress: float | None = None,
        **changes: Mapping[str, Any] | Distribution | float,
    ) -> None:
        """Declare a named change of the model.

        Parameters
        ----------
        name : str
            A new scenario name.
        extends : str or sequence of str
            Scenarios whose changes are made too, unless this one changes the same.
        correlations : sequence of mapping
            Stated anew: ``{"between": ["a", "b"], "spearman": 0.9}``.
        correlation_stress : float or None
            Share of the way of every stated dependence to perfect, 0 to 1.
        **changes : mapping, Distribution or float
            For each input, as in a model file: ``{"percentile": 90}``,
            ``{"percentiles": [0, 10]}``, ``{"shift": -2}``, ``{"shift": "10%"}``,
            ``{"scale": 0.8}``, ``{"value": 5}`` or 5, or a whole distribution. For a figure of a
            stage: ``**{"pilot.failure": 0.5}``.

        Raises
        ------
        ModelError
            For an unknown input, stage, scenario or change.
        """
        path = ("scenarios", name)
        if not isinstance(name, str) or not name.strip():
            raise ModelError([Problem(f"{name!r} is no name", "Give text.", ("scenarios",))])
        if name in self._spec.scenarios:
            what = f"there is a scenario {name!r} already"
            raise ModelError([Problem(what, "Choose another name.", path)])
        stages = {stage.name: stage for stage in self._spec.stages}
        for key in changes:
            if key not in self._spec.inputs:
                try:
                    stage_target(key, stages)
                except ModelError as error:
                    raise ModelError([one.under(*path, key) for one in error.problems]) from None
        made = Scenario(
            changes={key: given.change(one, (*path, key)) for key, one in changes.items()},
            extends=(extends,) if isinstance(extends, str) else tuple(extends),
            correlations=tuple(
                given.correlation(one, (*path, "correlations", i), self._spec.inputs)
                for i, one in enumerate(correlations)
            ),
            correlation_stress=given.share(correlation_stress, (*path, "correlation_stress")),
        )
        resolve({**self._spec.scenarios, name: made}, name)
        self._change(scenarios={**self._spec.scenarios, name: made})

    def _change(self, **fields: Any) -> None:
        self._spec = replace(self._spec, **fields)

    def _automatic(self) -> set[str]:
        """Return the names that come by themselves in a model with stages."""
        return {name for name in AUTOMATIC if name not in TIMED or comes(name, self._spec.time)}

    def _names(self) -> set[str]:
        return {*self._spec.inputs, *self._spec.quantities, *self._spec.outputs}

    def _check_name(self, name: str, section: str) -> None:
        """Refuse what formulas could not use, and what stands for something else already."""
        what, fix = "", "Choose another one."
        if not isinstance(name, str):
            what, fix = f"{name!r} is no name", "Give text."
        elif formula.name_problem(name):
            what, fix = f"{name!r} is no name", formula.name_problem(name)
        elif name == "period" and self._spec.time is not None:
            what = "period stands for the number of the period"
        elif name in self._names():
            what = f"the name {name!r} is used twice"
        elif name in self._automatic() and self._spec.stages:
            what = f"{name} comes by itself from the stages"
        if what:
            raise ModelError([Problem(what, fix, (section, str(name)))])

    def _named(self, section: str, name: str, value: Expression | str, unit: str) -> Expression:
        self._check_name(name, section)
        expression = self._expression(value)
        return expression.to(unit) if unit else expression

    def _expression(self, value: Expression | str) -> Expression:
        if isinstance(value, Expression):
            return value
        names = {
            name: Expression(input_node(name), given.unit(one.unit, ("inputs", name, "unit")))
            for name, one in self._spec.inputs.items()
        }
        if self._spec.time is not None:
            names["period"] = Expression(PERIOD)
        for name, quantity in self._spec.quantities.items():
            if isinstance(quantity.formula, Expression):
                names[name] = quantity.formula
        return formula.evaluate(value, names)
