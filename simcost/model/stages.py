"""Stages, gates and write-offs as formulas.

A stage that is reached runs; its gate then fails when its uniform draw exceeds one minus the
chance of failure, so that a high draw is a bad one, as everywhere. The stage in which a project
fails has spent the stated share of its cost, duration and emissions, and ends the project. What a
failed project has spent, less what each stage's spending can be salvaged for, is its write-off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from simcost.graph.expression import Expression
from simcost.graph.node import Node, const, make
from simcost.graph.profiles import UNIFORM, Profile
from simcost.run.engine import IN_RANGE
from simcost.run.flows import Clock, Flow, Item, share_of
from simcost.run.schedule import Schedule
from simcost.units import PLAIN, Unit

AUTOMATIC = (
    "cost",
    "nominal_cost",
    "present_value",
    "emissions",
    "duration",
    "succeeded",
    "failed_stage",
    "write_off",
    "write_off_emissions",
)

# These come only where [time] says the key.
TIMED = {"nominal_cost": "escalation", "present_value": "discount_rate"}


def comes(name: str, time: object) -> bool:
    """Return whether a model with that time reports one of `TIMED`."""
    return getattr(time, TIMED[name], None) is not None


ZERO, ONE, NAN = const(0.0), const(1.0), const(float("nan"))
Gate = Callable[[str], Node]  # stage name -> uniform draw of its gate


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage with its figures as expressions; `None` where the model says nothing.

    Parameters
    ----------
    name : str
        As declared.
    cost, duration, emissions : Expression or None
        Of the whole stage.
    failure, spent_at_failure, salvage : Expression
        Plain numbers between 0 and 1.
    checked : tuple of str
        Those of the three shares whose range is not known before the run.
    profile : Profile
        How its spending is spread over its duration.
    """

    name: str
    cost: Expression | None
    duration: Expression | None
    emissions: Expression | None
    failure: Expression
    spent_at_failure: Expression
    salvage: Expression
    checked: tuple[str, ...] = ()
    profile: Profile = UNIFORM

    @property
    def can_fail(self) -> bool:
        """False only for a stage whose chance of failure is the number 0."""
        return self.failure.node is not ZERO


@dataclass(frozen=True, slots=True)
class Lowered:
    """What the stages come to.

    Parameters
    ----------
    outputs : mapping of str to Expression
        Those of `AUTOMATIC` that the stages define.
    labels : mapping of str to Expression
        Figures of single stages, ``"data.spent"``, for replay and listings.
    schedule : Schedule or None
        When it is spent, in a model with periods.
    """

    outputs: Mapping[str, Expression]
    labels: Mapping[str, Expression]
    schedule: Schedule | None = None


def lower_stages(stages: Sequence[Stage], gate: Gate, clock: Clock | None = None) -> Lowered:
    """Turn stages into the outputs that come by themselves.

    Parameters
    ----------
    stages : sequence of Stage
        In order; each figure in the unit of the first stage that has it.
    gate : callable
        Gives the uniform draws of a stage's gate.
    clock : Clock, optional
        The periods that spending is spread over.

    Returns
    -------
    Lowered
    """
    labels: dict[str, Expression] = {}
    alive: Node = ONE
    failed_stage: Node = ZERO
    poison: Node | None = None
    shares: list[Node] = []
    for number, stage in enumerate(stages, start=1):
        share = alive
        if stage.can_fail:
            fails = make("gt", gate(stage.name), make("sub", ONE, stage.failure.node))
            failed_here = make("and", alive, fails)
            share = make("where", failed_here, stage.spent_at_failure.node, alive)
            failed_stage = make("where", failed_here, const(number), failed_stage)
            alive = make("where", fails, ZERO, alive)
            labels[f"{stage.name}.failed"] = Expression(failed_here, PLAIN)
        for key in stage.checked:
            value = getattr(stage, key).node
            inside = make("and", make("ge", value, ZERO), make("le", value, ONE))
            check = make("where", inside, ZERO, NAN)
            labels[f"{stage.name}.{key}"] = Expression(value, PLAIN)
            labels[f"{stage.name}.{key}{IN_RANGE}"] = Expression(check, PLAIN)
            poison = check if poison is None else make("add", poison, check)
        shares.append(share)

    def guarded(node: Node) -> Node:
        return node if poison is None else make("add", node, poison)

    failed = make("not", alive)
    outputs: dict[str, Expression] = {}
    schedule = None if clock is None else _schedule(stages, shares, failed, poison, clock)
    for key in ("cost", "emissions", "duration"):
        total, recovered, unit = _total(stages, shares, key, labels, schedule)
        if total is None:
            continue
        write_off = total if recovered is None else make("sub", total, recovered)
        spent = total if recovered is None else make("where", failed, write_off, total)
        outputs[key] = Expression(guarded(spent), unit)
        if key == "cost":
            outputs["write_off"] = Expression(guarded(make("where", failed, write_off, ZERO)), unit)
        if key == "emissions":
            lost = make("where", failed, total, ZERO)
            outputs["write_off_emissions"] = Expression(guarded(lost), unit)
    for key in TIMED:
        if schedule is not None and key in schedule.flows:
            outputs[key] = Expression(schedule.total(key), outputs["cost"].unit)
    outputs["succeeded"] = Expression(guarded(alive), PLAIN)
    outputs["failed_stage"] = Expression(guarded(failed_stage), PLAIN)
    ordered = {name: outputs[name] for name in AUTOMATIC if name in outputs}
    return Lowered(ordered, labels, schedule)


def _total(
    stages: Sequence[Stage],
    shares: Sequence[Node],
    key: str,
    labels: dict[str, Expression],
    schedule: Schedule | None,
) -> tuple[Node | None, Node | None, Unit]:
    """Sum of a figure over the stages, what of it could be salvaged, and the unit."""
    timed = iter(schedule.spent_by_stage(key) if schedule and key in schedule.flows else ())
    total: Node | None = None
    recovered: Node | None = None
    unit = PLAIN
    for stage, share in zip(stages, shares, strict=True):
        figure: Expression | None = getattr(stage, key)
        if figure is None:
            continue
        unit = figure.unit
        spent = next(timed, None) or share_of(share, figure.node)
        labels[f"{stage.name}.{key} spent"] = Expression(spent, unit)
        total = spent if total is None else make("add", total, spent)
        if key == "cost" and stage.salvage.node is not ZERO:
            back = make("mul", spent, stage.salvage.node)
            recovered = back if recovered is None else make("add", recovered, back)
    return total, recovered, unit


def _schedule(
    stages: Sequence[Stage],
    shares: Sequence[Node],
    failed: Node,
    guard: Node | None,
    clock: Clock,
) -> Schedule:
    """Place the stages one after the other, each with what it spends."""
    items: dict[str, list[Item]] = {"cost": [], "emissions": []}
    start: Node = ZERO
    for stage, share in zip(stages, shares, strict=True):
        length = ZERO if stage.duration is None else share_of(share, stage.duration.node)
        for key, found in items.items():
            figure: Expression | None = getattr(stage, key)
            if figure is not None:
                salvage = stage.salvage.node if key == "cost" else ZERO
                found.append(Item(figure.node, share, start, length, stage.profile, salvage))
        start = length if start is ZERO else make("add", start, length)
    flows = {key: Flow(tuple(found)) for key, found in items.items() if found}
    if "cost" in flows:
        cost = flows["cost"].items
        flows |= {name: Flow(cost, rate) for name, rate in clock.rates.items()}
    return Schedule(clock, flows, failed, start, guard)
