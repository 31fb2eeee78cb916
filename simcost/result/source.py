"""Where outcomes come from: arrays, or something that can make any leaf of them again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Answer = TypeVar("Answer")
Work = Callable[[int, Mapping[str, Vector]], Answer]

LEAF = 1 << 16  # outcomes; every sum, hash and bracket is made leaf by leaf
_FEW = 8  # leaves; below, a pool costs more than it saves
_THREADS = 4


class Source(Protocol):
    """Outcomes that are read leaf by leaf, as often as there are questions."""

    @property
    def count(self) -> int:
        """Number of outcomes."""

    def map(
        self, work: Work[Answer], names: Sequence[str], first: int, last: int
    ) -> Iterator[Answer]:
        """Yield `work` of the outcomes of each leaf ``first … last - 1``, in order.

        Parameters
        ----------
        work : callable
            Takes the leaf's number and outcomes by output, float64[65536] (fewer in the last
            leaf), which it may not keep; called from any thread.
        names : sequence of str
            Outputs that are wanted.
        first, last : int
            Numbers of leaves; leaf k holds the outcomes from 65536 k on.
        """


class Arrays:
    """Outcomes in memory.

    Parameters
    ----------
    values : mapping of str to float64[n]
        By output.
    """

    def __init__(self, values: Mapping[str, Vector]) -> None:
        self.values = values

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return len(next(iter(self.values.values()), ()))

    def map(
        self, work: Work[Answer], names: Sequence[str], first: int, last: int
    ) -> Iterator[Answer]:
        """Yield `work` of each leaf, in order."""

        def one(leaf: int) -> Answer:
            span = slice(leaf * LEAF, (leaf + 1) * LEAF)
            return work(leaf, {name: self.values[name][span] for name in names})

        if last - first < _FEW:
            yield from map(one, range(first, last))
            return
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
            yield from pool.map(one, range(first, last))


def leaves_of(count: int) -> int:
    """Return the number of leaves that hold so many outcomes."""
    return -(-count // LEAF)
