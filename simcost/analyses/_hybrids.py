"""Models between two versions of one, by which changes have been made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from simcost.analyses._changes import Difference
from simcost.analyses._mixed import between
from simcost.analyses._runs import only
from simcost.errors import ModelError, UsageError
from simcost.model import FormulaSpec, Model, ModelSpec
from simcost.model.stages import AUTOMATIC
from simcost.run import Plan

MOST = 8  # changes that are told apart: 2^8 models
Group = tuple[Difference, ...]


class Between:
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


def players_of(
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
        if fit(Between(before, after, output, players)):
            return players, [note] * bool(note)
    return [tuple(found)], ["the changes make no sense one without the other"]


def fit(hybrids: Between) -> bool:
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
