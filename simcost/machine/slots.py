"""Which slot holds which value: a slot is used again once its value is no longer needed."""

from __future__ import annotations

from collections.abc import Sequence


def assign(operands: Sequence[Sequence[int]], kept: Sequence[int], first: int) -> list[int]:
    """Give every instruction a slot for its result.

    Parameters
    ----------
    operands : sequence of sequence of int
        For each instruction the numbers of the instructions whose results it reads.
    kept : sequence of int
        Instructions whose results are needed at the end.
    first : int
        First slot that may be used.

    Returns
    -------
    list of int
        The slot of each result. It is never the slot of an operand: a loop that reads and
        writes one row is not turned into vector instructions.
    """
    end = len(operands)
    last_use = list(range(end))
    for number, sources in enumerate(operands):
        for source in sources:
            last_use[source] = number
    for number in kept:
        last_use[number] = end
    slots: list[int] = []
    free: list[int] = []
    fresh = first
    for number, sources in enumerate(operands):
        if free:
            slots.append(free.pop())
        else:
            slots.append(fresh)
            fresh += 1
        dying = {source for source in (*sources, number) if last_use[source] == number}
        free.extend(slots[source] for source in sorted(dying))
    return slots
