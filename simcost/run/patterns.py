"""The ways in which a project's gates can fall, each with its probability.

A gate is a draw that decides between a few cases: whether a stage fails, a Bernoulli input, a
discrete input with a few values. For given values of everything else the cases and their
probabilities are known, so they need not be drawn: the outputs can be worked out in every case and
weighted (conditional Monte Carlo; Asmussen & Glynn 2007, Stochastic Simulation, section V.4). A
project that fails in its first stage never meets the gate of its second, so that k stages have
k + 1 patterns, not 2^k.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simcost.errors import UsageError
from simcost.graph.node import OUTCOME, Node, const, make, walk
from simcost.machine.library import steps_of
from simcost.result.weighted import pattern_number
from simcost.run.drivers import GATE
from simcost.run.plan import Plan
from simcost.run.settle import above, settle

# Measured in docs/accuracy.md: every pattern takes time, and inputs multiply their number.
MOST = 16  # patterns of a run, as long as stages make them
MOST_BY_INPUTS = 8  # patterns up to which an input adds its own
MOST_VALUES = 2  # of such an input
ONE, ZERO = const(1.0), const(0.0)

Decision = tuple[Node, float]  # the stream of a gate, and what the gate comes to


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way in which the gates can fall.

    Parameters
    ----------
    label : str
        ``"research fails"``, ``"no stage fails, rework = 1"``.
    chance : Node
        Its probability, given everything else that is drawn.
    outputs : mapping of str to Node
        The outputs in this case.
    decisions : tuple
        The gates that are met, in order, and what they come to.
    """

    label: str
    chance: Node
    outputs: Mapping[str, Node]
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Patterns:
    """All patterns of a plan.

    Parameters
    ----------
    all : tuple of Pattern
        Their probabilities add up to 1.
    exact : tuple of str
        Names of the gates that are no longer drawn.
    sampled : tuple of str
        Names of those that still are, since there would be too many patterns.
    """

    all: tuple[Pattern, ...]
    exact: tuple[str, ...]
    sampled: tuple[str, ...]


def split(
    plan: Plan, most: int = MOST, by_inputs: int = MOST_BY_INPUTS, values: int = MOST_VALUES
) -> Patterns:
    """Return the patterns of a plan's gates.

    Gates are taken in order, those of stages first, as long as there are not too many patterns.
    Inputs that a copula couples stay drawn, as does every gate whose draw serves anything else.

    Parameters
    ----------
    plan : Plan
        What is drawn.
    most : int
        Largest number of patterns that the gates of stages make.
    by_inputs : int
        Largest number that an input may bring it to.
    values : int
        Largest number of values of an input that counts as a gate.
    """
    found = [Pattern("", ONE, plan.outputs)]
    exact, sampled = [], []
    for gate in _gates(plan, values):
        grown = [part for pattern in found for part in _cases(pattern, gate)]
        if len(grown) > (most if gate.name.endswith(GATE) else by_inputs):
            sampled.append(gate.name.removesuffix(GATE))
        else:
            found = grown
            exact.append(gate.name.removesuffix(GATE))
    named = tuple(replace(one, label=_label(one.decisions)) for one in found)
    return Patterns(named, tuple(exact), tuple(sampled))


def pattern_plan(plan: Plan, pattern: Pattern) -> Plan:
    """Return the plan in which the gates fall in one way, its labels included."""
    nodes = {**plan.labels, **{f"\0{name}": node for name, node in plan.outputs.items()}}
    roots = list(nodes.values())
    for stream, value in pattern.decisions:
        roots = settle(roots, {node: const(value) for node in _readers(walk(roots), stream)})
    settled = dict(zip(nodes, roots, strict=True))
    return replace(
        plan,
        labels={name: settled[name] for name in plan.labels},
        outputs={name: settled[f"\0{name}"] for name in plan.outputs},
    )


