"""Named changes of a model: the same draws, other assumptions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families import Affine, Banded, Constant, Distribution
from simcost.model.spec import Change, InputSpec, ModelSpec
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
    if name not in spec.scenarios:
        raise ModelError([_unknown(name, list(spec.scenarios))])
    return change_inputs(spec, spec.scenarios[name], ("scenarios", name))


def change_inputs(
    spec: ModelSpec, changes: Mapping[str, Change], path: tuple[str, ...]
) -> ModelSpec:
    """Return the model with some inputs changed; `path` says where the changes were written."""
    inputs = dict(spec.inputs)
    problems: list[Problem] = []
    for name, change in changes.items():
        if name in spec.broken:
            continue
        try:
            inputs[name] = _changed(inputs[name], change)
            require_choice(name, inputs[name])
        except ModelError as error:
            problems += [problem.under(*path, name) for problem in error.problems]
    if problems:
        raise ModelError(problems)
    return replace(spec, inputs=inputs)


def _changed(before: InputSpec, change: Change) -> InputSpec:
    distribution: Distribution = before.distribution
    if change.distribution is not None:
        distribution = change.distribution
    elif change.value is not None:
        distribution = Constant(change.value)
    elif change.percentiles is not None:
        if isinstance(distribution, Constant):
            raise ParameterError("a fixed value has no percentiles", "Write value, shift or scale.")
        low, high = change.percentiles
        distribution = Banded(distribution, low / 100, high / 100)
    elif change.shift is not None:
        distribution = _affine(distribution, 1.0, change.shift)
    elif change.scale is not None:
        distribution = _affine(distribution, change.scale, 0.0)
    # A law written in full is a new input to correlate; anything else stresses the old one.
    declared = None if change.distribution else before.declared or before.distribution
    return replace(before, distribution=distribution, declared=declared)


def _affine(distribution: Distribution, scale: float, shift: float) -> Distribution:
    if isinstance(distribution, Constant):
        return Constant(float(distribution.mean()) * scale + shift)
    return Affine(distribution, scale, shift)


def _unknown(name: str, known: list[str]) -> Problem:
    near = get_close_matches(name, known, n=1)
    if near:
        fix = f"Did you mean {near[0]}?"
    elif known:
        fix = f"The scenarios are {', '.join(known)}."
    else:
        fix = "The model has no scenarios."
    return Problem(f"there is no scenario {name!r}", fix)
