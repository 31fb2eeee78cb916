"""What gauges need to know of a leaf's outcomes, in NumPy.

Sums run down the columns of a table: outcome i belongs to lane ``i % lanes``, and each lane adds
its outcomes one after the other, 64 at a time, and then these sums: rounding grows with the
length of a chain. That order is part of the result. The compiled machine has tools
of its own that keep it (`simcost.machine.measure`); the tests compare the two to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Table = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

LANES = 16
ROWS = 64  # additions in one chain
GOLDEN, MIX_1, MIX_2 = map(
    np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)
)  # SplitMix64


def lanes_of(replicates: int) -> int:
    """Return the number of lanes in which so many replicates are summed."""
    return replicates if LANES % replicates else LANES


def folded(lanes: npt.NDArray[Any], replicates: int) -> npt.NDArray[Any]:
    """Return the sums of the replicates from those of the lanes, ``[..., lanes]``.

    Lane k belongs to replicate ``k % replicates``; halves are added until as many are left.
    """
    while lanes.shape[-1] > replicates:
        half = lanes.shape[-1] // 2
        lanes = lanes[..., :half] + lanes[..., half:]
    return lanes


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Pairs of values that a leaf's outcomes are compared with.

    Parameters
    ----------
    lows, highs : float64[k]
        Each low at most its high; infinite where there is no end.
    tails : int64[k]
        1 where the distances above the high are summed.
    """

    lows: Vector
    highs: Vector
    tails: Counts


@dataclass(frozen=True, slots=True, eq=False)
class Spans:
    """How a leaf's outcomes lie to the pairs.

    Parameters
    ----------
    counts : int64[k, 4, R]
        Numbers of outcomes below the low, at most the low, below the high, at most the high.
    sums : float64[k, 2, R]
        Sums of the distances above the high and of their squares, where they are wanted.
    near : float64[m]
        Outcomes strictly between, pair by pair, in their order.
    places : int64[m]
        Where each of these stands among the outcomes; a glance leaves it out where there is one
        replicate.
    ends : list of k + 1 int
        Those of pair j are ``near[ends[j] : ends[j + 1]]``.
    """

    counts: Counts
    sums: Table
    near: Vector
    places: Counts
    ends: list[int]


@dataclass(frozen=True, slots=True, eq=False)
class Lookout:
    """What a glance at several outputs looks out for.

    Parameters
    ----------
    centres : float64[m]
        What distances are measured from, by output.
    wanted : Wanted
        The pairs of all outputs.
    firsts : int64[m + 1]
        Those of output j are ``firsts[j] … firsts[j + 1] - 1``.
    """

    centres: Vector
    wanted: Wanted
    firsts: Counts


class Asked(NamedTuple):
    """What a glance is to find besides the powers and the spans."""

    total: bool
    fingerprint: bool


@dataclass(frozen=True, slots=True)
class Glance:
    """What one look at the outcomes of an output found.

    Parameters
    ----------
    look : float64[4, R], float, float
        As `Tools.look`.
    total : float64[3, R] or None
        As `Tools.total`, on the grids of `simcost.result.exact`.
    spans : Spans
    fingerprint : bytes or None
    """

    look: tuple[Table, float, float]
    total: Table | None
    spans: Spans
    fingerprint: bytes | None


