"""Figures and shares of stages, from what was declared to expressions with checked units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simcost.errors import ModelError, Problem
from simcost.families import Constant, Distribution
from simcost.graph.expression import Expression
from simcost.graph.node import OUTCOME, PROJECT, Node, const, make, quantile, stream
from simcost.model.context import Context, Path
from simcost.model.formulas import FIGURES, SHARES, STAGES, TIME, Formulas, automatic
from simcost.model.given import currency
from simcost.model.inputs import drawn
from simcost.model.spec import StageSpec, Term
from simcost.model.stages import Lowered, Stage, lower_stages
from simcost.model.timing import RATES, as_rate, clock_of, refuse_period
from simcost.model.units import Reported, reported_unit
from simcost.run.flows import Clock
from simcost.units import PLAIN, Unit, parse_unit

SHARE_DEFAULTS = {"failure": 0.0, "spent_at_failure": 1.0, "salvage": 0.0}


class Figures:
    """The stages of a model while their figures become known.

    Parameters
    ----------
    context : Context
        Takes the values, streams and problems.
    formulas : Formulas
        Has evaluated the formulas of the stages.
    """

    def __init__(self, context: Context, formulas: Formulas) -> None:
        self.context, self.formulas = context, formulas
        self.checked: dict[int, list[str]] = {}
        self.stages: tuple[Stage, ...] = ()
        self.lowered = Lowered({}, {})
        self.currency = self._currency_unit()

    def lower(self) -> None:
        """Lower the stages, unless a formula of theirs is broken."""
        bad_fields = {key for key in self.context.broken if key.startswith("\0")}
        if bad_fields or STAGES in self.context.broken:
            self.context.broken |= set(automatic(self.context.spec))
            return
        before = len(self.context.problems)
        reported = self._reported_units()
        clock = self._clock(reported["duration"])
        self.stages = tuple(
            self._stage(number, declared, reported)
            for number, declared in enumerate(self.context.spec.stages)
        )
        if len(self.context.problems) > before:
            self.context.broken |= set(automatic(self.context.spec))
            return
        self.lowered = lower_stages(self.stages, self._gate, clock)
        self.context.values |= {
            name: value
            for name, value in self.lowered.outputs.items()
            if name not in self.context.spec.outputs
        }

    def _reported_units(self) -> dict[str, Reported]:
        """Return the unit of each figure: that of the first stage that states one decides."""
        reported = {key: reported_unit(key, self.currency) for key in FIGURES}
        for key, figure in reported.items():
            stated = (
                self.formulas.fields.get((number, key))
                for number in range(len(self.context.spec.stages))
            )
            figure.settle(one for one in stated if one is not None and not one.unit.is_plain)
        return reported

    def _clock(self, duration: Reported) -> Clock | None:
        """Return the clock of a model with [time]."""
        time = self.context.spec.time
        if time is None or duration.unit is None:
            return None
        rates: dict[str, Expression] = {}
        for key in RATES:
            term = getattr(time, key)
            if term is None:
                continue
            value = self.formulas.fields.get((TIME, key))
            if isinstance(term, Distribution):
                value = Expression(self._anonymous("time", key, term), PLAIN)
            elif isinstance(term, float):
                value = Expression(const(term), PLAIN)
            if value is not None:
                try:
                    rates[key] = as_rate(value)
                except ModelError as error:
                    self.context.blame(error, ("time", key))
        try:
            return clock_of(time, duration.unit, rates, bounds_of)
        except ModelError as error:
            self.context.blame(error, ())
            return None

    def _currency_unit(self) -> Unit | None:
        try:
            name = currency(self.context.spec.currency, ("model", "currency"))
        except ModelError as error:
            self.context.blame(error, ())
            return None
        return parse_unit(name) if name else None

    def _stage(self, number: int, declared: StageSpec, reported: Mapping[str, Reported]) -> Stage:
        figures: dict[str, Expression | None] = {}
        for key in FIGURES:
            value = self._term(number, declared, key, reported[key].of_a_number)
            try:
                figures[key] = None if value is None else reported[key].convert(value)
            except ModelError as error:
                self.context.blame(error, ("stages", number, key))
                figures[key] = None
        shares = {key: self._share(number, declared, key) for key in SHARES}
        if self.context.spec.time is not None:
            for key, one in {**shares, "duration": figures["duration"]}.items():
                if one is not None:
                    what = f"the {key} of stage {declared.name}"
                    path = ("stages", number, key)
                    self.context.problems += refuse_period(one.node, what, path)
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
            profile=declared.profile,
        )

    def _term(
        self, number: int, declared: StageSpec, key: str, unit: Unit | None
    ) -> Expression | None:
        term: Term | None = getattr(declared, key)
        if isinstance(term, str | Expression):
            return self.formulas.fields.get((number, key))
        if term is None:
            return None
        if unit is None:
            example = "3 month" if key == "duration" else "120 kgCO2e"
            self.context.problems.append(
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
            self.context.blame(error, path)
            return value
        bounds = bounds_of(value.node)
        if bounds is None:
            self.checked.setdefault(number, []).append(key)
        elif not (bounds[0] >= 0 and bounds[1] <= 1):
            low, high = bounds
            what = f"{low:g}" if low == high else f"{low:g} to {high:g}"
            self.context.problems.append(
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
            return drawn(distribution, None)
        name = f"{stage}.{key}"
        self.context.streams.append(name)
        shared = key == "failure" and self.context.view.name == "success"
        return quantile(stream(name, PROJECT if shared else OUTCOME), distribution)

    def _gate(self, stage: str) -> Node:
        name = f"{stage}.gate"
        self.context.streams.append(name)
        own = stream(name)
        rho = self.context.view.correlation
        if self.context.view.name != "portfolio" or rho == 0.0:
            return own
        common = stream(f"{stage}.common", PROJECT)
        self.context.streams.append(f"{stage}.common")
        # One-factor model (Vasicek 2002): the gate's normal is √ρ M + √(1-ρ) ε.
        z = make(
            "add",
            make("mul", const(rho**0.5), make("ndtri", common)),
            make("mul", const((1 - rho) ** 0.5), make("ndtri", own)),
        )
        return make("ndtr", z)


def bounds_of(node: Node) -> tuple[float, float] | None:
    """Return the range of a constant or a plain draw; None for anything computed."""
    if node.op == "const":
        return node.value, node.value
    if node.op == "quantile":
        payload: Any = node.payload
        low, high = payload.support()
        return float(low), float(high)
    return None
