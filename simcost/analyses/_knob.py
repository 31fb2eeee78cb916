"""What a goal seek turns: a number of the model, named as in ``--set``."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from simcost.analyses._influence import Statistic
from simcost.analyses._runs import Runs, only
from simcost.errors import ModelError, NumericalError, UsageError
from simcost.families import Constant, Distribution
from simcost.model import Change, Model, Scenario, View
from simcost.model.changes import STAGE_KEYS
from simcost.model.formulas import FIGURES, SHARES
from simcost.result import Interval, Result
from simcost.run import run_per_success

HOWS = ("value", "percentile", "scale", "shift")
WHOLE = ("cap", "correlation_stress")  # not of one input
LARGEST_CAP = 1024
MOST_LEVELS = 40


@dataclass(frozen=True, slots=True)
class Knob:
    """A number that can be turned, and where to look for it.

    Parameters
    ----------
    target : str
        An input, ``"pilot.failure"``, ``cap`` or ``correlation_stress``.
    how : str
        ``value``, ``percentile``, ``scale`` or ``shift``.
    unit : str
        Of the number.
    start : tuple of float
        Where to look first.
    limits : tuple of float
        Where it makes sense at all.
    ratio : bool
        Whether to step by factors instead of differences.
    levels : tuple of float
        The only values there are; empty for a continuum.
    law : Distribution or None
        Of the input, to say which percentile an answer is.
    """

    target: str
    how: str
    unit: str = ""
    start: tuple[float, float] = (0.0, 1.0)
    limits: tuple[float, float] = (0.0, 1.0)
    ratio: bool = False
    levels: tuple[float, ...] = ()
    law: Distribution | None = None

    @property
    def name(self) -> str:
        """As in ``--set``."""
        return self.target if self.how == "value" else f"{self.target}.{self.how}"

    def percentile(self, number: float) -> float:
        """Return which percentile of the input a value is, NaN where that means nothing."""
        if self.law is None or self.how != "value" or self.law.discrete:
            return math.nan
        return 100.0 * float(self.law.cdf(np.array([number]))[0])

    def grid(self, points: int) -> list[float]:
        """Return numbers over the first range, evenly or by equal factors."""
        low, high = self.start
        if self.ratio:
            return [float(x) for x in np.geomspace(low, high, points)]
        return [float(x) for x in np.linspace(low, high, points)]

    def beyond(self, at: float, up: bool, step: int) -> float:
        """Return a number further out, or the limit."""
        low, high = self.start
        if self.ratio:
            moved = at * 4.0 if up else at / 4.0
        else:
            moved = at + (high - low) * 2.0**step * (1 if up else -1)
        return min(max(moved, self.limits[0]), self.limits[1])


def knob_of(model: Model, text: str, scenario: str = "") -> Knob:
    """Return what a text such as ``wage.value`` names.

    Raises
    ------
    UsageError
        For an input, stage or figure that does not exist, or a number that cannot be turned.
    """
    spec = model.spec
    target, how = text.strip(), "value"
    head, _, last = target.rpartition(".")
    if last in HOWS and head:
        target, how = head, last
    if target in spec.inputs:
        declared = spec.inputs[target]
        return _of_law(target, how, declared.distribution, declared.unit)
    if target == "cap" and how == "value":
        return Knob("cap", "value", "attempts", levels=(1.0, float(LARGEST_CAP)))
    if target == "correlation_stress" and how == "value":
        return Knob(target, how)
    stages = {stage.name: stage for stage in spec.stages}
    stage, _, key = target.rpartition(".")
    if stage in stages and key in STAGE_KEYS:
        return _of_stage(target, how, getattr(stages[stage], key), key, spec.currency)
    known = [*spec.inputs, *(f"{name}.{key}" for name in stages for key in SHARES), *WHOLE]
    near = get_close_matches(target, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known[:30])}"
    raise UsageError(f"there is nothing called {target} to turn; {hint}")


def _of_law(target: str, how: str, law: Distribution, unit: str) -> Knob:
    if how == "percentile":
        if isinstance(law, Constant):
            raise UsageError(f"{target} is fixed and has no percentiles; seek {target}.value")
        return Knob(target, how, "", (1.0, 99.0), (0.01, 99.99))
    if how == "scale":
        return Knob(target, how, "", (0.25, 4.0), (1e-3, 1e3), ratio=True)
    low, high = (float(x) for x in law.quantile(np.array([0.01, 0.99])))
    if how == "shift":
        width = (high - low) or abs(high) or 1.0
        return Knob(target, how, unit, (-width, width), (-1e3 * width, 1e3 * width))
    atoms = law.atoms() if law.discrete else None
    if atoms is not None and 1 < len(atoms[0]) <= MOST_LEVELS:
        return Knob(target, how, unit, levels=tuple(np.sort(atoms[0]).tolist()), law=law)
    if isinstance(law, Constant):
        low, high = (low / 4, high * 4) if low > 0 else (low - 1.0, high + 1.0)
    if law.support()[0] >= 0.0 and low > 0.0:
        return Knob(target, how, unit, (low, high), (low * 1e-3, high * 1e3), True, law=law)
    width = (high - low) or 1.0
    floor = 0.0 if law.support()[0] >= 0.0 else low - 1e3 * width
    return Knob(target, how, unit, (low, high), (floor, high + 1e3 * width), law=law)


def _of_stage(target: str, how: str, term: Any, key: str, currency: str) -> Knob:
    if how == "scale":
        return Knob(target, how, "", (0.25, 4.0), (1e-3, 1e3), ratio=True)
    if key in FIGURES and (how != "value" or not isinstance(term, float)):
        raise UsageError(f"{target} can be scaled, and not turned otherwise: seek {target}.scale")
    if key in FIGURES:
        return _of_law(target, how, Constant(term), currency)
    if how == "percentile" and not isinstance(term, Distribution):
        raise UsageError(f"{target} has no percentiles; seek {target}")
    if how == "percentile":
        return Knob(target, how, "", (1.0, 99.0), (0.01, 99.99))
    if how == "shift":
        return Knob(target, how, "", (-1.0, 1.0), (-1.0, 1.0))
    return Knob(target, how, "")


@dataclass
class Turned:
    """A statistic of a model with one number turned; every setting is drawn once.

    Parameters
    ----------
    model : Model
        The model.
    knob : Knob
        What is turned.
    statistic : Statistic
        What is looked at.
    runs : Runs
        How to draw.
    scenario : str
        On top of which scenario.
    """

    model: Model
    knob: Knob
    statistic: Statistic
    runs: Runs
    scenario: str = ""
    drawn: dict[float, Interval | None] = field(default_factory=dict)

    def at(self, number: float) -> Interval | None:
        """Return the statistic with the number set; None where that makes no sense."""
        if number not in self.drawn:
            try:
                self.drawn[number] = self.statistic.of(self._run(number), self.runs.output)
            except (ModelError, NumericalError):
                self.drawn[number] = None
        return self.drawn[number]

    def _run(self, number: float) -> Result:
        if self.knob.target == "cap" and "cap" not in self.model.spec.inputs:
            plan = self.model.plan(self.scenario, View("success"))
            return run_per_success(plan, self.runs.settings, round(number))
        if self.knob.target == "correlation_stress":
            made = Scenario(correlation_stress=number)
        else:
            change: dict[str, Any] = {self.knob.how: number}
            made = Scenario({self.knob.target: Change(**change)})
        if self.scenario:
            made = replace(made, extends=(self.scenario,))
        name = f"--set {self.knob.name}={number!r}"
        plan = self.model.extended({name: made}).plan(name)
        return self.runs.result(only(plan, self.runs.output))
