"""Two versions of a model: what changed, and how much of the change in cost each change makes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import numbers
from simcost.analyses._changes import Difference, differences
from simcost.analyses._hybrids import MOST, Between, Group, players_of
from simcost.analyses._influence import Statistic, figures
from simcost.analyses._paired import difference
from simcost.analyses._runs import Runs, default_output, only
from simcost.analyses._shares import largest_first, shapley
from simcost.analyses._statistic_name import parse_statistic
from simcost.errors import UsageError
from simcost.model import Model
from simcost.result import Interval
from simcost.result.names import quantile_name
from simcost.run import Plan, Settings

VERSIONS = ("before", "after", "change")


def compare(
    before: Model,
    after: Model,
    output: str = "",
    *,
    statistic: str = "P90",
    budget: float | None = None,
    **settings: Any,
) -> xr.Dataset:
    """Compare two versions of a model on the same random numbers.

    The change of a statistic is attributed to the changes by their Shapley values: each change's
    effect, averaged over every order in which the changes could have been made (Shapley 1953;
    Lundberg & Lee 2017 for the use). They add up to the whole change.

    Parameters
    ----------
    before, after : Model
        Inputs of the same name have the same draws in both.
    output : str
        An output of both; ``cost`` or the first where left out.
    statistic : str
        What is attributed beside the mean: ``P90``, ``mean``, or ``overrun`` with a `budget`.
    budget : float, optional
        Also the chance to exceed this.
    **settings
        Of `simcost.run.Settings`.

    Returns
    -------
    xarray.Dataset
        ``value`` over ``version`` (before, after, change) and ``quantile``, ``mean`` and with a
        budget ``exceedance`` over ``version``; over ``attribution``: ``contribution`` to the change
        of the statistic and ``mean_contribution``. All with ``_lower`` and ``_upper``. Over
        ``difference``: ``kind``, ``name`` and ``words``, everything that differs.

    Raises
    ------
    UsageError
        For an output that one of them does not have, or has in another unit.
    """
    asked = parse_statistic(statistic, budget)
    chosen = Settings(**settings)
    output = output or default_output(after)
    ends = [only(model.plan(), output) for model in (before, after)]
    units = [plan.units[output] for plan in ends]
    if units[0] != units[1]:
        raise UsageError(
            f"{output} is in {units[0] or 'plain numbers'} before and in "
            f"{units[1] or 'plain numbers'} after; state one unit in both"
        )
    found = differences(before.spec, after.spec)
    players, notes = players_of(before, after, output, found)
    runs = Runs(output, chosen, 2 ** len(players))
    statistics = [Statistic("quantile", p) for p in runs.settings.quantiles] + [Statistic("mean")]
    if budget is not None:
        statistics.append(Statistic("chance", float(budget)))
    sides = _sides(ends, runs, statistics)
    if len(players) > MOST:
        players = largest_first(Between(before, after, output, players), runs, asked, ends)
        notes.append(
            f"{MOST - 1} changes have the largest effects alone; the others are taken together"
        )
    shares = shapley(Between(before, after, output, players), runs, [asked, Statistic("mean")])
    return _dataset(
        before, after, runs, units[0], found, players, sides, shares, asked, budget, notes
    )


def _sides(ends: list[Plan], runs: Runs, statistics: list[Statistic]) -> list[list[Interval]]:
    """Return the statistics before, after, and their changes."""
    results = [runs.result(plan) for plan in ends]
    rows = [[one.of(result, runs.output) for one in statistics] for result in results]
    old, new = (
        figures(result.values[runs.output], statistics, runs.sampling) for result in results
    )
    changes = [difference(b, a, runs.sampling) for a, b in zip(old, new, strict=True)]
    return [*rows, changes]


def _dataset(
    before: Model,
    after: Model,
    runs: Runs,
    unit: str,
    found: list[Difference],
    players: list[Group],
    sides: list[list[Interval]],
    shares: list[list[Interval]],
    asked: Statistic,
    budget: float | None,
    notes: list[str],
) -> xr.Dataset:
    k = len(runs.settings.quantiles)
    variables: dict[str, Any] = {}
    for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
        table = numbers(sides, end)
        variables["value" + suffix] = (("version", "quantile"), table[:, :k])
        variables["mean" + suffix] = ("version", table[:, k])
        if table.shape[1] > k + 1:
            variables["exceedance" + suffix] = ("version", table[:, k + 1])
        given = numbers(shares, end).reshape(len(players), 2)
        variables["contribution" + suffix] = ("attribution", given[:, 0])
        variables["mean_contribution" + suffix] = ("attribution", given[:, 1])
    for field in ("kind", "name", "words"):
        texts = np.array([getattr(one, field) for one in found], dtype=object)
        variables[field] = ("difference", texts)
    settings = runs.settings
    attributes = {
        "analysis": "compare",
        "statistic": asked.name,
        "output": runs.output,
        "unit": unit,
        "model": after.name,
        "before": before.name,
        "draws": settings.draws,
        "seed": settings.seed,
        "design": settings.design,
        "scenario": "",
        "confidence": runs.sampling.confidence,
        "budget": math.nan if budget is None else float(budget),
        "title": f"The {runs.output} of two versions of {after.name}",
        "notes": notes,
    }
    coordinates = {
        "version": np.array(VERSIONS, dtype=object),
        "quantile": np.array([quantile_name(p) for p in settings.quantiles], dtype=object),
        "attribution": np.array([_label(group) for group in players], dtype=object),
    }
    return xr.Dataset(variables, coordinates, attributes)


def _label(group: Group) -> str:
    names = [one.label for one in group if one.effect] or [one.label for one in group]
    return names[0] if len(names) == 1 else f"{len(names)} together: {', '.join(names)}"


ANALYSIS = Analysis(
    name="compare",
    summary="Two versions of a model, and the change attributed to what changed.",
    run=compare,
    source="Shapley (1953), A value for n-person games",
)
