"""``[time]``: from what was declared to the clock that stages' spending is spread by."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from simcost.errors import ModelError, Problem
from simcost.graph.expression import Expression
from simcost.graph.node import Node, const, make
from simcost.graph.profiles import UNIFORM
from simcost.model.context import Context
from simcost.model.spec import TimeSpec
from simcost.run.flows import ONE, Clock, Rate, moves
from simcost.units import PLAIN, Unit, parse_unit

RATES = ("discount_rate", "escalation")
Bounds = Callable[[Node], tuple[float, float] | None]
COMPOUNDING = ("annual", "continuous")
LONGEST = 600  # periods


@dataclass(frozen=True, slots=True)
class _Yearly:
    """A continuous rate a year, and what is known of it before any draw."""

    node: Node
    low: float
    high: float


def check_time(context: Context) -> None:
    """Refuse periods that nothing could be spread over."""
    time = context.spec.time
    if time is None:
        for number, stage in enumerate(context.spec.stages):
            if stage.profile != UNIFORM:
                what = f"stage {stage.name} has a profile over time, and the model has no [time]"
                fix = 'Add [time] with unit = "month" and horizon = 24, or remove the profile.'
                context.problems.append(Problem(what, fix, ("stages", number, "profile")))
        return
    if not context.spec.stages:
        what = "[time] spreads what stages spend, and this model has no stages"
        context.problems.append(Problem(what, "Add [[stages]], or remove [time].", ("time",)))
    elif all(stage.duration is None for stage in context.spec.stages):
        what = "no stage has a duration, so all is spent at the start"
        context.problems.append(Problem(what, "Give the stages a duration.", ("time",)))
    if time.start_year is not None and time.price_year is None:
        what = "start_year counts from the year of the prices, which is not given"
        context.problems.append(Problem(what, "Add price_year.", ("time", "start_year")))
    context.notes += _notes(context, time)


def clock_of(time: TimeSpec, duration: Unit, rates: dict[str, Expression], bounds: Bounds) -> Clock:
    """Return the clock of a model.

    Parameters
    ----------
    time : TimeSpec
        As declared.
    duration : Unit
        That of the stages' durations.
    rates : dict of str to Expression
        Those of `RATES` that were given.
    bounds : callable
        What is known of a rate's range before any draw.

    Raises
    ------
    ModelError
        For a unit that is no time, or rates that cannot be.
    """
    try:
        period = parse_unit(time.unit).factor_to(duration)
        year = parse_unit("year").factor_to(duration)
    except ModelError as error:
        raise ModelError([one.under("time", "unit") for one in error.problems]) from None
    if not parse_unit(time.unit).same_dimension(parse_unit("month")):
        what = f"{time.unit} is not a time"
        raise ModelError([Problem(what, 'For example: unit = "month"', ("time", "unit"))])
    yearly = {
        key: _yearly(
            key, rate, time.compounding if key == "discount_rate" else COMPOUNDING[0], bounds
        )
        for key, rate in rates.items()
    }
    ahead = (time.start_year or 0) - (time.price_year or 0) if time.start_year else 0
    return Clock(time.unit, time.horizon, period, year, _rates(yearly, ahead))


def refuse_period(node: Node, what: str, path: tuple[str | int, ...]) -> list[Problem]:
    """Return a problem for a figure that depends on the period and cannot."""
    if not moves(node):
        return []
    message = f"{what} depends on the period, which only costs and emissions of stages can"
    return [Problem(message, "Take period out of it.", path)]


def _yearly(key: str, rate: Expression, compounding: str, bounds: Bounds) -> _Yearly:
    path = ("time", key)
    node = rate.node
    problems = refuse_period(node, key, path)
    low, high = bounds(node) or (-math.inf, math.inf)
    if bounds(node) and (low <= -1 or high >= 1):
        worst = high if high >= 1 else low
        what = f"{key} is up to {worst:g}, which is {100 * worst:g}% a year"
        if low == high:
            what = f"{key} is {worst:g}, which is {100 * worst:g}% a year"
        problems.append(Problem(what, "Give a share of 1: 8% is 0.08.", path))
    if problems:
        raise ModelError(problems)
    if compounding == COMPOUNDING[1]:
        return _Yearly(node, low, high)
    ends = [math.log1p(end) if end > -1 else -math.inf for end in (low, high)]
    return _Yearly(make("log1p", node), *ends)


def _rates(yearly: dict[str, _Yearly], ahead: int) -> dict[str, Rate]:
    rates: dict[str, Rate] = {}
    growth, discount = yearly.get("escalation"), yearly.get("discount_rate")
    if growth is not None:
        risen = make("exp", make("mul", growth.node, const(ahead))) if ahead else ONE
        rates["nominal_cost"] = Rate(growth.node, risen, falling=growth.high <= 0)
    if discount is not None:
        paid = rates.get("nominal_cost")
        at_start = ONE if paid is None else paid.at_start
        down = make("neg", discount.node)
        both = down if growth is None else make("sub", growth.node, discount.node)
        highest = 0.0 if growth is None else growth.high
        falling = discount.low >= max(highest, 0.0)
        rates["present_value"] = Rate(both, at_start, falling, discount.node, paid)
    return rates


def _notes(context: Context, time: TimeSpec) -> list[str]:
    notes = []
    if context.view.name == "success":
        notes.append("every attempt counts its periods from its own start")
    if time.price_year is None:
        return notes
    other = [
        f"{name} ({one.money_year})"
        for name, one in context.spec.inputs.items()
        if one.money_year not in (None, time.price_year)
    ]
    notes.append(f"cost is in prices of {time.price_year}")
    if other:
        notes.append(f"prices of other years that were not converted: {', '.join(other)}")
    return notes


def as_rate(value: Expression) -> Expression:
    """Return a rate as a share of 1 a year.

    Raises
    ------
    UnitError
        For anything but a plain number or a number a year.
    """
    yearly = parse_unit("1/year")
    unit = yearly if value.unit.same_dimension(yearly) else PLAIN
    return Expression(value.to(unit).node, PLAIN)
