"""The compiled tools of the gauges: those of `simcost.result.tools`, with the same bits, sooner."""

from __future__ import annotations

import os
import threading
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.machine.cache import PLAIN_LOOKUP
from simcost.result.tools import (
    LANES,
    NUMPY,
    Spans,
    Tools,
    Wanted,
    fingerprint_of,
    folded,
    lanes_of,
)

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
        self._loops.look(values, centre, replicates, out)
        table = out.reshape(6, LANES)
        # NaN does not show in a smallest and a largest, but in every sum
        if not all(map(isfinite, table[0, :replicates].tolist())):
            return NUMPY.look(values, centre, replicates)
        return table[:4, :replicates], out[4 * LANES].item(), out[5 * LANES].item()

    def total(self, values: Vector, grids: tuple[float, float], replicates: int) -> Vector:
        """Return sums on two grids, and of what is left."""
        if lanes_of(replicates) != LANES:
            return NUMPY.total(values, grids, replicates)
        out = np.empty(3 * LANES)
        self._loops.total(values, *grids, replicates, out)
        return out.reshape(3, LANES)[:, :replicates]

    def spans(self, values: Vector, wanted: Wanted, replicates: int) -> Spans:
        """Return counts, sums above, and what lies between."""
        if lanes_of(replicates) != LANES:
            return NUMPY.spans(values, wanted, replicates)
        pairs = len(wanted.lows)
        counts = np.empty(pairs * 4 * LANES, dtype=np.int64)
        sums = np.empty(pairs * 2 * LANES)
        ends = np.empty(pairs + 1, dtype=np.int64)
        near, places = _room(len(values) * pairs)
        self._loops.spans(
            values, wanted.lows, wanted.highs, wanted.tails, replicates, counts, sums,
            near, places, ends,
        )  # fmt: skip
        marks = ends.tolist()
        found = marks[-1]
        return Spans(
            counts.reshape(pairs, 4, LANES)[:, :, :replicates],
            sums.reshape(pairs, 2, LANES)[:, :, :replicates],
            near[:found].copy(),
            places[:found].copy(),
            marks,
        )

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Count what is at most a level."""
        if lanes_of(replicates) != LANES:
            return NUMPY.at_most(values, level, replicates)
        out = np.empty(LANES, dtype=np.int64)
        self._loops.at_most(values, level, out)
        return folded(out, replicates)

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return sums of products."""
        if lanes_of(replicates) != LANES:
            return NUMPY.products(first, second, centres, replicates)
        out = np.empty(LANES)
        self._loops.products(first, second, *centres, out)
        return folded(out + 0.0, replicates)

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order."""
        out = np.empty(2, dtype=np.uint64)
        self._loops.fingerprint(values, out)
        return fingerprint_of(int(out[0]), int(out[1]))


def _room(size: int) -> tuple[Vector, Counts]:
    """Return arrays of this thread's own, to be copied from before they are asked for again."""
    kept = getattr(_own, "room", None)
    if kept is None or len(kept[0]) < size:
        kept = _own.room = np.empty(size), np.empty(size, dtype=np.int64)
    return kept
