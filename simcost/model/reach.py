"""Which inputs a model's figures are made of, given the choices that are made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simcost.families import Constant
from simcost.graph import syntax
from simcost.graph.expression import Expression
from simcost.graph.node import Node, walk
from simcost.graph.tokens import NAME, Token
from simcost.model.inputs import input_node
from simcost.model.spec import ModelSpec, Term


@dataclass(frozen=True, slots=True)
class _Part:
    """What a part of a formula uses, and its value where it is known without a draw."""

    names: frozenset[str] = frozenset()
    value: float | None = None


def inputs_behind(spec: ModelSpec) -> frozenset[str]:
    """Return the inputs that what a model reports depends on.

    Of a formula that asks for a switch only the case that was chosen counts: what stands behind
    another has no part in the figures, even where it is a fixed number that nothing draws.

    Parameters
    ----------
    spec : ModelSpec
        The model, with its choices made.
    """
    known = {
        name: float(one.distribution.mean())
        for name, one in spec.inputs.items()
        if one.choices and isinstance(one.distribution, Constant)
    }
    terms = dict(_named(spec))
    placeholders = {input_node(name): name for name in spec.inputs}
    wanted = {name for term in _reported(spec) for name in _names(term, known, placeholders)}
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        if name in terms:
            wanted |= _names(terms[name], known, placeholders) - seen
    return frozenset(seen & set(spec.inputs))


def _named(spec: ModelSpec) -> Iterator[tuple[str, Term]]:
    for formulas in (spec.quantities, spec.outputs):
        yield from ((name, one.formula) for name, one in formulas.items())


def _reported(spec: ModelSpec) -> Iterator[Term | None]:
    """Yield the figures of stages and time, and the outputs; without these all quantities."""
    for stage in spec.stages:
        yield from (stage.cost, stage.duration, stage.emissions)
        yield from (stage.failure, stage.spent_at_failure, stage.salvage)
    if spec.time is not None:
        yield from (spec.time.discount_rate, spec.time.escalation)
    yield from (one.formula for one in spec.outputs.values())
    if not spec.outputs and not spec.stages:
        yield from (one.formula for one in spec.quantities.values())


def _names(
    term: Term | None, known: Mapping[str, float], placeholders: Mapping[Node, str]
) -> frozenset[str]:
    if isinstance(term, Expression):
        return frozenset(placeholders[one] for one in walk([term.node]) if one in placeholders)
    return _of_text(term, known) if isinstance(term, str) else frozenset()


def _of_text(text: str, known: Mapping[str, float]) -> frozenset[str]:
    parts: list[_Part] = []
    for step in syntax.read(text).steps:
        if step.count or step.op == "call":
            first = len(parts) - step.count
            operands, parts = parts[first:], parts[:first]
            parts.append(_combined(step.op, operands))
        else:
            parts.append(_leaf(step.token, known))
    return parts[-1].names if parts else frozenset()


def _leaf(token: Token, known: Mapping[str, float]) -> _Part:
    if token.kind == NAME:
        return _Part(frozenset({token.text}), known.get(token.text))
    return _Part(value=float(token.text) if token.text.isdecimal() else None)


def _combined(op: str, operands: list[_Part]) -> _Part:
    values = [one.value for one in operands]
    if op == "where" and values[0] is not None:
        chosen = operands[1] if values[0] else operands[2]
        return _Part(operands[0].names | chosen.names, chosen.value)
    names = frozenset[str]().union(*(one.names for one in operands))
    if op == "eq" and None not in values:
        return _Part(names, float(values[0] == values[1]))
    return _Part(names)
