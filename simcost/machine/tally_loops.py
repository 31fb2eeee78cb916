"""The compiled loops of `simcost.machine.tally`."""

from __future__ import annotations

from typing import Any

from simcost.machine.cache import numba_cache
from simcost.machine.loops import jit

SLICES = 1024


@jit
def classify(u: Any, edges: Any, guide: Any, out: Any) -> None:
    """Look the slice up, then step over the edges that lie inside it."""
    last = edges.size
    for i in range(u.size):
        k = guide[int(u[i] * SLICES)]
        while k < last and edges[k] < u[i]:
            k += 1
        out[i] = k


@jit
def power_sums(index: Any, y: Any, sums: Any, first: Any) -> None:
    """Add in the order of the outcomes."""
    replicates = sums.shape[0]
    r = first % replicates
    for i in range(y.size):
        k, v = index[i], y[i]
        square = v * v
        sums[r, k, 0] += 1.0
        sums[r, k, 1] += v
        sums[r, k, 2] += square
        sums[r, k, 3] += square * v
        sums[r, k, 4] += square * square
        r = r + 1 if r + 1 < replicates else 0


@jit
def joint_counts(index: Any, column: Any, counts: Any) -> None:
    """Count pairs."""
    for i in range(index.size):
        counts[index[i], column[i]] += 1


with numba_cache() as cached:
    if cached:
        for loop in (classify, power_sums, joint_counts):
            loop.enable_caching()
