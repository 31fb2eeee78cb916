"""Mistakes of method that no unit can catch: told as notes, since the author may mean it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from simcost.graph import syntax
from simcost.model.spec import Formula, InputSpec, ModelSpec

_PUE = re.compile(r"(^|_)pue($|_)", re.IGNORECASE)
# Published energies per prompt are those of the whole data centre.
_ORIGIN = re.compile(r"energy/(pue\b|pue_|gpu_to_datacentre)|serving/energy_per_prompt")

Powers = Mapping[str, int]  # how often each overhead is a factor; negative for a divisor


def lints(spec: ModelSpec) -> list[str]:
    """Return a note for each formula that multiplies by a data centre's overhead twice.

    Parameters
    ----------
    spec : ModelSpec
        The model as declared.

    Returns
    -------
    list of str
        One for the first formula in which it happens; those that use it are not blamed too.
    """
    overheads = {name for name, one in spec.inputs.items() if _is_overhead(name, one)}
    if not overheads:
        return []
    known: dict[str, Powers] = {name: {name: 1} for name in overheads}
    notes: list[str] = []
    formulas = dict(_formulas(spec))
    for name in _in_order(formulas):
        powers = _powers(formulas[name], known)
        if sum(powers.values()) >= 2:
            twice = " and ".join(powers) if len(powers) > 1 else f"{next(iter(powers))} twice"
            notes.append(
                f"the overhead of the data centre is in {name} more than once ({twice}); "
                "an energy that contains the PUE is not multiplied by it again"
            )
            powers = dict.fromkeys(list(powers)[:1], 1)
        known[name] = powers
    return notes


def _is_overhead(name: str, declared: InputSpec) -> bool:
    fixed_at_one = not declared.distribution.atoms() or declared.distribution.mean() != 1
    return bool(_PUE.search(name) or _ORIGIN.match(declared.origin)) and fixed_at_one


def _formulas(spec: ModelSpec) -> Iterator[tuple[str, str]]:
    named: list[tuple[str, Formula | object]] = [
        *((name, one.formula) for name, one in spec.quantities.items()),
        *(
            (f"stage {stage.name}, {key}", getattr(stage, key))
            for stage in spec.stages
            for key in ("cost", "duration", "emissions")
        ),
        *((name, one.formula) for name, one in spec.outputs.items()),
    ]
    yield from ((name, text) for name, text in named if isinstance(text, str) and text != name)


def _in_order(formulas: Mapping[str, str]) -> Iterator[str]:
    """Yield the names so that each comes after those that its formula uses."""
    seen: set[str] = set()
    for name in formulas:
        stack = [name]
        while stack:
            first = stack[-1]
            used = [one for one in syntax.read(formulas[first]).names if one in formulas]
            ahead = [one for one in used if one not in seen and one not in stack]
            if ahead:
                stack += ahead[:1]
                continue
            stack.pop()
            if first not in seen:
                seen.add(first)
                yield first


def _powers(text: str, known: Mapping[str, Powers]) -> Powers:
    """Return how often each overhead is a factor of a formula, where it is most often."""
    values: list[Powers] = []
    for step in syntax.read(text).steps:
        if not step.count and step.op != "call":
            values.append(known.get(step.token.text, {}))
            continue
        operands = values[len(values) - step.count :]
        del values[len(values) - step.count :]
        values.append(_combined(step.op, operands))
    return values[-1] if values else {}


def _combined(op: str, operands: list[Powers]) -> Powers:
    if op in ("mul", "div"):
        left, right = operands
        sign = 1 if op == "mul" else -1
        total = {name: left.get(name, 0) + sign * right.get(name, 0) for name in {**left, **right}}
        return {name: power for name, power in total.items() if power}
    if op in ("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not") or not operands:
        return {}
    if op == "where":
        operands = operands[1:]
    return max(operands, key=lambda powers: sum(powers.values()))
