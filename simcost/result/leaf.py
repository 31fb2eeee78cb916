"""One leaf of one output, arranged by replicate, with what several gauges share."""

from __future__ import annotations

import math
import threading
from functools import cached_property

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]

_own = threading.local()
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
    """

    def __init__(self, values: Vector, replicates: int) -> None:
        self.values, self.replicates = values, replicates

    @cached_property
    def blocks(self) -> tuple[Vector, ...]:
        """Outcomes with one replicate a row: float64[R, m] and, of an odd end, float64[r, 1]."""
        values, r = self.values, self.replicates
        if r == 1:
            return (values[None, :],)
        whole = len(values) // r * r
        full = np.ascontiguousarray(values[:whole].reshape(-1, r).T)
        rest = values[whole:, None]
        return tuple(block for block in (full, rest) if block.size)

    @cached_property
    def low(self) -> float:
        """Smallest outcome; NaN if there is one."""
        return float(self.values.min())

    @cached_property
    def high(self) -> float:
        """Largest outcome; NaN if there is one."""
        return float(self.values.max())

    @cached_property
    def pilot(self) -> Vector:
        """The first outcomes, 16384 at most, ascending."""
        return np.sort(self.values[:_PILOT])

    @cached_property
    def scale(self) -> float:
        """Power of two that keeps fourth powers of the outcomes finite and normal; mostly 1."""
        return safe_scale(max(abs(self.low), abs(self.high)))

    @cached_property
    def scaled(self) -> tuple[Vector, ...]:
        """Blocks times the scale."""
        if self.scale == 1.0:
            return self.blocks
        return tuple(block * self.scale for block in self.blocks)

    @cached_property
    def centred(self) -> tuple[tuple[Vector, Vector], ...]:
        """For each block its rows' centres, float64[r], and the scaled outcomes less these."""
        pairs = []
        for block in self.scaled:
            centre = np.add.reduce(block, axis=1) / block.shape[1]
            # rounding must not move the centre of equal outcomes away from them
            centre = np.clip(centre, self.low * self.scale, self.high * self.scale)
            pairs.append((centre, block - centre[:, None]))
        return tuple(pairs)


def scratch(like: Vector, number: int) -> Vector:
    """Return an array of that shape that this thread may use until it asks again.

    New arrays of half a megabyte cost more than what is done to them: the system clears each page.
    """
    kept: dict[int, Vector] = _own.__dict__.setdefault("arrays", {})
    if number not in kept or kept[number].size < like.size:
        kept[number] = np.empty(like.size)
    return kept[number][: like.size].reshape(like.shape)


def safe_scale(largest: float) -> float:
    """Return a power of two by which numbers up to `largest` have safe fourth powers."""
    exponent = math.frexp(largest)[1]
    if not largest or abs(exponent) <= _PLAIN:
        return 1.0
    return math.ldexp(1.0, -max(exponent, -1000))


def row_counts(mask: npt.NDArray[np.bool_], replicates: int) -> Counts:
    """Count the true values of each row of a block, int64[replicates]."""
    counts = np.zeros(replicates, dtype=np.int64)
    for row, met in enumerate(mask):  # an axis would take NumPy's slow way of counting
        counts[row] = np.count_nonzero(met)
    return counts
