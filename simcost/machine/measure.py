"""The compiled tools of the gauges: those of `simcost.result.tools`, with the same bits, sooner."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Sequence
from typing import Any, NamedTuple

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

_TINY = 2.0**-1000  # the number of bins over a width above it is finite
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
        if not all(map(math.isfinite, table[0, :replicates].tolist())):
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
        loops, room = self._loops, _room_of(len(values), len(wanted.lows), self._loops.SUMS)
        loops.spans(
            values, wanted.lows, wanted.highs, wanted.tails, replicates, room.counts,
            room.numbers[loops.SUMS :], room.near, room.places, room.ends,
        )  # fmt: skip
        return room.spans(room.numbers[loops.SUMS :].reshape(-1, LANES), replicates)

    def glance(
        self, values: Vector, centre: float, wanted: Wanted, replicates: int, asked: Asked
    ) -> Glance | None:
        """Return powers, sums, spans and the fingerprint, from one call of compiled code."""
        if lanes_of(replicates) != LANES:
            return None
        loops, room = self._loops, _room_of(len(values), len(wanted.lows), self._loops.SUMS)
        done = loops.glance(
            values, centre, replicates, wanted.lows, wanted.highs, wanted.tails, asked.total,
            asked.fingerprint, room.numbers, room.counts, room.ends, room.near, room.places,
            room.words,
        )  # fmt: skip
        if not done:
            return None
        table = room.numbers.reshape(-1, LANES)[:, :replicates].copy()
        return Glance(
            (table[:4], table.item(4, 0), table.item(5, 0)),
            table[6:9] if asked.total else None,
            room.spans(table[9:], replicates),
            fingerprint_of(*room.words.tolist()) if asked.fingerprint else None,
        )

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Count what is at most a level."""
        if lanes_of(replicates) != LANES:
            return NUMPY.at_most(values, level, replicates)
        out = np.empty(LANES, dtype=np.int64)
        self._loops.at_most(values, level, out)
        return folded(out, replicates)

    def pick(self, values: Vector, places: Sequence[int]) -> list[float]:
        """Return what stands at a few places."""
        if not places:
            return []
        low, bins = float(values.min()), self._loops.BINS
        width = float(values.max()) - low
        if _TINY < width < math.inf:
            found = np.empty(len(places))
            if self._loops.pick(values, low, bins / width, np.array(places), found):
                return found.tolist()
        return NUMPY.pick(values, places)

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


class _Room(NamedTuple):
    """What a look at several pairs writes to; read before the thread looks again."""

    numbers: Vector
    counts: Counts
    ends: Counts
    near: Vector
    places: Counts
    words: npt.NDArray[np.uint64]

    def spans(self, sums: Vector, replicates: int) -> Spans:
        """Return copies, since this is what is kept of every leaf."""
        ends = self.ends.tolist()
        return Spans(
            self.counts.reshape(-1, LANES)[:, :replicates].copy().reshape(-1, 4, replicates),
            sums[:, :replicates].copy().reshape(-1, 2, replicates),
            self.near[: ends[-1]].copy(),
            self.places[: ends[-1]].copy(),
            ends,
        )


def _room_of(size: int, pairs: int, sums: int) -> _Room:
    """Return arrays of this thread's own: new ones would have to be cleared by the system."""
    kept: _Room | None = getattr(_own, "room", None)
    if kept is None or len(kept.near) < size * pairs or len(kept.ends) != pairs + 1:
        kept = _own.room = _Room(
            np.empty(sums + pairs * 2 * LANES),
            np.empty(pairs * 4 * LANES, dtype=np.int64),
            np.empty(pairs + 1, dtype=np.int64),
            np.empty(size * pairs),
            np.empty(size * pairs, dtype=np.int64),
            np.empty(2, dtype=np.uint64),
        )
    return kept
