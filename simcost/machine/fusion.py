"""Simple operations put side by side, so that one loop does many of them.

The machine goes over a block once for each instruction, and each time reads and writes rows of
the cache; an addition is done sooner than that. Here simple operations that need nothing else in
between become one group, a loop of its own that keeps results in registers (see
`simcost.machine.native`). Each stays the operation it was, so the bits do too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.machine.opcodes import NAMES, OPCODES, SLOT_OPERANDS
from simcost.machine.program import Integers, Program
from simcost.machine.slots import allocate

COMPARISONS = ("lt", "le", "gt", "ge", "eq", "ne")
CHOICE = "choice"  # a discrete distribution of few values
MOST_CHOICES = 8
MOST_STEPS = 1000  # in a group: compilers take their time over long stretches
SIMPLE = frozenset(
    ("add", "sub", "mul", "div", "neg", "abs", "sqrt", "min", "max", *COMPARISONS, "and", "or",
     "not", "where", "uniform", "triangular", CHOICE)
)  # fmt: skip
FUSED = len(NAMES)  # the operation of a group; its operand is the group's number


@dataclass(frozen=True, slots=True)
class Step:
    """An instruction whose operands are values, not slots.

    Parameters
    ----------
    op : str
        Operation.
    operands : tuple of int
        The steps that make them, by number; constant k is ``-1 - k``.
    reference : int
        Stream or table, where it has one.
    """

    op: str
    operands: tuple[int, ...]
    reference: int

    @property
    def simple(self) -> bool:
        """Whether it may be part of a group."""
        return self.op in SIMPLE


@dataclass(frozen=True, slots=True)
class Group:
    """Simple steps that one loop does.

    Parameters
    ----------
    steps : tuple of int
        Their numbers, in order.
    reads, writes : dict of int to int
        Slots of the results of other steps, and of the results that others need.
    """

    steps: tuple[int, ...]
    reads: dict[int, int]
    writes: dict[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Arrangement:
    """A program in another order, with groups.

    Parameters
    ----------
    code : int32[n, 5]
        As in `Program`, and groups.
    output_slots : int64[m]
        Where each output is found when a block is done.
    n_slots : int
        Number of slots.
    steps : tuple of Step
        All steps of the program.
    groups : tuple of Group
        By number.
    """

    code: npt.NDArray[np.int32]
    output_slots: Integers
    n_slots: int
    steps: tuple[Step, ...]
    groups: tuple[Group, ...]


def arrange(program: Program) -> Arrangement:
    """Return a program with its simple operations in as few groups as there can be."""
    steps, ends = _without_slots(program)
    units = [*_units(steps)]
    reads = [_read(unit, steps) for unit in units]
    handed_on = {number for numbers in reads for number in numbers}.union(ends)
    writes = [[number for number in unit if number in handed_on] for unit in units]
    constants = {-1 - k: k for k in range(len(program.constants))}
    kept = [end for end in ends if end >= 0]
    slots = constants | allocate(reads, writes, kept, len(constants))
    rows: list[list[int]] = []
    groups: list[Group] = []
    for unit, read, made in zip(units, reads, writes, strict=True):
        if steps[unit[0]].simple:
            rows.append([FUSED, 0, len(groups), 0, 0])
            within, out = ({number: slots[number] for number in part} for part in (read, made))
            groups.append(Group(tuple(unit), within, out))
        else:
            rows.append(_row(steps[unit[0]], unit[0], slots))
    return Arrangement(
        code=np.array(rows, dtype=np.int32).reshape(-1, 5),
        output_slots=np.array([slots[end] for end in ends], dtype=np.int64),
        n_slots=max(slots.values(), default=-1) + 1,
        steps=steps,
        groups=tuple(groups),
    )


def _without_slots(program: Program) -> tuple[tuple[Step, ...], list[int]]:
    """Return the steps of a program, and the values of its outputs."""
    held = {slot: -1 - slot for slot in range(len(program.constants))}
    steps = []
    for number, (opcode, target, *fields) in enumerate(program.code.tolist()):
        op = NAMES[opcode]
        operands = fields[: SLOT_OPERANDS[op]]
        reference = (*fields[len(operands) :], 0)[0]
        if op == "steps" and program.tables.step_meta[reference, 1] <= MOST_CHOICES:
            op = CHOICE
        steps.append(Step(op, tuple(held[slot] for slot in operands), reference))
        held[target] = number
    return tuple(steps), [held[slot] for slot in program.output_slots.tolist()]


def _units(steps: Sequence[Step]) -> Iterator[list[int]]:
    """Yield what is done at a time: in each round the other steps one by one, then a group."""
    rounds = _rounds(steps)
    for this in range(max(rounds, default=-1) + 1):
        here = [number for number, at in enumerate(rounds) if at == this]
        yield from ([number] for number in here if not steps[number].simple)
        group = [number for number in here if steps[number].simple]
        yield from (group[k : k + MOST_STEPS] for k in range(0, len(group), MOST_STEPS))


def _rounds(steps: Sequence[Step]) -> list[int]:
    """Return the round of each step; a simple one waits for the last that it may be in."""
    rounds: list[int] = []
    for step in steps:
        before = [
            rounds[at] + (steps[at].simple and not step.simple) for at in step.operands if at >= 0
        ]
        rounds.append(max(before, default=0))
    latest = [max(rounds, default=0)] * len(steps)
    for number in reversed(range(len(steps))):
        step = steps[number]
        if step.simple:
            rounds[number] = latest[number]
        for at in step.operands:
            if at >= 0:
                latest[at] = min(latest[at], rounds[number] - (not step.simple))
    return rounds


def _read(unit: list[int], steps: Sequence[Step]) -> list[int]:
    """Return the results of other units that a unit needs."""
    needed = {at for number in unit for at in steps[number].operands if at >= 0}
    return sorted(needed.difference(unit))


def _row(step: Step, number: int, slots: dict[int, int]) -> list[int]:
    operands = [slots[at] for at in step.operands]
    return [OPCODES[step.op], slots[number], *(*operands, step.reference, 0, 0)[:3]]