def plan_in_pattern(plan: Plan, pattern: int | str) -> Plan:
    """Return the plan in one of its patterns, by its number from 0 or by its name.

    Raises
    ------
    UsageError
        When there is no such pattern.
    """
    patterns = split(plan).all
    if len(patterns) == 1:
        raise UsageError("this model has no gates to integrate out, so there are no patterns")
    labels = [one.label for one in patterns]
    return pattern_plan(plan, patterns[pattern_number(labels, pattern)])


def _gates(plan: Plan, values: int) -> list[Node]:
    """Return the streams that do nothing but decide between a few cases."""
    users: dict[Node, list[Node]] = {}
    for node in walk(plan.outputs.values()):
        for arg in node.args:
            if arg.op == "stream":
                users.setdefault(arg, []).append(node)
    gates = [s for s, by in users.items() if s.index == OUTCOME and _decides(s, by, values)]
    place = plan.dimensions
    return sorted(gates, key=lambda s: (not s.name.endswith(GATE), place.get(s.name, len(place))))


def _decides(stream: Node, users: Sequence[Node], values: int) -> bool:
    if len(users) != 1:
        return False
    (user,) = users
    if user.op == "gt":
        threshold = user.args[1]
        return user.args[0] is stream and stream not in set(walk([threshold]))
    if user.op != "quantile":
        return False
    law: Any = user.payload
    steps = steps_of(law)
    return steps is not None and 2 <= len(steps.values) <= values


def _readers(nodes: Iterable[Node], stream: Node) -> list[Node]:
    """Return the node that a gate's draw goes into; it is another one after other decisions."""
    return [node for node in nodes if node.args and node.args[0] is stream]


def _cases(pattern: Pattern, gate: Node) -> Iterator[Pattern]:
    """Yield what becomes of a pattern when a gate is decided, impossible cases left out."""
    roots = [*pattern.outputs.values(), pattern.chance]
    among = list(above(roots, gate))
    readers = _readers(among, gate)
    if not readers:
        yield pattern
        return
    (reader,) = readers
    for value, chance in _levels(reader):
        # Until a first gate was decided, nothing has been settled.
        everywhere = None if not pattern.decisions else among
        *outputs, before = settle(roots, {reader: const(value)}, everywhere)
        (together,) = settle([chance if before is ONE else make("mul", before, chance)], {})
        if not _impossible(together):
            named = dict(zip(pattern.outputs, outputs, strict=True))
            yield Pattern("", together, named, (*pattern.decisions, (gate, value)))


def _impossible(chance: Node) -> bool:
    """Return whether a product of probabilities is known to be 0."""
    return chance is ZERO or (chance.op == "mul" and any(map(_impossible, chance.args)))


def _levels(reader: Node) -> list[tuple[float, Node]]:
    """Return what a gate can come to, with probabilities; a failure first."""
    if reader.op == "gt":
        passes = reader.args[1]
        one_minus = passes.op == "sub" and passes.args[0] is ONE
        fails = passes.args[1] if one_minus else settle([make("sub", ONE, passes)], {})[0]
        return [(1.0, fails), (0.0, passes)]
    law: Any = reader.payload
    steps = steps_of(law)
    assert steps is not None, "checked when the gate was found"
    values, chances = law.atoms()
    by_value: dict[float, float] = {}
    for value, chance in zip(values.tolist(), chances.tolist(), strict=True):
        by_value[value] = by_value.get(value, 0.0) + chance
    kept = [(value, by_value[value]) for value in steps.values.tolist()]
    total = sum(chance for _, chance in kept)
    return [(value, const(chance / total)) for value, chance in kept]


def _label(decisions: Sequence[Decision]) -> str:
    """Say what the gates come to, without the stages that pass before one that fails."""
    stages = [(s.name.removesuffix(GATE), v) for s, v in decisions if s.name.endswith(GATE)]
    failing = [f"{name} fails" for name, value in stages if value]
    parts = failing or ["no stage fails"] * bool(stages)
    parts += [f"{s.name} = {value:g}" for s, value in decisions if not s.name.endswith(GATE)]
    return ", ".join(parts)
