"""Named changes of a model: the same draws, other assumptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from difflib import get_close_matches

from simcost.errors import ModelError, Problem
from simcost.model.changes import changed_input, changed_stage, stage_target
from simcost.model.spec import Change, CorrelationSpec, InputSpec, ModelSpec, Scenario, StageSpec
from simcost.model.switches import require_choice


def apply_scenario(spec: ModelSpec, name: str) -> ModelSpec:
    """Return the model as a scenario changes it.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    name : str
        One of its scenarios.

    Returns
    -------
    ModelSpec
        With the changed inputs; streams keep their names, so every other draw is the same.

    Raises
    ------
    ModelError
        When there is no such scenario, or a change cannot be made.
    """
    return apply_changes(spec, resolve(spec.scenarios, name), ("scenarios", name))


def apply_changes(spec: ModelSpec, scenario: Scenario, path: tuple[str, ...] = ()) -> ModelSpec:
    """Return the model with the changes of one scenario made, whatever it extends.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    scenario : Scenario
        Changes, each made to what the model declares.
    path : tuple of str
        Where changes stand that do not say it themselves.

    Raises
    ------
    ModelError
        With every change that cannot be made.
    """
    inputs, stages = dict(spec.inputs), {stage.name: stage for stage in spec.stages}
    problems: list[Problem] = []
    for target, change in scenario.changes.items():
        if target in spec.broken:
            continue
        try:
            _change_one(inputs, stages, target, change)
        except ModelError as error:
            where = change.where or (*path, target)
            problems += [problem.under(*where) for problem in error.problems]
    correlations = _restated(spec.correlations, scenario.correlations)
    if scenario.correlation_stress and not correlations:
        problems.append(
            Problem(
                "the model states no correlations that could be stressed",
                "State some in [[correlations]], or in this scenario.",
                (*path, "correlation_stress"),
            )
        )
    if problems:
        raise ModelError(problems)
    return replace(
        spec,
        inputs=inputs,
        stages=tuple(stages.values()),
        correlations=correlations,
        correlation_stress=scenario.correlation_stress or spec.correlation_stress,
    )


def _change_one(
    inputs: dict[str, InputSpec], stages: dict[str, StageSpec], target: str, change: Change
) -> None:
    if target in inputs:
        inputs[target] = changed_input(inputs[target], change)
        require_choice(target, inputs[target])
        return
    stage, key = stage_target(target, stages)
    stages[stage] = changed_stage(stages[stage], key, change)


def _restated(
    stated: tuple[CorrelationSpec, ...], anew: tuple[CorrelationSpec, ...]
) -> tuple[CorrelationSpec, ...]:
    """Return the correlations with some pairs restated in place and others added."""
    by_pair = {frozenset(one.between): one for one in stated}
    return tuple({**by_pair, **{frozenset(one.between): one for one in anew}}.values())


def resolve(scenarios: Mapping[str, Scenario], name: str) -> Scenario:
    """Return a scenario with everything that it inherits.

    Parameters
    ----------
    scenarios : mapping of str to Scenario
        All that can be named.
    name : str
        One of them.

    Raises
    ------
    ModelError
        For an unknown name, a circle, or two ancestors that change one target differently where
        the scenario itself does not settle it.
    """
    return _resolved(scenarios, name, ())


def _resolved(scenarios: Mapping[str, Scenario], name: str, above: tuple[str, ...]) -> Scenario:
    if name not in scenarios:
        path = ("scenarios", above[-1], "extends") if above else ()
        raise ModelError([_unknown(name, list(scenarios), path)])
    if name in above:
        circle = above[above.index(name) :]
        first = circle.index(min(circle))  # the same words from wherever one enters it
        around = " → ".join([*circle[first:], *circle[: first + 1]])
        what = f"these scenarios extend each other in a circle: {around}"
        path = ("scenarios", min(circle), "extends")
        raise ModelError([Problem(what, "Take one of them out.", path)])
    own = scenarios[name]
    parents = [_resolved(scenarios, parent, (*above, name)) for parent in own.extends]
    _check_parents(name, own, parents)
    stresses = [one.correlation_stress for one in (*parents, own)]
    return Scenario(
        changes=_merged([one.changes for one in (*parents, own)]),
        correlations=_pairs([one.correlations for one in (*parents, own)]),
        correlation_stress=next((t for t in reversed(stresses) if t is not None), None),
    )


def combined(scenarios: Iterable[Scenario]) -> Scenario:
    """Return several resolved scenarios as one; the later one wins where two change the same."""
    made = list(scenarios)
    stresses = [one.correlation_stress for one in made if one.correlation_stress is not None]
    return Scenario(
        changes=_merged([one.changes for one in made]),
        correlations=_pairs([one.correlations for one in made]),
        correlation_stress=stresses[-1] if stresses else None,
    )


def _merged(parts: list[Mapping[str, Change]]) -> dict[str, Change]:
    return {target: change for part in parts for target, change in part.items()}


def _pairs(parts: list[tuple[CorrelationSpec, ...]]) -> tuple[CorrelationSpec, ...]:
    found: tuple[CorrelationSpec, ...] = ()
    for part in parts:
        found = _restated(found, part)
    return found


def _check_parents(name: str, own: Scenario, parents: list[Scenario]) -> None:
    """Refuse ancestors that contradict each other."""
    first: dict[str, tuple[str, Change]] = {}
    problems = []
    for parent, inherited in zip(own.extends, parents, strict=True):
        for target, change in inherited.changes.items():
            other, before = first.setdefault(target, (parent, change))
            if target not in own.changes and before != change:
                what = f"{other} and {parent} change {target} in two ways"
                fix = f"Say here what {target} is to be."
                problems.append(Problem(what, fix, ("scenarios", name, "extends")))
    if problems:
        raise ModelError(problems)


def _unknown(name: str, known: list[str], path: tuple[str, ...]) -> Problem:
    near = get_close_matches(name, known, n=1)
    if near:
        fix = f"Did you mean {near[0]}?"
    elif known:
        fix = f"The scenarios are {', '.join(known)}."
    else:
        fix = "The model has no scenarios."
    return Problem(f"there is no scenario {name!r}", fix, path)
