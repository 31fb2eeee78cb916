"""Inputs held at percentiles in their bad direction, which is found by trying."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from simcost.analyses._dial import Dial, held
from simcost.analyses._influence import Figure, Statistic, figures
from simcost.analyses._paired import difference
from simcost.analyses._runs import Runs, Vector
from simcost.graph.node import const
from simcost.result import Interval, Result
from simcost.run import Plan
from simcost.run.drivers import Driver, fixed

TOGETHER = "all together"
LOOKED_AT = (5.0, 25.0, 50.0, 75.0, 95.0)  # percentiles between which an effect must not turn
LOOKED_ON = 4096  # outcomes, each by itself
SLACK = 1e-12  # of an outcome, for rounding


@dataclass(frozen=True, slots=True)
class Rungs:
    """One row of a ladder."""

    name: str
    driver: Driver | None
    direction: int
    monotone: bool
    held_at: list[float]
    values: list[Interval]
    moved: list[Interval]


class Climb:
    """Draws the rungs of a plan, each compared with the plan itself."""

    def __init__(self, plan: Plan, runs: Runs, asked: Statistic, levels: tuple[float, ...]) -> None:
        self.plan, self.runs, self.asked, self.levels = plan, runs, asked, levels
        self.result = runs.result(plan)
        self.base = self._figure(self.result.values[runs.output])

    def alone(self, driver: Driver) -> Rungs:
        """Return the row of one input."""
        dial = Dial.of(self.plan, driver.value, held(driver), self.runs)
        direction, monotone = self._direction(driver, dial)
        at = [_percentile(driver, direction, level) for level in self.levels]
        found = [self._measured(dial.at(value)) for value in at]
        values, moved = ([pair[k] for pair in found] for k in (0, 1))
        return Rungs(driver.name, driver, direction, monotone, at, values, moved)

    def together(self, rungs: list[Rungs]) -> Rungs:
        """Return the row of all inputs at once, each in its own bad direction."""
        values, moved = [], []
        for k in range(len(self.levels)):
            numbers_of = {
                one.driver.value: const(one.held_at[k]) for one in rungs if one.driver is not None
            }
            value, change = self._measured(self.runs.values(fixed(self.plan, numbers_of)))
            values.append(value)
            moved.append(change)
        monotone = all(one.monotone for one in rungs)
        nothing = [float("nan")] * len(self.levels)
        return Rungs(TOGETHER, None, 1, monotone, nothing, values, moved)

    def _measured(self, y: Vector) -> tuple[Interval, Interval]:
        figure = self._figure(y)
        return self._interval(y), difference(figure, self.base, self.runs.sampling)

    def _figure(self, y: Vector) -> Figure:
        return figures(y, [self.asked], self.runs.sampling)[0]

    def _interval(self, y: Vector) -> Interval:
        name, plan = self.runs.output, self.plan
        meta = replace(self.result.meta, tail_index=plan.tail_index)
        y.setflags(write=False)
        return self.asked.of(Result({name: y}, plan.units, meta), name)

    def _direction(self, driver: Driver, dial: Dial) -> tuple[int, bool]:
        """Return which way is bad, and whether no outcome looked at says otherwise."""
        at = [_percentile(driver, 1, level) for level in LOOKED_AT]
        count = min(LOOKED_ON, self.runs.settings.draws)
        seen = np.array([dial.at(value, count) for value in at])
        steps = np.diff(seen, axis=0)
        slack = SLACK * np.abs(seen).max()
        up, down = bool((steps > slack).any()), bool((steps < -slack).any())
        if up != down:
            return (1 if up else -1), True
        if not up:
            return 0, True
        ends = [self._figure(dial.at(value)).value for value in (at[0], at[-1])]
        return (1 if ends[1] >= ends[0] else -1), False


def _percentile(driver: Driver, direction: int, level: float) -> float:
    u = level / 100 if direction >= 0 else 1.0 - level / 100
    return float(driver.law.quantile(np.array([u]))[0])
