"""Line items drawn once: kept where a target rests on them, summed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from simcost.analyses._euler import Tail
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._pulls import Sums
from simcost.graph.node import Node
from simcost.machine.tally import power_sums

Vector = npt.NDArray[np.float64]

BELOW, ABOVE, KEPT = range(3)  # the percentile; or kept as it is


class DrawnItems:
    """Line items in the outcomes that a target rests on, and sums of them over all others.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    items : mapping of str to Node
        What they are.
    tail : Tail
        Which outcomes are kept.
    """

    def __init__(self, outcomes: Outcomes, items: Mapping[str, Node], tail: Tail) -> None:
        side = (tail.y > tail.quantile).astype(np.uint8)
        side[tail.near] = KEPT
        side[tail.numbers] = KEPT
        kept = side == KEPT
        self.numbers = np.flatnonzero(kept)
        replicates = outcomes.meta.replicates
        centre = outcomes.head(items).mean(axis=1)  # so that fourth powers say something

        def work(
            first: int, last: int, drawn: Vector, compiled: bool
        ) -> tuple[Vector, Vector, Vector]:
            part = drawn[:, kept[first:last]]
            drawn -= centre[:, None]
            shape, index = (replicates, 3), side[first:last]
            sums = [power_sums(index, row, shape, first, compiled=compiled) for row in drawn]
            return part, np.array(sums), drawn @ drawn.T

        parts = [*outcomes.leaves(items, work)]
        self.values: Vector = np.concatenate([part for part, _, _ in parts], axis=1)
        sums: Vector = np.sum([one for _, one, _ in parts], axis=0)
        self.means: Vector = centre + sums[..., 1].sum(axis=(1, 2)) / outcomes.count
        off = self.values - centre[:, None]
        self._centre, self._sums = centre, sums[:, :, [BELOW, ABOVE]]
        self._products: Vector = np.sum([one for _, _, one in parts], axis=0) - off @ off.T

    def at(self, numbers: npt.NDArray[np.int64]) -> Vector:
        """Return the items in some of the outcomes kept, float64[items, k]."""
        return self.values[:, np.searchsorted(self.numbers, numbers)]

    def others(self, sides: Vector, lean: float) -> Sums:
        """Return the sums of ``side - lean * item`` over the outcomes that are not kept.

        Parameters
        ----------
        sides : float64[items, 2]
            What counts below (or at) the percentile, and above it.
        lean : float
            0 or 1.
        """
        at = sides - lean * self._centre[:, None]  # the items are summed about their centres
        n, one, two, three, four = np.moveaxis(self._sums, -1, 0)  # [items, replicates, 2]
        first: Vector = (n * at[:, None] - lean * one).sum(axis=2)
        n, one, two, three, four = (part.sum(axis=1) for part in (n, one, two, three, four))
        cross = (n * at) @ at.T - lean * (at @ one.T + one @ at.T) + lean * self._products
        fourth = n * at**4
        fourth += lean * (four - 4 * at * three + 6 * at**2 * two - 4 * at**3 * one)
        return Sums(first, cross, fourth.sum(axis=1))
