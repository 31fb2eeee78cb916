"""What each change contributes to the change of a statistic: Shapley values, with their errors."""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import combinations

import numpy as np

from simcost.analyses._hybrids import MOST, Between, Group, fit
from simcost.analyses._influence import Statistic, figures
from simcost.analyses._paired import half_width
from simcost.analyses._runs import Runs, Vector
from simcost.graph.node import Node
from simcost.result import Interval
from simcost.result.interval import around
from simcost.run import Plan

ROUNDING = 1e-12  # of the largest figure: an error below is that of additions


def largest_first(hybrids: Between, runs: Runs, asked: Statistic, ends: list[Plan]) -> list[Group]:
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
    if fit(Between(hybrids.before, hybrids.after, hybrids.output, players)):
        return players
    return [tuple(one for group in hybrids.players for one in group)]


def shapley(hybrids: Between, runs: Runs, statistics: list[Statistic]) -> list[list[Interval]]:
    """Return each player's share of the change of each statistic."""
    k = len(hybrids.players)
    plans, weights = _weighted(hybrids)
    values = [[Fraction(0)] * len(statistics) for _ in range(k)]
    pulls = np.zeros((k, len(statistics), runs.settings.draws))
    reasons = [""] * len(statistics)
    largest = 0.0
    counted = {node: weight for node, weight in weights.items() if any(weight)}
    drawn = runs.together([plans[node] for node in counted])
    for weight, (result, name) in zip(counted.values(), drawn, strict=True):
        found = figures(result.values[name], statistics, runs.sampling)
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


def _weighted(hybrids: Between) -> tuple[dict[Node, Plan], dict[Node, list[Fraction]]]:
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
