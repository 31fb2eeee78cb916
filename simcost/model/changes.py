"""What one change makes of an input, or of a figure of a stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families import Affine, Banded, Constant, Distribution
from simcost.graph.expression import Expression
from simcost.model.figures import SHARE_DEFAULTS
from simcost.model.formulas import FIGURES, SHARES
from simcost.model.spec import Change, InputSpec, StageSpec, Term

STAGE_KEYS = (*FIGURES, *SHARES)


def changed_input(before: InputSpec, change: Change) -> InputSpec:
    """Return an input as a change makes it.

    Raises
    ------
    ModelError
        When its distribution cannot be changed so.
    """
    distribution = changed_law(before.distribution, change)
    # A law written in full is a new input to correlate; anything else stresses the old one.
    declared = None if change.distribution else before.declared or before.distribution
    return replace(before, distribution=distribution, declared=declared)


def changed_law(law: Distribution, change: Change) -> Distribution:
    """Return a distribution as a change makes it.

    Raises
    ------
    ParameterError
        For a percentile of a fixed value, or one that is infinite.
    """
    if change.distribution is not None:
        return change.distribution
    if change.value is not None:
        return Constant(change.value)
    if change.percentile is not None:
        return Constant(percentile_of(law, change.percentile))
    if change.percentiles is not None:
        if isinstance(law, Constant):
            raise _no_percentiles()
        low, high = change.percentiles
        return Banded(law, low / 100, high / 100) if (low, high) != (0, 100) else law
    if change.shift is not None:
        return _affine(law, 1.0, change.shift)
    return law if change.scale is None else _affine(law, change.scale, 0.0)


def percentile_of(law: Distribution, percent: float) -> float:
    """Return a percentile of a distribution, 0 and 100 included.

    Raises
    ------
    ParameterError
        For a fixed value, which has none, and where it is infinite.
    """
    if isinstance(law, Constant):
        raise _no_percentiles()
    u = percent / 100
    end = {0.0: 0, 1.0: 1}.get(u)
    value = float(law.quantile(np.array([u]))[0]) if end is None else law.support()[end]
    if not isfinite(value):
        fix = "Write one between 0 and 100, such as percentile = 99."
        raise ParameterError(f"P{percent:g} of a {law.family} is infinite", fix, ("percentile",))
    return float(value)


def _no_percentiles() -> ParameterError:
    return ParameterError("a fixed value has no percentiles", "Write value, shift or scale.")


def _affine(law: Distribution, scale: float, shift: float) -> Distribution:
    if scale == 1.0 and shift == 0.0:
        return law  # the same table, so that a change of nothing leaves every bit
    if isinstance(law, Constant):
        return Constant(float(law.mean()) * scale + shift)
    return Affine(law, scale, shift)


def stage_target(target: str, stages: Mapping[str, Any]) -> tuple[str, str]:
    """Return stage and key of ``"pilot.failure"``.

    Raises
    ------
    ModelError
        When there is no such input, stage or key.
    """
    stage, _, key = target.rpartition(".")
    if stage in stages and key in STAGE_KEYS:
        return stage, key
    if stage in stages:
        what, fix = f"a stage has no {key}", f"It has {', '.join(STAGE_KEYS)}."
    elif stage:
        what, fix = f"there is no stage {stage!r}", f"The stages are {', '.join(stages)}."
    else:
        what, fix = f"there is no input {target!r}", ""
    raise ModelError([Problem(what, fix if stages else "The model has no stages.")])


def changed_stage(before: StageSpec, key: str, change: Change) -> StageSpec:
    """Return a stage with one of its figures changed.

    Raises
    ------
    ModelError
        When the figure cannot be changed so, or would be a share outside 0 to 1.
    """
    term: Term | None = getattr(before, key)
    if term is None:
        term = SHARE_DEFAULTS.get(key)
    if term is None and not (change.distribution or change.value is not None):
        what = f"stage {before.name} has no {key} to change"
        raise ParameterError(what, "Write { value = … }, or give the stage one.")
    after = _changed_term(before.name, key, term, change)
    if key in SHARES:
        _check_share(before.name, key, after)
    changed: dict[str, Any] = {key: after}
    return replace(before, **changed)


def _changed_term(stage: str, key: str, term: Term | None, change: Change) -> Term:
    is_formula = isinstance(term, str | Expression)
    if is_formula and (change.percentile is not None or change.percentiles is not None):
        what = f"the {key} of stage {stage} is a formula, which has no percentiles"
        raise ParameterError(what, "Change the inputs that it is made of.")
    if change.scale is None and (
        key in ("duration", "emissions") or (is_formula and key == "cost" and change.shift)
    ):
        what = f"the {key} of stage {stage} can be scaled, and not changed otherwise"
        raise ParameterError(what, "Write { scale = 1.5 }, or change the inputs it is made of.")
    if isinstance(term, str | Expression):
        if change.scale is not None or change.shift is not None:
            return _changed_formula(term, change)
        term = None
    law = term if isinstance(term, Distribution) else Constant(0.0 if term is None else term)
    after = changed_law(law, change)
    return float(after.mean()) if isinstance(after, Constant) else after


def _changed_formula(term: str | Expression, change: Change) -> str | Expression:
    if change.scale is not None:
        if isinstance(term, Expression):
            return term * change.scale
        return f"({term}) * {change.scale!r}"
    if isinstance(term, Expression):
        return term + change.shift
    return f"({term}) + {change.shift!r}"


def _check_share(stage: str, key: str, term: Term) -> None:
    if isinstance(term, str | Expression):
        return  # checked in every outcome
    low, high = term.support() if isinstance(term, Distribution) else (term, term)
    if low >= 0 and high <= 1:
        return
    what = f"{low:g}" if low == high else f"{low:g} to {high:g}"
    raise ParameterError(
        f"{key} of stage {stage} would be {what}, but it is a share of 1",
        "Write a value between 0 and 1, such as { value = 0.6 }, or a band of percentiles.",
    )
