"""One leaf of one output, with what several gauges share."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from simcost.result.tools import NUMPY, Glance, Lookout, Spans, Tools, Wanted

Vector = npt.NDArray[np.float64]
Pair = tuple[float, float]

_PILOT = 1 << 14  # sorting a whole leaf would take longer than measuring it
_PLAIN = 200  # up to 2^200 and down to 2^-200 fourth powers are safe as they are


class Pairs:
    """Pairs of values that leaves are compared with, numbered in their order.

    Parameters
    ----------
    tails : mapping of (float, float) to bool
        Whether sums above the second value are wanted, by pair; each low at most its high.
    """

    def __init__(self, tails: Mapping[Pair, bool] = MappingProxyType({})) -> None:
        self.tails = dict(tails)
        self.numbers = {pair: number for number, pair in enumerate(tails)}
        self._arrays: dict[float, Wanted] = {}

    def wanted(self, scale: float) -> Wanted:
        """Return the pairs as arrays, times a scale."""
        if scale not in self._arrays:
            lows, highs = np.array([*self.tails], dtype=np.float64).reshape(-1, 2).T * scale
            tails = np.array([*self.tails.values()], dtype=np.int64)
            self._arrays[scale] = Wanted(lows.copy(), highs.copy(), tails)
        return self._arrays[scale]


NO_PAIRS = Pairs()


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
    pairs : Pairs
        Pairs of values that will be asked about.
    """

    def __init__(
        self,
        values: Vector,
        replicates: int,
        centre: float | None = None,
        tools: Tools = NUMPY,
        pairs: Pairs = NO_PAIRS,
    ) -> None:
        self.values, self.replicates, self.tools = values, replicates, tools
        self._pairs = pairs
        self._spans: Spans | None = None
        self.found: Glance | None = None  # see `saw`
        self.centre = float(self.pilot[len(self.pilot) // 2]) if centre is None else centre

    def saw(self, found: Glance) -> None:
        """Take what a glance with these centre and pairs found, which leaves unusual sizes out."""
        self.found, self._look, self._spans = found, found.look, found.spans
        self.scale = 1.0

    @cached_property
    def _look(self) -> tuple[Vector, float, float]:
        return self.tools.look(self.values, self.centre, self.replicates)

    @property
    def fingerprint(self) -> bytes:
        """The outcomes' hash; see `Tools.fingerprint`."""
        known = self.found and self.found.fingerprint
        return known or self.tools.fingerprint(self.values)

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

    def spans(self, pairs: Pairs) -> Spans:
        """Return how the outcomes lie to pairs of values; the sums are of scaled distances.

        Those that were announced have been looked at already, where there was a glance.
        """
        if pairs is not self._pairs or self._spans is None:
            found = self.tools.spans(self.scaled, pairs.wanted(self.scale), self.replicates)
            if self.scale != 1.0:
                found = replace(found, near=self.values[found.places])
            self._pairs, self._spans = pairs, found
        return self._spans

    @property
    def sums(self) -> Vector:
        """Sums of the first four powers of the scaled distances from the centre, float64[4, R]."""
        if self.scale == 1.0:
            return self._look[0]
        return self.tools.look(self.scaled, self.scaled_centre, self.replicates)[0]


def lookout_of(centres: Sequence[float], pairs: Sequence[Pairs]) -> Lookout:
    """Return what to look out for in the next leaves of several outputs."""
    each = [one.wanted(1.0) for one in pairs]
    parts = ((one.lows, one.highs, one.tails) for one in each)
    firsts = [0, *accumulate(len(one.lows) for one in each)]
    wanted = Wanted(*map(np.concatenate, zip(*parts, strict=True)))
    return Lookout(np.array(centres), wanted, np.array(firsts))


def safe_scale(largest: float) -> float:
    """Return a power of two by which numbers up to `largest` have safe fourth powers."""
    exponent = math.frexp(largest)[1]
    if not largest or abs(exponent) <= _PLAIN:
        return 1.0
    return math.ldexp(1.0, -max(exponent, -1000))
