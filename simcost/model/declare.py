"""Declaring a model in Python: its inputs, quantities and outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simcost.catalogue import load_catalogue
from simcost.errors import ModelError, Problem
from simcost.families import Distribution
from simcost.graph import formula
from simcost.graph.expression import Expression
from simcost.model import given
from simcost.model.inputs import input_node
from simcost.model.spec import FormulaSpec, InputSpec, ModelSpec
from simcost.model.stages import AUTOMATIC, TIMED, comes
from simcost.run.flows import PERIOD


class Declaration:
    """A model being written down: what it is made of, and what it reports."""

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
