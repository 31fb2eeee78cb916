"""How little each assumption has to change for a decision to be another one."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from scipy.optimize import brentq

from simcost.analyses._analysis import Analysis
from simcost.analyses._dial import Dial, displaced, normal_score, scaled, share_of
from simcost.analyses._influence import Statistic, estimate, figures, half_width
from simcost.analyses._runs import Runs, default_output, only
from simcost.analyses._statistic_name import parse_statistic
from simcost.errors import UsageError
from simcost.graph.node import Node, make
from simcost.model import Model
from simcost.result import Interval
from simcost.run import Plan, Settings
from simcost.run.drivers import Driver, drivers, observe

SCORES = (0.25, 0.5, 1.0, 1.5, 2.0, 2.5, 3.09)  # the last is P99.9
FACTORS = (1.1, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
SCREEN = 4096  # outcomes that decide where to look more closely
FINE = 1e-3  # of a score, or of the logarithm of a factor
STEP = 0.05  # of a score, for the slope of a statistic

Number = Callable[[float], float]


def robustness(
    model: Model,
    output: str = "",
    *,
    budget: float,
    statistic: str = "P80",
    scenario: str = "",
    **settings: Any,
) -> xr.Dataset:
    """Find the smallest change of each assumption that flips a decision.

    The decision is to approve if the statistic is at most the budget. Each random input and each
    gate is moved by itself, in both directions, on the same random numbers: its normal scores by
    d, so that its median becomes what is now its percentile Φ(d) and nothing leaves its range
    (Wang 2000), and, where its values are positive, by a factor. The d's of all inputs are
    comparable: the smallest is the assumption on which the decision hangs.

    Parameters
    ----------
    model : Model
        The model.
    output : str
        Which output; ``cost`` or the first where left out.
    budget : float
        What is approved.
    statistic : str
        ``P80``, another percentile, or ``mean``.
    scenario : str
        On top of which scenario.
    **settings
        Of `simcost.run.Settings`.

    Returns
    -------
    xarray.Dataset
        Over ``input``, the smallest change first: ``displacement`` d; ``percentile`` 100 Φ(d),
        which the median becomes; ``before`` and ``after``, the median in the input's unit, or a
        gate's chance of failure; ``factor`` that flips the decision too; all but ``before`` with
        ``_lower`` and ``_upper``; ``input_unit``, ``gate``. NaN where nothing within P0.1 to
        P99.9, or a factor of 10, flips it. Scalars ``base`` with its ends, ``approved`` and
        ``sure`` (whether the budget lies outside the interval of the statistic).

    Raises
    ------
    UsageError
        For an unknown output or statistic.
    """
    if not math.isfinite(budget):
        raise UsageError(f"a budget is a number, not {budget}")
    asked = parse_statistic(statistic, budget)
    if asked.kind == "chance":
        raise UsageError("the decision is about a percentile or the mean, such as P80")
    if asked.kind == "quantile":
        settings["quantiles"] = (asked.number,)  # no other is measured
    output = output or default_output(model)
    whole = model.plan(scenario)
    plan = only(whole, output)
    found = drivers(plan)
    if not found:
        raise UsageError(f"{output} is the same in every outcome: nothing can flip it")
    runs = Runs(output, Settings(**settings), 40 * len(found))
    base = asked.of(runs.result(plan), output)
    flips = _Flips(plan, runs, asked, float(budget), (base.value or 0.0) > budget)
    chances = _chances(model, scenario, whole, runs)
    rows = [flips.row(driver, chances.get(driver.name)) for driver in found]
    rows.sort(key=lambda row: abs(row.displacement.value or math.inf))
    return _dataset(model, scenario, flips, rows, base)


@dataclass(frozen=True, slots=True)
class Row:
    """What flips the decision, of one input."""

    driver: Driver
    displacement: Interval
    before: float
    after: Interval
    factor: Interval


NEVER = Interval(None, reason="nothing within its range flips the decision")


class _Flips:
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


def _chances(model: Model, scenario: str, plan: Plan, runs: Runs) -> dict[str, Any]:
    """Return the chance of failure of every gate, one number or one for each of some outcomes."""
    nodes: dict[str, Node] = {
        f"{stage.name}.gate": make("add", stage.failure.node, make("const", value=0.0))
        for stage in model.compiled(scenario).stages
    }
    fixed = {name: node.args[0].value for name, node in nodes.items() if node.args[0].op == "const"}
    drawn = {name: node for name, node in nodes.items() if name not in fixed}
    count = min(SCREEN, runs.settings.draws)
    seen = observe(plan, drawn, runs.settings, 0, count) if drawn else {}
    return {name: np.array([value]) for name, value in fixed.items()} | dict(seen)


def _dataset(
    model: Model, scenario: str, flips: _Flips, rows: list[Row], base: Interval
) -> xr.Dataset:
    runs = flips.runs
    variables: dict[str, Any] = {
        "before": ("input", np.array([row.before for row in rows])),
        "gate": ("input", np.array([row.driver.gate for row in rows])),
        "input_unit": ("input", np.array([row.driver.unit for row in rows], dtype=object)),
        "approved": ((), not flips.above),
        "sure": ((), not (_number(base.low) <= flips.budget <= _number(base.high))),
    }
    for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
        for key in ("after", "factor"):
            cells = [_number(getattr(getattr(row, key), end)) for row in rows]
            variables[key + suffix] = ("input", np.array(cells))
        moves = np.array([_number(getattr(row.displacement, end)) for row in rows])
        variables["displacement" + suffix] = ("input", moves)
        variables["percentile" + suffix] = ("input", np.array([_percent(d) for d in moves]))
        variables["base" + suffix] = ((), _number(getattr(base, end)))
    settings, name = runs.settings, flips.asked.name
    attributes = {
        "analysis": "robustness",
        "statistic": name,
        "budget": flips.budget,
        "output": runs.output,
        "unit": flips.plan.units[runs.output],
        "model": model.name,
        "scenario": scenario,
        "draws": settings.draws,
        "seed": settings.seed,
        "design": settings.design,
        "confidence": runs.sampling.confidence,
        "title": f"What flips the decision to approve if {name} of {runs.output} is at most "
        f"{flips.budget:,g}",
        "notes": [],
    }
    names = np.array([row.driver.name for row in rows], dtype=object)
    return xr.Dataset(variables, {"input": names}, attributes)


def _number(value: float | None) -> float:
    return math.nan if value is None else value


def _percent(score: float) -> float:
    return math.nan if math.isnan(score) else 100.0 * share_of(score)


ANALYSIS = Analysis(
    name="robustness",
    summary="The smallest change of each assumption that flips a decision.",
    run=robustness,
    source="Wang (2000), A class of distortion operators for pricing financial and insurance risks",
)
