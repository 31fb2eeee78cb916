"""The compiled tools of the gauges: those of `simcost.result.tools`, with the same bits, sooner."""

from __future__ import annotations

import math
import os
import threading
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from simcost.machine.cache import PLAIN_LOOKUP
from simcost.result.source import Rows
from simcost.result.tools import (
    LANES,
    NUMPY,
    Asked,
    Glance,
    Lookout,
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
_ROWS = 9  # of sums before those of the pairs: four powers, the range, the exact sum
_own = threading.local()


def loaded(engine: str, *names: str) -> list[Any] | None:
    """Return modules of compiled loops; None where the engine has none or they cannot be had."""
    if engine != "machine" or os.environ.get(PLAIN_LOOKUP):
        return None
    try:
        return [import_module(f"simcost.machine.{name}") for name in names]
    except Exception:  # a compiler that knows no such instructions says so in its own ways
        return None


def tools_of(engine: str) -> Tools:
    """Return the tools that go with an engine; those in NumPy where there are no others."""
    loops = loaded(engine, "measure_loops", "pick_loops")
    return NUMPY if loops is None else CompiledTools(*loops)


class CompiledTools:
    """The tools as compiled loops; other than sixteen lanes are left to NumPy.

    Parameters
    ----------
    loops, pick : module
        `simcost.machine.measure_loops` and `simcost.machine.pick_loops`.
    """

    def __init__(self, loops: Any, pick: Any) -> None:
        self._loops, self._pick = loops, pick

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
        pairs, loops = len(wanted.lows), self._loops
        room = _room_of(len(values), 1, pairs, loops.SUMS)
        sums = room.numbers[loops.SUMS :]
        loops.spans(
            values, wanted.lows, wanted.highs, wanted.tails, replicates, room.counts, sums,
            room.near, room.places, room.ends,
        )  # fmt: skip
        ends = room.ends.tolist()
        return Spans(
            room.counts.reshape(-1, 4, LANES)[:, :, :replicates].copy(),
            sums.reshape(-1, 2, LANES)[:, :, :replicates].copy(),
            room.near[: ends[-1]].copy(),
            room.places[: ends[-1]].copy(),
            ends,
        )

    def glance(
        self, values: Mapping[str, Vector], lookout: Lookout, replicates: int, asked: Asked
    ) -> Sequence[Glance | None]:
        """Return powers, sums, spans and fingerprints, from one call of compiled code."""
        if lanes_of(replicates) != LANES:
            return [None] * len(values)
        arrays = values
        if not isinstance(values, Rows):
            arrays = {name: np.ascontiguousarray(one) for name, one in values.items()}
        first, *_ = arrays.values()
        wanted, loops = lookout.wanted, self._loops
        room = _room_of(len(first), len(arrays), len(wanted.lows), loops.SUMS)
        used = loops.glances(
            _addresses(arrays), len(first), lookout.centres, replicates, lookout.firsts,
            wanted.lows, wanted.highs, wanted.tails, asked.total, asked.fingerprint, room.numbers,
            room.counts, room.ends, room.near, room.places, room.words, room.done,
        )  # fmt: skip
        return _found(room.kept(used, replicates), lookout.firsts.tolist(), asked)

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
        loops, low = self._pick, float(values.min())
        width = float(values.max()) - low
        if _TINY < width < math.inf:
            found, near = np.empty(len(places)), np.empty(len(values) + 1)
            bins = np.zeros(loops.BINS + 1, dtype=np.int64)
            scale, wanted = loops.BINS / width, np.array(places)
            if loops.pick(values, low, scale, wanted, bins, near, found):
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


def _addresses(values: Mapping[str, Vector]) -> Counts:
    if isinstance(values, Rows):
        return values.addresses
    return np.array([one.ctypes.data for one in values.values()])


class _Kept(NamedTuple):
    """What is kept of a leaf of several outputs."""

    table: Vector
    counts: Counts
    ends: list[int]
    near: Vector
    places: Counts
    words: list[int]
    done: list[bool]


def _found(kept: _Kept, firsts: Sequence[int], asked: Asked) -> Sequence[Glance | None]:
    """Return what was found of each output."""
    table, counts, ends, near, places, words, done = kept
    found: list[Glance | None] = []
    at, replicates = 0, table.shape[1]
    for j, (first, last) in enumerate(pairwise(firsts)):
        row, sums = j * _ROWS + first * 2, (j + 1) * _ROWS + first * 2
        own = ends[first + j : last + j + 1]
        begin, at = at, at + own[-1]
        if not done[j]:
            found.append(None)
            continue
        spans = Spans(
            counts[first:last],
            table[sums : sums + 2 * (last - first)].reshape(-1, 2, replicates),
            near[begin:at],
            places[begin:at],
            own,
        )
        look = table[row : row + 4], table.item(row + 4, 0), table.item(row + 5, 0)
        total = table[row + 6 : sums] if asked.total else None
        mark = fingerprint_of(*words[2 * j : 2 * j + 2]) if asked.fingerprint else None
        found.append(Glance(look, total, spans, mark))
    return found


class _Room(NamedTuple):
    """What a look at pairs of values writes to; read before the thread looks again."""

    numbers: Vector
    counts: Counts
    ends: Counts
    near: Vector
    places: Counts
    words: npt.NDArray[np.uint64]
    done: npt.NDArray[np.bool_]

    def kept(self, used: int, replicates: int) -> _Kept:
        """Return copies, in as few arrays as there can be."""
        return _Kept(
            self.numbers.reshape(-1, LANES)[:, :replicates].copy(),
            self.counts.reshape(-1, 4, LANES)[:, :, :replicates].copy(),
            self.ends.tolist(),
            self.near[:used].copy(),
            self.places[: used if replicates > 1 else 0].copy(),
            self.words.tolist(),
            self.done.tolist(),
        )


def _room_of(size: int, outputs: int, pairs: int, sums: int) -> _Room:
    """Return arrays of this thread's own: new ones would have to be cleared by the system."""
    kept: _Room | None = getattr(_own, "room", None)
    if (
        kept is None
        or len(kept.near) < size * pairs
        or (len(kept.done), len(kept.ends)) != (outputs, pairs + outputs)
    ):
        kept = _own.room = _Room(
            np.empty(sums * outputs + pairs * 2 * LANES),
            np.empty(pairs * 4 * LANES, dtype=np.int64),
            np.empty(pairs + outputs, dtype=np.int64),
            np.empty(size * pairs),
            np.empty(size * pairs, dtype=np.int64),
            np.empty(2 * outputs, dtype=np.uint64),
            np.empty(outputs, dtype=np.bool_),
        )
    return kept
