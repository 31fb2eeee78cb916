"""Where outcomes come from: arrays, or something that can make any leaf of them again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Addresses = npt.NDArray[np.int64]
Answer = TypeVar("Answer")
Work = Callable[[int, Mapping[str, Vector]], Answer]

LEAF = 1 << 16  # outcomes; every sum, hash and bracket is made leaf by leaf
_FEW = 8  # leaves; below, a pool costs more than it saves
_THREADS = 4


def at_once(leaf: int) -> bool:
    """Say of any leaf that it is due."""
    return True


@dataclass(frozen=True, slots=True)
class Later(Generic[Answer]):
    """Work that was not due yet when the outcomes were there."""

    finish: Callable[[], Answer]


def when_due(due: bool, finish: Callable[[], Answer]) -> Answer | Later[Answer]:
    """Return finished work, or what will finish it."""
    return finish() if due else Later(finish)


def leaf_slices(count: int) -> Iterator[slice]:
    """Yield where each of the leaves of so many outcomes is found."""
    for first in range(0, count, LEAF):
        yield slice(first, first + LEAF)


def finished(answer: Answer | Later[Answer]) -> Answer:
    """Return work that is finished, now if it was not."""
    return answer.finish() if isinstance(answer, Later) else answer


class Rows(dict[str, Vector]):
    """Outcomes by output that say where they are: asking an array for it takes long.

    Parameters
    ----------
    rows : iterable of (str, float64[n])
        As for a dict; contiguous.
    addresses : int64[m]
        Of the first outcome of each.
    """

    __slots__ = ("addresses",)

    def __init__(self, rows: Iterable[tuple[str, Vector]], addresses: Addresses) -> None:
        super().__init__(rows)
        self.addresses = addresses


def addresses_of(table: npt.NDArray[np.float64]) -> Addresses:
    """Return the address of each row of a table, int64[rows]."""
    found: Addresses = table.ctypes.data + np.arange(len(table)) * table.strides[0]
    return found


class Source(Protocol):
    """Outcomes that are read leaf by leaf, as often as there are questions."""

    @property
    def count(self) -> int:
        """Number of outcomes."""

    def map(
        self,
        work: Work[Answer],
        names: Sequence[str],
        first: int,
        last: int,
        due: Callable[[int], bool] = at_once,
    ) -> Iterator[Answer]:
        """Yield `work` of the outcomes of each leaf ``first … last - 1``, in order.

        Parameters
        ----------
        work : callable
            Takes the leaf's number and outcomes by output in the order of `names`, float64[65536]
            (fewer in the last leaf), which it may not keep; called from any thread.
        names : sequence of str
            Outputs that are wanted.
        first, last : int
            Numbers of leaves; leaf k holds the outcomes from 65536 k on.
        due : callable
            Whether a leaf may be worked on yet. Its outcomes may be fetched before; the work is
            done at the latest when its turn to be yielded has come, due or not.
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
        self,
        work: Work[Answer],
        names: Sequence[str],
        first: int,
        last: int,
        due: Callable[[int], bool] = at_once,
    ) -> Iterator[Answer]:
        """Yield `work` of each leaf, in order."""

        def one(leaf: int) -> Answer | Later[Answer]:
            span = slice(leaf * LEAF, (leaf + 1) * LEAF)
            values = {name: self.values[name][span] for name in names}
            return when_due(due(leaf), lambda: work(leaf, values))

        if last - first < _FEW:
            for leaf in range(first, last):
                yield finished(one(leaf))
            return
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
            for answer in pool.map(one, range(first, last)):
                yield finished(answer)


def leaves_of(count: int) -> int:
    """Return the number of leaves that hold so many outcomes."""
    return -(-count // LEAF)
