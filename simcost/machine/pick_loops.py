"""The compiled loop behind `Tools.pick`: a few places of many values in order, without sorting."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine.cache import numba_cache
from simcost.machine.loops import jit

BINS, FEW = 2048, 256


@jit
def put_in_order(few: Any) -> None:
    """Sort by insertion; numba's own sort takes the compiler longer than all of the above."""
    for i in range(1, few.size):
        value, k = few[i], i
        while k > 0 and few[k - 1] > value:
            few[k] = few[k - 1]
            k -= 1
        few[k] = value


@jit
def pick(x: Any, low: Any, scale: Any, places: Any, bins: Any, near: Any, out: Any) -> Any:
    """Find what stands at some places, ascending; False where many values crowd at one.

    Values are counted in bins of equal width, which leaves a few that may be the wanted one. `bins`
    is int64[2049], zeros, and `near` float64[n + 1].
    """
    for i in range(x.size):
        bins[np.int64((x[i] - low) * scale)] += 1
    b, before = 0, 0
    for j in range(places.size):
        while before + bins[b] <= places[j]:
            before += bins[b]
            b += 1
        if bins[b] > FEW:
            return False
        found = 0
        for i in range(x.size):
            near[found] = x[i]
            found += np.int64((x[i] - low) * scale) == b
        put_in_order(near[:found])
        out[j] = near[places[j] - before]
    return True


with numba_cache() as cached:
    if cached:
        pick.enable_caching()
