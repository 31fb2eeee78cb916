"""What tells one version of a model from another: named changes, and models between the two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import Any

from simcost.families import Distribution
from simcost.graph.expression import Expression
from simcost.model import FormulaSpec, InputSpec, ModelSpec, StageSpec
from simcost.model.stages import AUTOMATIC

STAGES = "stages"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions of a model do not share.

    Parameters
    ----------
    kind : str
        ``input``, ``quantity``, ``output``, ``stage``, ``correlation`` or ``currency``.
    name : str
        What it is about.
    words : str
        What changed, in words.
    effect : bool
        Whether it can have an effect by itself. A name that is added or removed has none: the
        formulas that begin or cease to use it have.
    """

    kind: str
    name: str
    words: str
    effect: bool = True

    @property
    def label(self) -> str:
        """``stage pilot``; the bare name of an input."""
        return self.name if self.kind == "input" else f"{self.kind} {self.name}".strip()


def differences(before: ModelSpec, after: ModelSpec) -> list[Difference]:
    """Return what changed from one version to the other, in order of the model file."""
    found = [*_named("input", before.inputs, after.inputs, _input_words)]
    found += _named("quantity", before.quantities, after.quantities, _formula_words)
    found += _stages(before, after)
    found += _named("output", before.outputs, after.outputs, _formula_words)
    found += _correlations(before, after)
    if before.currency != after.currency:
        words = f"{before.currency or 'none'} → {after.currency or 'none'}"
        found.append(Difference("currency", "", words))
    return found


def _named(kind: str, old: Any, new: Any, words: Any) -> Iterable[Difference]:
    for name in dict.fromkeys([*old, *new]):
        # An output takes the place of one that comes by itself from the stages.
        instead = kind == "output" and name in AUTOMATIC
        if name not in new:
            yield Difference(kind, name, f"removed; it was {_say(old[name])}", effect=instead)
        elif name not in old:
            yield Difference(kind, name, f"added: {_say(new[name])}", effect=instead)
        elif said := words(old[name], new[name]):
            yield Difference(kind, name, said)


def _input_words(old: InputSpec, new: InputSpec) -> str:
    if old.distribution.key == new.distribution.key and old.unit == new.unit:
        return ""  # a note or a source changes no number
    return f"{_say(old)} → {_say(new)}"


def _formula_words(old: FormulaSpec, new: FormulaSpec) -> str:
    return "" if _same(old, new) else f"{_say(old)} → {_say(new)}"


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, FormulaSpec) and isinstance(new, FormulaSpec):
        return _same(old.formula, new.formula) and old.unit == new.unit
    if isinstance(old, Expression) and isinstance(new, Expression):
        return old.node is new.node and str(old.unit) == str(new.unit)
    if isinstance(old, Distribution) and isinstance(new, Distribution):
        return old.key == new.key
    if isinstance(old, str) and isinstance(new, str):
        return " ".join(old.split()) == " ".join(new.split())
    return bool(type(old) is type(new) and old == new)


def _say(what: Any) -> str:
    if isinstance(what, InputSpec):
        return f"{what.distribution.describe()} {what.unit}".strip()
    if isinstance(what, FormulaSpec):
        return f"{_say(what.formula)}{f' in {what.unit}' if what.unit else ''}"
    if isinstance(what, Expression):
        return "a formula built in Python"
    if isinstance(what, Distribution):
        return what.describe()
    if isinstance(what, str):
        return f'"{" ".join(what.split())}"'
    return "nothing" if what is None else f"{what:g}"


def _stages(before: ModelSpec, after: ModelSpec) -> list[Difference]:
    old = {stage.name: stage for stage in before.stages}
    new = {stage.name: stage for stage in after.stages}
    common = [name for name in old if name in new]
    if common != [name for name in new if name in old]:
        words = f"in another order: {', '.join(old)} → {', '.join(new)}"
        return [Difference(STAGES, "", words)]
    found = []
    for name in dict.fromkeys([*old, *new]):
        if name not in new:
            found.append(Difference("stage", name, "removed"))
        elif name not in old:
            found.append(Difference("stage", name, "added"))
        elif words := _stage_words(old[name], new[name]):
            found.append(Difference("stage", name, words))
    return found


def _stage_words(old: StageSpec, new: StageSpec) -> str:
    return "; ".join(
        f"{field.name} {_say(a)} → {_say(b)}"
        for field in fields(StageSpec)
        if not _same(a := getattr(old, field.name), b := getattr(new, field.name))
    )


def _correlations(before: ModelSpec, after: ModelSpec) -> list[Difference]:
    def by_pair(spec: ModelSpec) -> dict[frozenset[str], Any]:
        return {frozenset(one.between): one for one in spec.correlations}

    def say(one: Any) -> str:
        copula = f", {one.copula} copula" if one.copula != "gaussian" else ""
        return f"{one.measure} {one.value:g}{copula}"

    old, new = by_pair(before), by_pair(after)
    found = []
    for pair in dict.fromkeys([*old, *new]):
        a, b = old.get(pair), new.get(pair)
        name = " and ".join((old.get(pair) or new[pair]).between)
        if a is None:
            found.append(Difference("correlation", name, f"added: {say(b)}"))
        elif b is None:
            found.append(Difference("correlation", name, f"removed; it was {say(a)}"))
        elif say(a) != say(b) or a.df != b.df:
            found.append(Difference("correlation", name, f"{say(a)} → {say(b)}"))
    return found
