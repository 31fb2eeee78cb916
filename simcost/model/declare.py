"""Declaring a model in Python: inputs, quantities, stages, outputs, correlations, scenarios."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError, Problem
from simcost.families import Constant, Distribution, build
from simcost.graph import formula
from simcost.graph.expression import Expression
from simcost.model.compile import input_node
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
from simcost.units import PLAIN, parse_unit

Figure = Term | int | Mapping[str, Any]  # what a stage's key may be given as


class Declaration:
    """A model being written down; `simcost.model.Model` adds what can be asked of it."""

    def __init__(self, name: str = "model", *, currency: str = "") -> None:
        if currency:
            parse_unit(currency)
        self._spec = ModelSpec(name=name, currency=currency)

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

    def _change(self, **fields: Any) -> None:
        self._spec = replace(self._spec, **fields)

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
