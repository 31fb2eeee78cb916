"""How far outcomes lie above a level: what the mean of the worst of them needs.

The level, a quantile, is known at the end only. So distances are summed above a level that is
surely at or above it, and brought down to it afterwards: nothing is subtracted, nothing cancels.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result.leaf import safe_scale
from simcost.result.sums import columns

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Excess:
    """Distances of the outcomes above a level, of each replicate.

    Parameters
    ----------
    level : float
        What they are above.
    scale : float
        Power of two by which outcomes and level were multiplied.
    count : float64[R]
        Number of these outcomes.
    first, second : float64[R]
        Sums of their distances from the level and of the squares, scaled.
    """

    level: float
    scale: float
    count: Vector
    first: Vector
    second: Vector


def excess_of(
    values: Vector, owner: npt.NDArray[np.uint16], level: float, replicates: int
) -> Excess:
    """Return the sums of some outcomes, all of them above the level, by their replicates.

    The outcomes come in the order of their numbers, so how they were split does not show.
    """
    scale = safe_scale(float(np.abs(values).max(initial=abs(level))))
    above = values * scale - level * scale
    sums = np.empty((2, replicates))
    for r in range(replicates):
        own = above if replicates == 1 else above[owner == r]
        sums[:, r] = np.add.reduce(own), np.add.reduce(own * own)
    counts = [len(values)] if replicates == 1 else np.bincount(owner, minlength=replicates)
    return Excess(level, scale, np.array(counts, dtype=np.float64), *sums)


def merge_excess(cells: Sequence[Excess], level: float, replicates: int) -> Excess:
    """Return the sums of several cells above a level that is not above any of theirs."""
    full = [cell for cell in cells if cell.count.any()]
    if not full:
        return Excess(level, 1.0, *np.zeros((3, replicates)))
    scale = min(cell.scale for cell in full)
    ratio = np.array([[scale / cell.scale] for cell in full])
    rise = np.array([[cell.level * scale - level * scale] for cell in full])
    n = np.stack([cell.count for cell in full])
    first = np.stack([cell.first for cell in full]) * ratio
    second = np.stack([cell.second for cell in full]) * ratio**2
    return Excess(
        level,
        scale,
        np.add.reduce(n, axis=0),
        columns(first, n * rise),
        columns(second, 2 * rise * first, n * rise**2),
    )
