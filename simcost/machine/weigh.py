"""The compiled weigher: that of `simcost.result.weigher`, with the same bits, sooner."""

from __future__ import annotations

from math import inf, nextafter
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.machine.measure import loaded, tools_of
from simcost.result.pairwise import LONGEST, blocks_of
from simcost.result.weigher import NUMPY, Brackets, Near, Seen, Term, Weigher

Vector = npt.NDArray[np.float64]

LANES = 16
FEW = 16  # one in so many outcomes is usually not even in a bracket
SPARE = LONGEST * LANES


def weigher_of(engine: str) -> Weigher:
    """Return the weigher that goes with an engine; that in NumPy where there is no other."""
    loops = loaded(engine, "weigh_loops")
    return NUMPY if loops is None else CompiledWeigher(*loops)


class CompiledWeigher:
    """The weigher as compiled loops; other than sixteen replicates are left to NumPy.

    Parameters
    ----------
    loops : module
        `simcost.machine.weigh_loops`.
    """

    def __init__(self, loops: Any) -> None:
        self._loops, self._tools = loops, tools_of("machine")

    def see(
        self,
        values: Vector,
        weights: Vector | None,
        replicates: int,
        term: Term,
        level: float = 0.0,
        brackets: Brackets = (),
    ) -> Seen:
        """Pass over a row once."""
        if replicates != LANES:
            return NUMPY.see(values, weights, replicates, term, level, brackets)
        size, count = len(values), len(brackets)
        lows = np.array([nextafter(low, inf) for low, _ in brackets])  # what is above the lower
        highs = np.array([high for _, high in brackets], dtype=np.float64)
        arguments = (
            _plain(values), _EMPTY if weights is None else _plain(weights),
            int(term), float(level), *blocks_of(size // LANES),
        )  # fmt: skip
        # Memory that is not needed costs time: the system clears two million bytes at once.
        for room in (size // FEW + SPARE, size):
            sums, found = np.zeros(LANES), np.zeros(count, dtype=np.int64)
            below = np.zeros((count, LANES), dtype=np.int64)
            inside, places = np.empty((count, room)), np.empty((count, room), dtype=np.int64)
            if self._loops.see(*arguments, sums, lows, highs, below, found, inside, places):
                break
        nears = [
            Near(below[k], inside[k, :size].copy(), places[k, :size].copy())
            for k, size in enumerate(found.tolist())
        ]
        return Seen(sums, nears)

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order."""
        return self._tools.fingerprint(values)


def _plain(values: Vector) -> Vector:
    """Return the numbers side by side and read-only, so that loops are compiled for one kind."""
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view


_EMPTY = _plain(np.empty(0))
