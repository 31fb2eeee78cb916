"""Ranks found for certain, digit by digit: where no bracket can be guessed from what came first.

Doubles are put in order by their bits read as whole numbers. A pass counts the outcomes by the
first 16 bits, which tells those of the outcome of a wanted rank; the next pass by the next 16.
Memory does not depend on the outcomes, and four passes find anything.
"""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from simcost.result.gauge import Gauge, Leaves

Counts = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]

_DIGIT = 16
_KEPT = 1 << 18  # as few outcomes as this are collected rather than counted again
_SIGN = np.uint64(1 << 63)


def keys_of(values: npt.NDArray[np.float64]) -> Keys:
    """Return whole numbers in the order of the values; both zeros are one."""
    bits = (values + 0.0).view(np.uint64)
    return np.where(bits & _SIGN, ~bits, bits | _SIGN)


def value_of(key: int) -> float:
    """Return the number with that key."""
    sign = 1 << 63
    bits = key ^ sign if key & sign else key ^ ((1 << 64) - 1)
    return float(np.array([bits], dtype=np.uint64).view(np.float64)[0])


class RadixGauge(Gauge):
    """Gauge that narrows down the outcome of one rank by 16 bits a pass.

    Parameters
    ----------
    name : str
        Output.
    rank : int
        From 1.
    """

    def __init__(self, name: str, rank: int) -> None:
        self.names, self.rank = (name,), rank
        self.prefix, self.shift = 0, 64  # the key's known bits, and how many are not known
        self.below, self.inside = 0, -1  # outcomes with smaller known bits, and with the same
        self._counts: Counts = np.zeros(1 << _DIGIT, dtype=np.int64)

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("radix", *self.names, self.rank)

    def take(self, leaves: Leaves) -> Counts:
        """Count by the next 16 bits."""
        keys = keys_of(leaves[self.names[0]].values)
        if self.shift < 64:
            keys = keys[keys >> np.uint64(self.shift) == np.uint64(self.prefix)]
        digits = (keys >> np.uint64(self.shift - _DIGIT)) & np.uint64((1 << _DIGIT) - 1)
        return np.bincount(digits.astype(np.int64), minlength=1 << _DIGIT)

    def add(self, part: Counts) -> None:
        """Add the counts of the next leaf."""
        self._counts += part

    def settle(self, seen: int) -> None:
        """Choose the 16 bits of the wanted rank."""
        upto = self.below + np.cumsum(self._counts)
        digit = int(upto.searchsorted(self.rank))
        self.inside = int(self._counts[digit])
        self.below = int(upto[digit]) - self.inside
        self.prefix, self.shift = (self.prefix << _DIGIT) | digit, self.shift - _DIGIT
        self._counts = np.zeros(1 << _DIGIT, dtype=np.int64)

    @property
    def done(self) -> bool:
        """Whether few enough outcomes remain, or all their bits are known."""
        return self.shift == 0 or 0 <= self.inside <= _KEPT

    @property
    def bounds(self) -> tuple[float, float]:
        """Smallest and largest number with the known bits."""
        first = self.prefix << self.shift
        return value_of(first), value_of(first + (1 << self.shift) - 1)
