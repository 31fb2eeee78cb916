"""A program as text that reads aloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simcost.machine.opcodes import NAMES, SLOT_OPERANDS, WORDING

if TYPE_CHECKING:
    from simcost.machine.program import Program


def listing(program: Program) -> str:
    """Return one line an instruction and one an output.

    Results without a name of their own are called ``%`` and the number of their instruction.
    Slots are reused, so an operand is named after the last instruction that wrote its slot.
    """
    held = {slot: _number(value) for slot, value in enumerate(program.constants.tolist())}
    lines = []
    for number, (opcode, target, *operands) in enumerate(program.code.tolist()):
        op = NAMES[opcode]
        words = [held[slot] for slot in operands[: SLOT_OPERANDS[op]]]
        words += _reference(program, op, operands)
        name = program.labels[number] or f"%{number}"
        lines.append(f"{number:4}  {name} = {WORDING[op].format(*words)}")
        held[target] = name
    for output, slot in zip(program.outputs, program.output_slots.tolist(), strict=True):
        lines.append(f"      output {output} = {held[slot]}")
    return "\n".join(lines) + "\n"


def _number(value: float) -> str:
    """Return the shortest text for a number; 5.0 reads as 5."""
    return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _reference(program: Program, op: str, operands: list[int]) -> list[str]:
    """Return what a stream or table number refers to."""
    if op == "stream":
        each = ("outcome", "project")[program.stream_index[operands[0]]]
        return [f'"{program.streams[operands[0]]}", one each {each}']
    if op in ("table", "curve", "student_cdf", "normal_cdf"):
        return [program.table_names[operands[1]]]
    if op == "steps":
        return [program.step_names[operands[1]]]
    if op == "triangular":
        return [program.triangle_names[operands[1]]]
    return []
