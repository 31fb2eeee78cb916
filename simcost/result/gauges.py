"""What one pass over the outcomes can measure of them."""

from __future__ import annotations

import math
from collections.abc import Hashable

import numpy as np
import numpy.typing as npt

from simcost.result.exact import Means, Table, Total, can_be_summed, leaf_total
from simcost.result.gauge import Gauge, Leaves
from simcost.result.leaf import Leaf
from simcost.result.moments import Moments, moments
from simcost.result.powers import Powers, leaf_powers, merge_powers
from simcost.result.products import Products, leaf_products, merge_products
from simcost.result.sums import Groups

Counts = npt.NDArray[np.int64]


class MomentsGauge(Gauge):
    """Smallest, largest, mean, and the powers that errors need.

    Attributes
    ----------
    doubtful : bool
        Whether the mean is not certain to be rounded once, but could be known for certain.
    """

    def __init__(self, name: str) -> None:
        self.names = (name,)
        self._powers: Groups[Powers] = Groups(merge_powers)
        self._total = Total()
        self._low, self._high, self._binary = math.inf, -math.inf, True

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("moments", *self.names)

    def take(self, leaves: Leaves) -> tuple[float, float, bool, Powers, Table | None]:
        """Return range, whether all outcomes are 0 or 1, sums of powers, and the exact sum."""
        leaf = leaves[self.names[0]]
        return leaf.low, leaf.high, _binary(leaf), leaf_powers(leaf), leaf_total(leaf)

    def add(self, part: tuple[float, float, bool, Powers, Table | None]) -> None:
        """Add the contribution of the next leaf."""
        low, high, binary, cell, total = part
        self._total.add(total)
        self._low, self._high = min(self._low, low), max(self._high, high)
        self._binary = self._binary and binary
        self._powers.add(cell)

    def settle(self, seen: int) -> None:
        """Compute the moments."""
        self.powers = self._powers.total()
        largest = max(abs(self._low), abs(self._high))
        means = self._total.means(self.powers.count, largest)
        self.doubtful = means is None and can_be_summed(largest)
        self.correct(means)

    def correct(self, means: Means | None) -> None:
        """Compute the moments with means that are known."""
        self.moments: Moments = moments(self.powers, self._low, self._high, self._binary, means)


def _binary(leaf: Leaf) -> bool:
    if not {leaf.low, leaf.high} <= {0.0, 1.0}:
        return False
    return bool(np.all((leaf.values == 0.0) | (leaf.values == 1.0)))


class ThresholdGauge(Gauge):
    """How many outcomes of each replicate are at most a level."""

    def __init__(self, name: str, level: float, replicates: int) -> None:
        self.names, self.level = (name,), level
        self.at_most: Counts = np.zeros(replicates, dtype=np.int64)

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("threshold", *self.names, self.level)

    def take(self, leaves: Leaves) -> Counts:
        """Count in one leaf."""
        leaf = leaves[self.names[0]]
        return leaf.tools.at_most(leaf.values, self.level, leaf.replicates)

    def add(self, part: Counts) -> None:
        """Add the count of the next leaf."""
        self.at_most += part


class ProductsGauge(Gauge):
    """Products of two outputs over independent outcomes."""

    def __init__(self, top: str, bottom: str) -> None:
        self.names = (top, bottom)
        self._cells: Groups[Products] = Groups(merge_products)

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("products", *self.names)

    def take(self, leaves: Leaves) -> Products:
        """Return the sums of one leaf."""
        return leaf_products(*(leaves[name] for name in self.names))

    def add(self, part: Products) -> None:
        """Add the sums of the next leaf."""
        self._cells.add(part)

    def settle(self, seen: int) -> None:
        """Merge the sums."""
        self.products = self._cells.total()


class DigestGauge(Gauge):
    """Hashes of the leaves, which any outcome may have, finite or not."""

    finite = False

    def __init__(self, name: str) -> None:
        self.names = (name,)
        self.hashes: list[bytes] = []

    @property
    def key(self) -> Hashable:
        """What tells it from other gauges."""
        return ("digest", *self.names)

    def take(self, leaves: Leaves) -> bytes:
        """Hash one leaf."""
        return leaves[self.names[0]].fingerprint

    def add(self, part: bytes) -> None:
        """Add the hash of the next leaf."""
        self.hashes.append(part)
