"""Ladders of severity: inputs held ever further in the bad direction, alone and all together."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import numbers
from simcost.analyses._rungs import Climb, Rungs
from simcost.analyses._runs import Runs, default_output, only
from simcost.analyses._statistic_name import parse_statistic
from simcost.errors import UsageError
from simcost.model import Model
from simcost.run import Plan, Settings
from simcost.run.drivers import Driver, drivers
from simcost.run.given import percentiles

SEVERITIES = (50.0, 75.0, 90.0, 95.0, 99.0)


def ladder(
    model: Model,
    output: str = "",
    *,
    inputs: Sequence[str] | None = None,
    statistic: str = "P90",
    budget: float | None = None,
    severities: Sequence[float] = SEVERITIES,
    scenario: str = "",
    **settings: Any,
) -> xr.Dataset:
    """Hold inputs at ever worse percentiles, one at a time and all together.

    Parameters
    ----------
    model : Model
        The model.
    output : str
        Which output, of which more is worse; ``cost`` or the first where left out.
    inputs : sequence of str, optional
        Which inputs, all random ones where left out.
    statistic : str
        ``P90``, ``mean``, or ``overrun`` with a `budget`.
    budget : float, optional
        The amount whose chance to be exceeded is meant.
    severities : sequence of float
        Percentiles in the bad direction: 90 is P90 of an input whose high values are bad, and P10
        of one whose low values are.
    scenario : str
        Of the model; empty for the model as declared.
    **settings
        Of `simcost.run.Settings`.

    Returns
    -------
    xarray.Dataset
        Dimensions ``input``, the largest effect first and ``all together`` last, and ``severity``
        (per cent). ``value`` and ``difference`` (from the base) with ``_lower`` and ``_upper``;
        ``held_at``, the input's value; over ``input``: ``direction`` (1 where high values are bad,
        -1 where low ones are, 0 where it has no effect) and ``monotone``, whether that holds in
        every outcome looked at. Scalar ``base`` with its ends.

    Raises
    ------
    UsageError
        For an unknown output, input or statistic.

    Notes
    -----
    An input that is held leaves the draws of those that are correlated with it as they are.
    """
    asked = parse_statistic(statistic, budget)
    levels = percentiles(severities)
    chosen = Settings(**settings)
    output = output or default_output(model)
    plan = only(model.plan(scenario), output)
    found = _inputs(plan, inputs)
    runs = Runs(output, chosen, (len(found) + 1) * len(levels))
    climb = Climb(plan, runs, asked, levels)
    rungs = [climb.alone(driver) for driver in found]
    rungs.sort(key=lambda one: -abs(one.moved[-1].value or 0.0))
    if len(rungs) > 1:
        rungs.append(climb.together(rungs))
    return _dataset(model, rungs, climb, scenario)


def _inputs(plan: Plan, names: Sequence[str] | None) -> list[Driver]:
    found = {one.name: one for one in drivers(plan) if not one.gate}
    if not found:
        raise UsageError("no random input has an effect on it")
    if names is None:
        return [*found.values()]
    for name in names:
        if name not in found:
            near = get_close_matches(name, found, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(found)}"
            raise UsageError(f"no random input that the output depends on is named {name}; {hint}")
    return [found[name] for name in dict.fromkeys(names)]


def _dataset(model: Model, rungs: list[Rungs], climb: Climb, scenario: str) -> xr.Dataset:
    meta = climb.result.meta
    dims = ("input", "severity")
    variables: dict[str, Any] = {
        "held_at": (dims, np.array([one.held_at for one in rungs])),
        "direction": ("input", np.array([one.direction for one in rungs])),
        "monotone": ("input", np.array([one.monotone for one in rungs])),
        "input_unit": (
            "input",
            np.array([one.driver.unit if one.driver else "" for one in rungs], dtype=object),
        ),
    }
    base = climb.asked.of(climb.result, climb.runs.output)
    for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
        variables["value" + suffix] = (dims, numbers([one.values for one in rungs], end))
        variables["difference" + suffix] = (dims, numbers([one.moved for one in rungs], end))
        variables["base" + suffix] = ((), numbers(base, end))
    output = climb.runs.output
    name = climb.asked.name
    attributes = {
        "analysis": "ladder",
        "statistic": name,
        "output": output,
        "unit": "" if climb.asked.kind == "chance" else climb.plan.units[output],
        "model": model.name,
        "scenario": scenario,
        "draws": meta.draws,
        "seed": meta.seed,
        "design": meta.design,
        "confidence": meta.confidence,
        "budget": climb.asked.number if climb.asked.kind == "chance" else float("nan"),
        "title": f"The {name} of {output} with inputs held in the bad direction",
        "notes": _notes(rungs),
    }
    coordinates = {
        "input": np.array([one.name for one in rungs], dtype=object),
        "severity": np.array(climb.levels),
    }
    return xr.Dataset(variables, coordinates, attributes)


def _notes(rungs: list[Rungs]) -> list[str]:
    mixed = [one.name for one in rungs if not one.monotone and one.driver is not None]
    none = [one.name for one in rungs if one.direction == 0]
    notes = []
    if mixed:
        notes.append(
            "not monotone: in some outcomes more of it costs more, in others less; the direction "
            f"shown is that of the statistic: {', '.join(mixed)}"
        )
    if none:
        notes.append(f"without effect: {', '.join(none)}")
    reasons = (cell.reason for one in rungs for cell in (*one.values, *one.moved) if cell.reason)
    return [*notes, *dict.fromkeys(reasons)]


ANALYSIS = Analysis(
    name="ladder",
    summary="Inputs held ever further in the bad direction, alone and all together.",
    run=ladder,
    source="one-at-a-time stress at percentiles, on common random numbers",
)
