"""Sums that do not depend on how the work was split.

Outcomes are added in fixed leaves, counted from outcome 0: 4096 of one replicate to a leaf. Each
leaf is added pairwise by NumPy, and the leaves are merged by `math.fsum`, which rounds once,
whatever the order. So any split along leaves, merged in any order, gives the same bits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]

LEAF = 4096
_AT_ONCE = 8


def leaf_sum(values: Vector) -> float:
    """Return the sum of `values`, the same for every split along leaves."""
    return float(replicate_sums([values], 1, lambda block: (block,))[0, 0])


def replicate_sums(
    columns: Sequence[Vector], replicates: int, function: Callable[..., tuple[Vector, ...]]
) -> Vector:
    """Sum functions of the outcomes over each replicate.

    Parameters
    ----------
    columns : sequence of float64[n]
        Arrays over the same outcomes; outcome k belongs to replicate ``k % replicates``.
    replicates : int
        Number R of replicates.
    function : callable
        Takes a block of every column and returns F arrays of the same shape.

    Returns
    -------
    float64[F, R]
        The sums, in the units of the function's values.
    """
    # One replicate's leaves are short for NumPy's overhead: take several at a time.
    step = LEAF * (replicates if replicates > 1 else _AT_ONCE)
    leaves: list[list[Vector]] = []
    for first in range(0, len(columns[0]), step):
        blocks = [_by_replicate(column[first : first + step], replicates) for column in columns]
        leaves.append([_leaves(terms, replicates) for terms in function(*blocks)])
    parts = [np.concatenate(per_block) for per_block in zip(*leaves, strict=True)]
    return np.array([[math.fsum(part[:, r]) for r in range(replicates)] for part in parts])


def _by_replicate(block: Vector, replicates: int) -> Vector:
    """Order a block by replicate, so that each one's outcomes are contiguous."""
    if replicates == 1:
        return block
    if len(block) % replicates:
        return np.concatenate([block[r::replicates] for r in range(replicates)])
    return np.ascontiguousarray(block.reshape(-1, replicates).T).reshape(-1)


def _leaves(terms: Vector, replicates: int) -> Vector:
    """Return the sums of the leaves in a block, float64[leaves, replicates]."""
    if replicates == 1:
        whole = len(terms) // LEAF * LEAF
        full = np.add.reduce(terms[:whole].reshape(-1, LEAF), axis=1)
        rest = [np.add.reduce(terms[whole:])] * (whole < len(terms))
        return np.append(full, rest)[:, None]
    sizes = replicate_sizes(len(terms), replicates)
    starts = np.cumsum(sizes) - sizes
    pairs = zip(starts, sizes, strict=True)
    return np.array([[np.add.reduce(terms[first : first + size]) for first, size in pairs]])


def replicate_sizes(count: int, replicates: int) -> npt.NDArray[np.int64]:
    """Return the number of outcomes of each replicate, int64[replicates]."""
    return (count + replicates - 1 - np.arange(replicates)) // replicates


def replicate_counts(
    values: Vector, replicates: int, condition: Callable[[Vector], npt.NDArray[np.bool_]]
) -> npt.NDArray[np.int64]:
    """Count the outcomes of each replicate that meet a condition, int64[replicates]."""
    step = LEAF * replicates
    counts = np.zeros(replicates, dtype=np.int64)
    for first in range(0, len(values), step):
        met = condition(values[first : first + step])
        if replicates == 1:
            counts += np.count_nonzero(met)
        else:
            # bincount of positions modulo R would cost more than a pad and a reshape
            padded = np.pad(met, (0, -len(met) % replicates))
            counts += np.count_nonzero(padded.reshape(-1, replicates), axis=0)
    return counts
