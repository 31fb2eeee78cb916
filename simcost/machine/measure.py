"""The compiled tools of the gauges: those of `simcost.result.tools`, with the same bits, sooner."""

from __future__ import annotations

import os
import threading
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.machine.cache import PLAIN_LOOKUP
from simcost.result.tools import LANES, NUMPY, Tools, folded, lanes_of

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_own = threading.local()


def tools_of(engine: str) -> Tools:
    """Return the tools that go with an engine; those in NumPy where there are no others."""
    if engine != "machine" or os.environ.get(PLAIN_LOOKUP):
        return NUMPY
    try:
        from simcost.machine import measure_loops
    except Exception:  # a compiler that knows no such instructions says so in its own ways
        return NUMPY
    return CompiledTools(measure_loops)


class CompiledTools:
    """The tools as compiled loops; other than sixteen lanes are left to NumPy.

    Parameters
    ----------
    loops : module
        `simcost.machine.measure_loops`.
    """

    def __init__(self, loops: Any) -> None:
        self._loops = loops

    def look(self, values: Vector, centre: float, replicates: int) -> tuple[Vector, float, float]:
        """Return sums of powers and the range."""
        if lanes_of(replicates) != LANES:
            return NUMPY.look(values, centre, replicates)
        out = np.empty(6 * LANES)
        self._loops.look(values, centre, out)
        table = out.reshape(6, LANES)
        if not np.isfinite(table[0].sum()):  # NaN does not show in a smallest and a largest
            return NUMPY.look(values, centre, replicates)
        sums = folded(table[:4] + 0.0, replicates)
        return sums, float(table[4].min()) + 0.0, float(table[5].max()) + 0.0

    def span(
        self, values: Vector, low: float, high: float, replicates: int
    ) -> tuple[Counts, Vector, Counts]:
        """Return counts and what lies between."""
        if lanes_of(replicates) != LANES:
            return NUMPY.span(values, low, high, replicates)
        out = np.empty(4 * LANES, dtype=np.int64)
        near, places = _room(len(values))
        found = self._loops.span(values, low, high, out, near, places)
        return folded(out.reshape(4, LANES), replicates), near[:found].copy(), places[:found].copy()

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Count what is at most a level."""
        if lanes_of(replicates) != LANES:
            return NUMPY.at_most(values, level, replicates)
        out = np.empty(LANES, dtype=np.int64)
        self._loops.at_most(values, level, out)
        return folded(out, replicates)

    def excess(self, values: Vector, level: float, replicates: int) -> Vector:
        """Return sums above a level."""
        if lanes_of(replicates) != LANES:
            return NUMPY.excess(values, level, replicates)
        out = np.empty(2 * LANES)
        self._loops.excess(values, level, out)
        return folded(out.reshape(2, LANES) + 0.0, replicates)

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return sums of products."""
        if lanes_of(replicates) != LANES:
            return NUMPY.products(first, second, centres, replicates)
        out = np.empty(LANES)
        self._loops.products(first, second, *centres, out)
        return folded(out + 0.0, replicates)


def _room(size: int) -> tuple[Vector, Counts]:
    """Return arrays of this thread's own, to be copied from before they are asked for again."""
    kept = getattr(_own, "room", None)
    if kept is None or len(kept[0]) < size:
        kept = _own.room = np.empty(size), np.empty(size, dtype=np.int64)
    return kept