class Tools(Protocol):
    """Measurements of up to 65,536 outcomes, by replicate: outcome i belongs to ``i % R``."""

    def look(self, values: Vector, centre: float, replicates: int) -> tuple[Table, float, float]:
        """Return the sums of d, d², d³ and d⁴ with d the distance from `centre`, and the range.

        Returns
        -------
        float64[4, R], float, float
            The range is NaN, or infinite, if an outcome is.
        """

    def total(self, values: Vector, grids: tuple[float, float], replicates: int) -> Table:
        """Return sums whose sum is that of the outcomes; see `simcost.result.exact`.

        Parameters
        ----------
        values : float64[n]
        grids : tuple of float
            Numbers whose addition and subtraction rounds to a coarse and to a fine grid.
        replicates : int
            Number R.

        Returns
        -------
        float64[3, R]
            Of the outcomes on the coarse grid, of what is left of them on the fine one, and of
            the rest; the first two are exact.
        """

    def spans(self, values: Vector, wanted: Wanted, replicates: int) -> Spans:
        """Return how outcomes lie to several pairs of values."""

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Return how many outcomes are at most a level, int64[R]."""

    def pick(self, values: Vector, places: Sequence[int]) -> list[float]:
        """Return what stands at a few places, from 0, among any number of values in order."""

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return the sums of the products of two outputs' distances, float64[R]."""

    def glance(
        self, values: Mapping[str, Vector], lookout: Lookout, replicates: int, asked: Asked
    ) -> Sequence[Glance | None]:
        """Return all of these of several outputs at once.

        None for an output of unusual numbers, or where nothing is gained.
        """

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order; -0.0 is not 0.0, a NaN is itself.

        Each outcome's bits and place go through SplitMix64 (Steele, Lea & Flood 2014, Fast
        splittable pseudorandom number generators), and the results are added, and combined by
        exclusive or. That notices every accident; it is no protection from intent.
        """


class NumPyTools:
    """The tools in NumPy."""

    def glance(
        self, values: Mapping[str, Vector], lookout: Lookout, replicates: int, asked: Asked
    ) -> Sequence[Glance | None]:
        """Return nothing: NumPy does one thing at a time."""
        return [None] * len(values)

    def look(self, values: Vector, centre: float, replicates: int) -> tuple[Table, float, float]:
        """Return sums of powers and the range."""
        low, high = float(values.min()) + 0.0, float(values.max()) + 0.0
        with np.errstate(over="ignore", invalid="ignore"):
            d = values - centre
            square = d * d
            terms = (d, square, d * square, square * square)
            return np.stack([_sum(term, replicates) for term in terms]), low, high

    def total(self, values: Vector, grids: tuple[float, float], replicates: int) -> Table:
        """Return sums on two grids, and of what is left."""
        sums = []
        for grid in grids:
            part = (values + grid) - grid
            sums.append(_sum(part, replicates))
            values = values - part
        return np.stack([*sums, _sum(values, replicates)])

    def spans(self, values: Vector, wanted: Wanted, replicates: int) -> Spans:
        """Return counts, sums above, and what lies between."""
        counts, sums, near = [], [], []
        for low, high, tails in zip(wanted.lows, wanted.highs, wanted.tails, strict=True):
            upto_low, below_high = values <= low, values < high
            masks = (values < low, upto_low, below_high, values <= high)
            counts.append([_count(mask, replicates) for mask in masks])
            near.append(np.flatnonzero(below_high & ~upto_low))
            sums.append(np.zeros((2, replicates)))
            if tails:
                above = np.maximum(values - high, 0.0)
                sums[-1][:] = _sum(above, replicates), _sum(above * above, replicates)
        places = np.concatenate([*near, np.empty(0, dtype=np.int64)])
        return Spans(
            np.array(counts, dtype=np.int64).reshape(-1, 4, replicates),
            np.array(sums).reshape(-1, 2, replicates),
            values[places],
            places,
            [0, *accumulate(map(len, near))],
        )

    def at_most(self, values: Vector, level: float, replicates: int) -> Counts:
        """Count what is at most a level."""
        return _count(values <= level, replicates)

    def pick(self, values: Vector, places: Sequence[int]) -> list[float]:
        """Return what stands at a few places."""
        return np.partition(values, places)[places].tolist() if places else []

    def products(
        self, first: Vector, second: Vector, centres: tuple[float, float], replicates: int
    ) -> Vector:
        """Return sums of products."""
        return _sum((first - centres[0]) * (second - centres[1]), replicates)

    def fingerprint(self, values: Vector) -> bytes:
        """Return 16 bytes that tell outcomes in their order."""
        z = np.arange(1, len(values) + 1, dtype=np.uint64) * GOLDEN
        z += values.view(np.uint64)
        for shift, factor in ((30, MIX_1), (27, MIX_2)):
            z ^= z >> np.uint64(shift)
            z *= factor
        z ^= z >> np.uint64(31)
        return fingerprint_of(int(np.add.reduce(z)), int(np.bitwise_xor.reduce(z)))


def fingerprint_of(total: int, parity: int) -> bytes:
    """Return two words of 64 bits as bytes."""
    return total.to_bytes(8, "little") + parity.to_bytes(8, "little")


def _sum(values: Vector, replicates: int) -> Vector:
    """Sum by replicate, float64[R]; which of two zeros comes out does not show."""
    lanes = lanes_of(replicates)
    block = ROWS * lanes
    whole = len(values) // block * block
    total = np.zeros(lanes)
    if whole:
        blocks = np.add.reduce(values[:whole].reshape(-1, ROWS, lanes), axis=1)
        total += np.add.reduce(blocks, axis=0)
    rest = values[whole:]
    if len(rest):
        rows = len(rest) // lanes
        last = np.add.reduce(rest[: rows * lanes].reshape(rows, lanes), axis=0)
        last[: len(rest) - rows * lanes] += rest[rows * lanes :]
        total += last
    return folded(total + 0.0, replicates)


def _count(mask: Mask, replicates: int) -> Counts:
    """Count by replicate, int64[R]."""
    counts = [np.count_nonzero(mask[first::replicates]) for first in range(replicates)]
    return np.array(counts, dtype=np.int64)


NUMPY = NumPyTools()
