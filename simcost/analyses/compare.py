"""Two versions of a model: what changed, and how much of the change in cost each change makes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._changes import Difference, between, differences
from simcost.analyses._influence import Statistic, difference, figures, half_width
from simcost.analyses._runs import Runs, Vector, default_output, only
from simcost.analyses._statistic_name import parse_statistic
from simcost.analyses.stress import numbers
from simcost.errors import ModelError, UsageError
from simcost.graph.node import Node
from simcost.model import FormulaSpec, Model, ModelSpec
from simcost.model.stages import AUTOMATIC
from simcost.result import Interval
from simcost.result.interval import around
from simcost.result.names import quantile_name
from simcost.run import Plan, Settings

MOST = 8  # changes that are told apart: 2^8 models
ROUNDING = 1e-12  # of the largest figure: an error below is that of additions
VERSIONS = ("before", "after", "change")
Group = tuple[Difference, ...]


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
        ``changed``: ``kind``, ``name`` and ``words``, everything that differs.

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
    players, notes = _players(before, after, output, found)
    runs = Runs(output, chosen, 2 ** len(players))
    statistics = [Statistic("quantile", p) for p in runs.settings.quantiles] + [Statistic("mean")]
    if budget is not None:
        statistics.append(Statistic("chance", float(budget)))
    sides = _sides(ends, runs, statistics)
    if len(players) > MOST:
        players = _largest(_Between(before, after, output, players), runs, asked, ends)
        notes.append(
            f"{MOST - 1} changes have the largest effects alone; the others are taken together"
        )
    shares = _shapley(_Between(before, after, output, players), runs, [asked, Statistic("mean")])
    return _dataset(
        before, after, runs, units[0], found, players, sides, shares, asked, budget, notes
    )


class _Between:
    """Models between two versions, by which groups of changes are made."""

    def __init__(self, before: Model, after: Model, output: str, players: Sequence[Group]) -> None:
        self.before, self.after, self.output = before, after, output
        self.players = players
        self.streams = tuple(dict.fromkeys([*before.plan().streams, *after.plan().streams]))

    def plan(self, made: Sequence[int]) -> Plan:
        """Return the plan with the changes of some players made.

        Raises
        ------
        ModelError
            When they make no sense without the others.
        """
        if len(made) in (0, len(self.players)):
            plan = (self.after if made else self.before).plan()
        else:
            changes = [one for number in made for one in self.players[number]]
            spec = between(self.before.spec, self.after.spec, changes)
            plan = Model.from_spec(_reporting(spec, self.output)).plan()
        streams = tuple(dict.fromkeys([*self.streams, *plan.streams]))
        return replace(only(plan, self.output), streams=streams)


def _reporting(spec: ModelSpec, output: str) -> ModelSpec:
    """Return the model with the output among those that it reports."""
    if output in spec.outputs or (spec.stages and output in AUTOMATIC):
        return spec
    return replace(spec, outputs={**spec.outputs, output: FormulaSpec(output)})


def _players(
    before: Model, after: Model, output: str, found: list[Difference]
) -> tuple[list[Group], list[str]]:
    """Return groups of changes of which any can be made without the others, and remarks."""
    if _kinds(before.spec, after.spec):
        return [tuple(found)], ["an input became a formula, or the reverse: one change in all"]
    alone: list[Group] = [(one,) for one in found if one.effect]
    formulas = [
        one
        for one in found
        if one.kind != "input"
        or before.spec.inputs.get(one.name, None) is None
        or after.spec.inputs.get(one.name, None) is None
        or before.spec.inputs[one.name].unit != after.spec.inputs[one.name].unit
    ]
    grouped = [group for group in alone if group[0] not in formulas]
    grouped += [tuple(one for one in formulas if one.effect)] * any(one.effect for one in formulas)
    for players, note in (
        (alone, ""),
        (grouped, "formulas and units changed together, and are taken together"),
    ):
        if _fit(_Between(before, after, output, players)):
            return players, [note] * bool(note)
    return [tuple(found)], ["the changes make no sense one without the other"]


def _fit(hybrids: _Between) -> bool:
    """Whether every model that will be drawn can be compiled."""
    k = len(hybrids.players)
    sizes = range(k + 1) if k <= MOST else (1, k - 1)
    try:
        for size in sizes:
            for made in combinations(range(k), size):
                hybrids.plan(made)
    except (ModelError, UsageError):
        return False
    return True


def _kinds(before: ModelSpec, after: ModelSpec) -> bool:
    """Whether some name is an input in one version and computed in the other."""
    inputs = (set(before.inputs), set(after.inputs))
    computed = tuple({*spec.quantities, *spec.outputs} for spec in (before, after))
    return bool((inputs[0] - inputs[1]) & computed[1] or (inputs[1] - inputs[0]) & computed[0])


def _largest(hybrids: _Between, runs: Runs, asked: Statistic, ends: list[Plan]) -> list[Group]:
    """Return the changes with the largest effects alone, and one group of all others."""
    base = figures(runs.values(ends[0]), [asked], runs.sampling)[0].value
    sizes = []
    for number in range(len(hybrids.players)):
        y = runs.values(hybrids.plan((number,)))
        sizes.append(abs(figures(y, [asked], runs.sampling)[0].value - base))
    order = np.argsort(-np.array(sizes), kind="stable").tolist()
    first = [hybrids.players[number] for number in sorted(order[: MOST - 1])]
    rest = [one for number in sorted(order[MOST - 1 :]) for one in hybrids.players[number]]
    players = [*first, tuple(rest)]
    if _fit(_Between(hybrids.before, hybrids.after, hybrids.output, players)):
        return players
    return [tuple(one for group in hybrids.players for one in group)]


def _shapley(hybrids: _Between, runs: Runs, statistics: list[Statistic]) -> list[list[Interval]]:
    """Return each player's share of the change of each statistic."""
    k = len(hybrids.players)
    plans, weights = _weighted(hybrids)
    values = [[Fraction(0)] * len(statistics) for _ in range(k)]
    pulls = np.zeros((k, len(statistics), runs.settings.draws))
    reasons = [""] * len(statistics)
    largest = 0.0
    for node, weight in weights.items():
        if not any(weight):
            continue
        found = figures(runs.values(plans[node]), statistics, runs.sampling)
        for number, figure in enumerate(found):
            largest = max(largest, abs(figure.value))
            reasons[number] = reasons[number] or figure.reason
            pull = figure.influence
            for player, share in enumerate(weight):
                values[player][number] += share * Fraction(figure.value)
                if pull is not None and share:
                    pulls[player, number] += float(share) * pull
    return [
        [
            _share(float(values[player][number]), pulls[player, number], reason, largest, runs)
            for number, reason in enumerate(reasons)
        ]
        for player in range(k)
    ]


def _weighted(hybrids: _Between) -> tuple[dict[Node, Plan], dict[Node, list[Fraction]]]:
    """Return the models to be drawn, and with which weight each enters each player's share.

    Changes without effect lead to the same model, which is drawn once. Fractions: what cancels
    must leave nothing.
    """
    k = len(hybrids.players)
    weights: dict[Node, list[Fraction]] = {}
    plans: dict[Node, Plan] = {}
    for size in range(k + 1):
        for made in combinations(range(k), size):
            plan = hybrids.plan(made)
            node = plan.outputs[hybrids.output]
            plans.setdefault(node, plan)
            row = weights.setdefault(node, [Fraction(0)] * k)
            for player in range(k):
                inside = player in made
                share = Fraction(1, k * math.comb(k - 1, size - inside))
                row[player] += share if inside else -share
    return plans, weights


def _share(value: float, pull: Vector, reason: str, largest: float, runs: Runs) -> Interval:
    if reason:
        return Interval(value, reason=reason)
    error = half_width(pull, runs.sampling)
    return around(value, error if error > ROUNDING * largest else 0.0)


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
        variables[field] = ("changed", texts)
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
