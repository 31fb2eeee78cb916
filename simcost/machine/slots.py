"""Which slot holds which value: a slot is used again once its value is no longer needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


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
    return [
        *allocate(operands, [[number] for number in range(len(operands))], kept, first).values()
    ]


def allocate(
    reads: Sequence[Iterable[int]], writes: Sequence[Sequence[int]], kept: Iterable[int], first: int
) -> dict[int, int]:
    """Give every value a slot, where what is done at a time may make several of them.

    Parameters
    ----------
    reads, writes : sequence of iterables of int
        The values that each unit of work reads, and those that it makes.
    kept : iterable of int
        Values that are needed at the end.
    first : int
        First slot that may be used.

    Returns
    -------
    dict of int to int
        The slot of each value, in the order in which they are made; never one that the unit that
        makes it reads.
    """
    last_use = {value: unit for unit, made in enumerate(writes) for value in made}
    for unit, sources in enumerate(reads):
        last_use.update(dict.fromkeys(sources, unit))
    last_use.update(dict.fromkeys(kept, len(writes)))
    slots: dict[int, int] = {}
    free: list[int] = []
    fresh = first
    for unit, (sources, made) in enumerate(zip(reads, writes, strict=True)):
        for value in made:
            slots[value] = free.pop() if free else fresh
            fresh = max(fresh, slots[value] + 1)
        dying = {value for value in (*sources, *made) if last_use[value] == unit}
        free.extend(slots[value] for value in sorted(dying))
    return slots
