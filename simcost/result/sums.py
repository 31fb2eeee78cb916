"""Sums that do not depend on how the work was split.

Outcomes are added pairwise by NumPy within fixed leaves, counted from outcome 0, one sum for each
replicate; the leaves' sums are merged by `math.fsum`, which rounds once. So any split along leaves,
done in any order, gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Cell = TypeVar("Cell")

GROUP = 32  # leaves; at the end of a run few are left to be merged, while nothing else is done


class Groups(Generic[Cell]):
    """What leaves have contributed, merged by fixed groups so that memory hardly grows.

    Parameters
    ----------
    merge : callable
        Makes one contribution of several.
    """

    def __init__(self, merge: Callable[[Sequence[Cell]], Cell]) -> None:
        self._merge = merge
        self._groups: list[Cell] = []
        self._pending: list[Cell] = []

    def add(self, cell: Cell) -> None:
        """Add the contribution of the next leaf."""
        self._pending.append(cell)
        if len(self._pending) == GROUP:
            self._groups.append(self._merge(self._pending))
            self._pending = []

    def total(self) -> Cell:
        """Return all contributions as one."""
        return self._merge([*self._groups, *self._pending])


def columns(*terms: npt.NDArray[Any]) -> Vector:
    """Return the sum of each column over the rows of all arrays, rounded once.

    Parameters
    ----------
    *terms : float64[any, R]
        As many columns each.

    Returns
    -------
    float64[R]
    """
    return np.array([*map(math.fsum, np.concatenate(terms).T.tolist())])


@lru_cache(16)  # nearly all leaves are of one size
def replicate_sizes(count: int, replicates: int) -> npt.NDArray[np.int64]:
    """Return the number of outcomes of each replicate, int64[replicates], read-only."""
    sizes = (count + replicates - 1 - np.arange(replicates)) // replicates
    sizes.setflags(write=False)
    return sizes
