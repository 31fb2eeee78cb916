"""Declaring a model in Python: its stages, and the periods that they are spread over."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcost.errors import ModelError, Problem
from simcost.graph.expression import Expression
from simcost.graph.profiles import UNIFORM, Profile
from simcost.model import given
from simcost.model.declare import Declaration
from simcost.model.spec import StageSpec, Term, TimeSpec
from simcost.model.stages import TIMED, comes
from simcost.model.timing import COMPOUNDING, LONGEST
from simcost.run.flows import PERIOD

Figure = Term | int | Mapping[str, Any]  # what a stage's key may be given as


class StagedDeclaration(Declaration):
    """A model being written down, with what it does in which order."""

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
