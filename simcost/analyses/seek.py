"""The value of an assumption at which a statistic of an output meets a target."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import numbers
from simcost.analyses._hunt import Hunt, Root
from simcost.analyses._knob import Knob, Turned, knob_of
from simcost.analyses._runs import Runs, default_output, only
from simcost.analyses._statistic_name import parse_statistic
from simcost.errors import UsageError
from simcost.model import Model
from simcost.result import Interval
from simcost.run import Settings


def seek(
    model: Model,
    output: str = "",
    *,
    input: str,
    target: float,
    statistic: str = "P80",
    budget: float | None = None,
    scenario: str = "",
    **settings: Any,
) -> xr.Dataset:
    """Find the value of an assumption at which a statistic meets a target.

    Brackets of the target are looked for on a grid, then outwards; Brent's method (1973) finds the
    crossing, on the same random numbers throughout. The interval of the answer holds the values
    at which the interval of the statistic holds the target.

    Parameters
    ----------
    model : Model
        The model.
    output : str
        Which output; ``cost`` or the first where left out.
    input : str
        What is turned, as in ``--set``: ``wage``, ``wage.percentile``, ``wage.scale``,
        ``wage.shift``, ``pilot.failure``, ``correlation_stress``, or ``cap``: the largest number
        of attempts, of a project repeated until it succeeds.
    target : float
        What the statistic is to be.
    statistic : str
        ``P80``, ``mean``, or ``overrun`` with a `budget`.
    budget : float, optional
        The amount whose chance to be exceeded is meant.
    scenario : str
        On top of which scenario.
    **settings
        Of `simcost.run.Settings`.

    Returns
    -------
    xarray.Dataset
        ``answer`` over ``root`` with ``_lower`` and ``_upper``, ``percentile`` (of the input's
        distribution), ``rises`` (whether more of it is more of the statistic) and ``reached``, the
        statistic there; over ``trial``, ascending: ``statistic`` with its ends. Scalar ``base``.

    Raises
    ------
    UsageError
        For something that cannot be turned, or a target that no value reaches, with what can be.
    """
    asked = parse_statistic(statistic, budget)
    if not math.isfinite(target) or (asked.kind == "chance" and not 0 < target < 1):
        raise UsageError(f"{target:g} is no target for {asked.name}")
    output = output or default_output(model)
    plan = only(model.plan(scenario), output)
    knob = knob_of(model, input, scenario)
    if asked.kind == "quantile":
        settings["quantiles"] = (asked.number,)  # no other is measured
    runs = Runs(output, Settings(**settings), 30)
    base = asked.of(runs.result(plan), output)
    turned = Turned(model, knob, asked, runs, scenario)
    unit = "" if asked.kind == "chance" else plan.units[output]
    hunt = Hunt(turned, float(target))
    roots = hunt.levels() if knob.levels else hunt.continuum()
    if not roots:
        raise UsageError(hunt.out_of_reach(output, unit))
    return _dataset(turned, roots, base, float(target), unit)


def _dataset(
    turned: Turned, roots: list[Root], base: Interval, target: float, unit: str
) -> xr.Dataset:
    knob, runs = turned.knob, turned.runs
    tried = sorted(x for x, one in turned.drawn.items() if one is not None)
    variables: dict[str, Any] = {
        "percentile": ("root", np.array([_percentile(knob, one) for one in roots])),
        "reached": ("root", np.array([one.reached for one in roots])),
        "rises": ("root", np.array([one.rises for one in roots])),
    }
    for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
        seen = [turned.drawn[x] for x in tried]
        variables["answer" + suffix] = ("root", numbers([one.answer for one in roots], end))
        variables["statistic" + suffix] = ("trial", numbers(seen, end))
        variables["base" + suffix] = ((), numbers(base, end))
    settings = runs.settings
    attributes = {
        "analysis": "seek",
        "input": knob.name,
        "input_unit": knob.unit,
        "levels": int(bool(knob.levels)),
        "statistic": turned.statistic.name,
        "target": target,
        "output": runs.output,
        "unit": unit,
        "model": turned.model.name,
        "scenario": turned.scenario,
        "draws": settings.draws,
        "seed": settings.seed,
        "design": settings.design,
        "confidence": runs.sampling.confidence,
        "budget": turned.statistic.number if turned.statistic.kind == "chance" else math.nan,
        "title": f"{knob.name} at which {turned.statistic.name} of {runs.output} is {target:g}",
        "notes": _notes(roots, knob),
    }
    return xr.Dataset(variables, {"trial": np.array(tried)}, attributes)


def _percentile(knob: Knob, root: Root) -> float:
    return math.nan if root.answer.value is None else knob.percentile(root.answer.value)


def _notes(roots: list[Root], knob: Knob) -> list[str]:
    notes = []
    if any(one.jumps for one in roots):
        notes.append("the statistic jumps over the target there and does not take its value")
    if len(roots) > 1:
        notes.append("the target is met more than once: the effect is not monotone")
    if any(one.answer.low is None for one in roots):
        notes.append(
            "where there is no ±, the interval reaches beyond what makes sense, or the draws are "
            "too few for one"
        )
    return notes


ANALYSIS = Analysis(
    name="seek",
    summary="The value of an assumption at which a statistic meets a target.",
    run=seek,
    source="Brent (1973), Algorithms for Minimization without Derivatives, chapter 4",
)
