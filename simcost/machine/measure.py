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
    Asked,
    Glance,
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
        return _spans(counts, sums, near, places, ends.tolist(), replicates)

    def glance(
        self, values: Vector, centre: float, wanted: Wanted, replicates: int, asked: Asked
    ) -> Glance | None:
        """Return powers, sums, spans and the fingerprint, from one call of compiled code."""
        if lanes_of(replicates) != LANES:
            return None
        loops, pairs = self._loops, len(wanted.lows)
        numbers = np.empty(loops.SUMS + pairs * 2 * LANES)
        counts = np.empty(pairs * 4 * LANES, dtype=np.int64)
        ends = np.empty(pairs + 1, dtype=np.int64)
        words = np.empty(2, dtype=np.uint64)
        near, places = _room(len(values) * pairs)
        done = loops.glance(
            values, centre, replicates, wanted.lows, wanted.highs, wanted.tails, asked.total,
            asked.fingerprint, numbers, counts, ends, near, places, words,
        )  # fmt: skip
        if not done:
            return None
        sums = numbers[: loops.SUMS].reshape(-1, LANES)
        return Glance(
            (sums[:4, :replicates], sums[4, 0].item(), sums[5, 0].item()),
            # A copy, since this is what is kept of every leaf.
            sums[6:, :replicates].copy() if asked.total else None,
            _spans(counts, numbers[loops.SUMS :], near, places, ends.tolist(), replicates),
            fingerprint_of(*words.tolist()) if asked.fingerprint else None,
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


def _spans(
    counts: Counts, sums: Vector, near: Vector, places: Counts, ends: list[int], replicates: int
) -> Spans:
    """Return what compiled code found, without what will be written over."""
    return Spans(
        counts.reshape(-1, 4, LANES)[:, :, :replicates],
        sums.reshape(-1, 2, LANES)[:, :, :replicates],
        near[: ends[-1]].copy(),
        places[: ends[-1]].copy(),
        ends,
    )


def _room(size: int) -> tuple[Vector, Counts]:
    """Return arrays of this thread's own, to be copied from before they are asked for again."""
    kept = getattr(_own, "room", None)
    if kept is None or len(kept[0]) < size:
        kept = _own.room = np.empty(size), np.empty(size, dtype=np.int64)
    return kept
