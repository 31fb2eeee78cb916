"""One version of a model with some of the changes to another made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from simcost.analyses._changes import STAGES, Difference
from simcost.model import ModelSpec, StageSpec
from simcost.model.stages import AUTOMATIC


def between(before: ModelSpec, after: ModelSpec, made: Collection[Difference]) -> ModelSpec:
    """Return the first version with some of the changes made.

    Names that only one version has are in all of them: nothing uses a name before a formula that
    does is there too.
    """
    labels = {(one.kind, one.name) for one in made}

    def mixed(kind: str, old: Any, new: Any) -> dict[str, Any]:
        both = {}
        for name in dict.fromkeys([*old, *new]):
            changed = (kind, name) in labels
            instead = kind == "output" and name in AUTOMATIC
            if instead and name not in (new if changed else old):
                continue
            both[name] = new[name] if name not in old or (changed and name in new) else old[name]
        return both

    inputs = mixed("input", before.inputs, after.inputs)
    quantities = mixed("quantity", before.quantities, after.quantities)
    return replace(
        before,
        inputs=inputs,
        quantities=quantities,
        outputs=mixed("output", before.outputs, after.outputs),
        stages=_mixed_stages(before, after, labels),
        correlations=_mixed_pairs(before, after, labels),
        currency=after.currency if ("currency", "") in labels else before.currency,
        scenarios={},
    )


def _mixed_stages(
    before: ModelSpec, after: ModelSpec, labels: set[tuple[str, str]]
) -> tuple[StageSpec, ...]:
    old = {stage.name: stage for stage in before.stages}
    new = {stage.name: stage for stage in after.stages}
    if (STAGES, "") in labels:
        return after.stages
    if [name for name in old if name in new] != [name for name in new if name in old]:
        return before.stages
    kept = []
    for name in _in_order([*old], [*new]):
        changed = ("stage", name) in labels
        stage = new.get(name) if changed else old.get(name)
        if stage is not None:
            kept.append(stage)
    return tuple(kept)


def _in_order(old: list[str], new: list[str]) -> list[str]:
    """Return the names of both lists so that each list's order holds."""
    merged = list(new)
    for position, name in enumerate(old):
        if name in merged:
            continue
        earlier = [merged.index(other) for other in old[:position] if other in merged]
        merged.insert(max(earlier, default=-1) + 1, name)
    return merged


def _mixed_pairs(
    before: ModelSpec, after: ModelSpec, labels: set[tuple[str, str]]
) -> tuple[Any, ...]:
    old = {frozenset(one.between): one for one in before.correlations}
    new = {frozenset(one.between): one for one in after.correlations}
    kept = []
    for pair in dict.fromkeys([*old, *new]):
        name = " and ".join((old.get(pair) or new[pair]).between)
        one = new.get(pair) if ("correlation", name) in labels else old.get(pair)
        if one is not None:
            kept.append(one)
    return tuple(kept)
