"""Work on whole outputs side by side: NumPy and compiled loops let go of the interpreter."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")

MANY = 1 << 21  # figures; below, threads cost more than they save
_THREADS = 4


def each(work: Callable[[Item], Answer], items: Sequence[Item], figures: int) -> list[Answer]:
    """Return the answer to each item, in their order; several at a time where they are large.

    Parameters
    ----------
    work : callable
        Work on one item; may be called from several threads.
    items : sequence
        What to work on.
    figures : int
        How many numbers all of them hold.
    """
    if figures < MANY or len(items) < 2:
        return list(map(work, items))
    with ThreadPoolExecutor(_THREADS) as pool:
        return list(pool.map(work, items))
