"""Switches: choices of method that are made, not drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from difflib import get_close_matches

from simcost.errors import ModelError, Problem, UsageError
from simcost.families import Constant
from simcost.model.spec import InputSpec, ModelSpec


def switches_of(spec: ModelSpec) -> dict[str, str]:
    """Return the choice of each switch of a model, by the switch's name."""
    return {name: one.chosen for name, one in spec.inputs.items() if one.choices}


def apply_switches(spec: ModelSpec, choices: Mapping[str, str]) -> ModelSpec:
    """Return the model with other choices made.

    Parameters
    ----------
    spec : ModelSpec
        The model.
    choices : mapping of str to str
        A choice for each switch that is to be set.

    Raises
    ------
    UsageError
        For a switch or a choice that the model does not have.
    ModelError
        For a choice that needs a figure which is not given.
    """
    inputs = dict(spec.inputs)
    for name, choice in choices.items():
        known = list(switches_of(spec))
        if name not in known:
            fix = f"; {_meant(name, known)}" if known else "; the model has no switches"
            raise UsageError(f"there is no switch {name!r}{fix}")
        declared = inputs[name]
        if choice not in declared.choices:
            meant = _meant(choice, list(declared.choices))
            raise UsageError(f"{name} cannot be {choice!r}; {meant}")
        inputs[name] = replace(
            declared, distribution=Constant(float(declared.choices.index(choice) + 1))
        )
        require_choice(name, inputs[name])
    return replace(spec, inputs=inputs)


def require_choice(name: str, declared: InputSpec) -> None:
    """Refuse a choice that needs a figure which is not given.

    Raises
    ------
    ModelError
        With what to write.
    """
    if declared.chosen in declared.missing:
        message = f"{name} is {declared.chosen}, but a figure for it is missing"
        raise ModelError([Problem(message, declared.missing[declared.chosen])])


def _meant(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1)
    return f"did you mean {near[0]}?" if near else f"write {' or '.join(known)}"
