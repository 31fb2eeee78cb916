"""One leaf of one output, with what several gauges share."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.tools import NUMPY, Spans, Tools, Wanted

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
Pair = tuple[float, float]
Span = tuple[Places, Vector]

_PILOT = 1 << 14  # sorting a whole leaf would take longer than measuring it
_PLAIN = 200  # up to 2^200 and down to 2^-200 fourth powers are safe as they are


class Leaf:
    """Consecutive outcomes, the first of which belongs to replicate 0.

    Parameters
    ----------
    values : float64[n]
        Outcomes, n ≤ 65536.
    replicates : int
        Number R of replicates; outcome k belongs to replicate ``k % R``.
    centre : float or None
        What distances are measured from, the same for all leaves of an output; None for the
        first leaf, which finds it: the median of its pilot, an outcome.
    tools : Tools
        What measures.
    pairs : mapping of (float, float) to bool
        Pairs of values that will be asked about, and whether sums above the second will be.
    """

    def __init__(
        self,
        values: Vector,
        replicates: int,
        centre: float | None = None,
        tools: Tools = NUMPY,
        pairs: Mapping[Pair, bool] | None = None,
    ) -> None:
        self.values, self.replicates, self.tools = values, replicates, tools
        self._pairs = dict(pairs or {})
        self._spans: tuple[dict[Pair, int], Spans] | None = None
        self.centre = float(self.pilot[len(self.pilot) // 2]) if centre is None else centre

    @cached_property
    def _look(self) -> tuple[Vector, float, float]:
        return self.tools.look(self.values, self.centre, self.replicates)

    @property
    def low(self) -> float:
        """Smallest outcome; not finite if an outcome is not."""
        return self._look[1]

    @property
    def high(self) -> float:
        """Largest outcome; not finite if an outcome is not."""
        return self._look[2]

    @cached_property
    def pilot(self) -> Vector:
        """The first outcomes, 16384 at most, ascending."""
        return np.sort(self.values[:_PILOT])

    @cached_property
    def scale(self) -> float:
        """Power of two that keeps fourth powers of distances finite and normal; mostly 1."""
        return safe_scale(max(abs(self.low), abs(self.high), abs(self.centre)))

    @cached_property
    def scaled(self) -> Vector:
        """Outcomes times the scale."""
        return self.values if self.scale == 1.0 else self.values * self.scale

    @property
    def scaled_centre(self) -> float:
        """Centre times the scale."""
        return self.centre * self.scale

    def span(self, low: float, high: float, *, tails: bool) -> tuple[Span, Vector, Places]:
        """Return how the outcomes lie to two values.

        All pairs that were announced are looked at together, the first time one is asked for.

        Returns
        -------
        (int64[4, R], float64[2, R]), float64[m], int64[m]
            Counts and sums, of scaled distances; the outcomes between and their places.
        """
        pair = low, high
        known = self._pairs.get(pair)
        if self._spans is None or known is None or tails > known:
            self._pairs[pair] = tails or bool(known)
            found = self.tools.spans(self.scaled, wanted(self._pairs, self.scale), self.replicates)
            self._spans = {one: k for k, one in enumerate(self._pairs)}, found
        numbers, found = self._spans
        k = numbers[pair]
        start, end = found.ends[k : k + 2].tolist()
        places = found.places[start:end]
        near = found.near[start:end] if self.scale == 1.0 else self.values[places]
        return (found.counts[k], found.sums[k]), near, places

    @property
    def sums(self) -> Vector:
        """Sums of the first four powers of the scaled distances from the centre, float64[4, R]."""
        if self.scale == 1.0:
            return self._look[0]
        return self.tools.look(self.scaled, self.scaled_centre, self.replicates)[0]


def wanted(pairs: Mapping[Pair, bool], scale: float = 1.0) -> Wanted:
    """Return pairs of values as arrays, times a scale."""
    ends = np.array([*pairs], dtype=np.float64).reshape(-1, 2).T * scale
    return Wanted(ends[0].copy(), ends[1].copy(), np.array([*pairs.values()], dtype=np.int64))


def safe_scale(largest: float) -> float:
    """Return a power of two by which numbers up to `largest` have safe fourth powers."""
    exponent = math.frexp(largest)[1]
    if not largest or abs(exponent) <= _PLAIN:
        return 1.0
    return math.ldexp(1.0, -max(exponent, -1000))
