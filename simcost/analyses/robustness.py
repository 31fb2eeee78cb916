"""How little each assumption has to change for a decision to be another one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import numbers
from simcost.analyses._dial import share_of
from simcost.analyses._flips import SCREEN, Flips, Row
from simcost.analyses._runs import Runs, default_output, only
from simcost.analyses._statistic_name import parse_statistic
from simcost.errors import UsageError
from simcost.graph.node import Node, make
from simcost.model import Model
from simcost.result import Interval
from simcost.run import Plan, Settings
from simcost.run.drivers import drivers, observe


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
    flips = Flips(plan, runs, asked, float(budget), (base.value or 0.0) > budget)
    chances = _chances(model, scenario, whole, runs)
    rows = [flips.row(driver, chances.get(driver.name)) for driver in found]
    rows.sort(key=lambda row: abs(row.displacement.value or math.inf))
    return _dataset(model, scenario, flips, rows, base)


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
    model: Model, scenario: str, flips: Flips, rows: list[Row], base: Interval
) -> xr.Dataset:
    runs = flips.runs
    variables: dict[str, Any] = {
        "before": ("input", np.array([row.before for row in rows])),
        "gate": ("input", np.array([row.driver.gate for row in rows])),
        "input_unit": ("input", np.array([row.driver.unit for row in rows], dtype=object)),
        "approved": ((), not flips.above),
        "sure": ((), not (numbers(base, "low") <= flips.budget <= numbers(base, "high"))),
    }
    for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
        for key in ("after", "factor"):
            variables[key + suffix] = ("input", numbers([getattr(row, key) for row in rows], end))
        moves = numbers([row.displacement for row in rows], end)
        variables["displacement" + suffix] = ("input", moves)
        variables["percentile" + suffix] = ("input", np.array([_percent(d) for d in moves]))
        variables["base" + suffix] = ((), numbers(base, end))
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


def _percent(score: float) -> float:
    return math.nan if math.isnan(score) else 100.0 * share_of(score)


ANALYSIS = Analysis(
    name="robustness",
    summary="The smallest change of each assumption that flips a decision.",
    run=robustness,
    source="Wang (2000), A class of distortion operators for pricing financial and insurance risks",
)
