"""The smallest change of one input that takes a statistic across a budget."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from simcost.analyses._dial import Dial, displaced, normal_score, scaled, share_of
from simcost.analyses._influence import Statistic, estimate, figures
from simcost.analyses._paired import half_width
from simcost.analyses._runs import Runs
from simcost.result import Interval
from simcost.run import Plan
from simcost.run.drivers import Driver

SCORES = (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.09)  # the last is P99.9
FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
SCREEN = 4096  # outcomes that decide where to look more closely
FINE = 1e-3  # of a score, or of the logarithm of a factor
STEP = 0.05  # of a score, for the slope of a statistic

Number = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Row:
    """What flips the decision, of one input."""

    driver: Driver
    displacement: Interval
    before: float
    after: Interval
    factor: Interval


NEVER = Interval(None, reason="nothing within its range flips the decision")


class Flips:
    """Finds the smallest change of one input after the other."""

    def __init__(
        self, plan: Plan, runs: Runs, asked: Statistic, budget: float, above: bool
    ) -> None:
        self.plan, self.runs, self.asked = plan, runs, asked
        self.budget, self.above = budget, above

    def row(self, driver: Driver, chance: Any) -> Row:
        """Return the smallest change of one input that flips the decision."""
        dial = Dial.of(self.plan, driver.value, displaced(driver), self.runs)
        moved = self._change(dial, (0.0, *SCORES), float)

        def at(d: float) -> float:
            if driver.gate:
                p = np.array([math.nan]) if chance is None else chance
                return float(np.mean(_moved(p, d)))
            return float(driver.law.quantile(np.array([share_of(d)]))[0])

        return Row(driver, moved, at(0.0), _mapped(moved, at), self._factor(driver))

    def _factor(self, driver: Driver) -> Interval:
        if driver.gate or driver.discrete or driver.law.support()[0] < 0.0:
            return NEVER
        dial = Dial.of(self.plan, driver.value, scaled(driver), self.runs)
        logs = (0.0, *(math.log(one) for one in FACTORS))
        return _mapped(self._change(dial, logs, math.exp), math.exp)

    def _change(self, dial: Dial, steps: tuple[float, ...], to: Number) -> Interval:
        """Return the smallest change that flips, with the statistic's error by its slope."""
        found = self._smallest(dial, steps, to)
        if found is None:
            return NEVER
        figure = figures(dial.at(to(found)), [self.asked], self.runs.sampling)[0]
        ends = [estimate(dial.at(to(found + h)), self.asked) for h in (-STEP, STEP)]
        slope = (ends[1] - ends[0]) / (2 * STEP)
        pull = figure.influence
        if pull is None or slope == 0.0:
            return Interval(found)
        reach = abs(half_width(pull, self.runs.sampling) / slope)
        return Interval(found, found - reach, found + reach)

    def _smallest(self, dial: Dial, steps: tuple[float, ...], to: Number) -> float | None:
        """Return the change nearest to 0, either way, at which the budget is crossed."""
        found = [
            one
            for sign in (1.0, -1.0)
            if (one := self._one_way(dial, [sign * step for step in steps], to)) is not None
        ]
        return min(found, key=abs, default=None)

    def _one_way(self, dial: Dial, steps: list[float], to: Number) -> float | None:
        """Return the first crossing along some steps: looked for on few outcomes, then on all."""
        few = min(SCREEN, self.runs.settings.draws)

        def miss(change: float, count: int | None = None) -> float:
            y = dial.at(to(change), count)
            return estimate(y, self.asked) - self.budget

        def flipped(value: float) -> bool:
            return (value > 0.0) != self.above

        first = next((k for k, x in enumerate(steps) if k and flipped(miss(x, few))), None)
        # What few outcomes say of the first step may be wrong by their error: look at all.
        start = len(steps) - 1 if first is None else first
        if not flipped(miss(steps[start])):
            later = [k for k in range(start + 1, len(steps)) if flipped(miss(steps[k]))][:1]
            if not later:
                return None
            start = later[0]
        while start > 1 and flipped(miss(steps[start - 1])):
            start -= 1
        low, high = sorted((steps[start - 1], steps[start]))
        if flipped(miss(low)) == flipped(miss(high)):
            return 0.0  # the statistic lies at the budget
        return float(brentq(miss, low, high, xtol=FINE * (high - low), rtol=1e-6))


def _mapped(interval: Interval, to: Number) -> Interval:
    """Return an interval on another scale, that rises with its own."""
    if interval.value is None:
        return interval
    low, high = (None if end is None else to(end) for end in (interval.low, interval.high))
    return Interval(to(interval.value), low, high)


def _moved(p: Any, d: float) -> Any:
    """Return chances of failure after their gate's normal score was moved by d."""
    return np.vectorize(lambda one: share_of(normal_score(one) + d) if 0 < one < 1 else one)(p)
