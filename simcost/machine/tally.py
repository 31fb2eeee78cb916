"""Bins of a uniform draw, and sums of an output over them: the counting behind every bar.

Each function has a compiled form (`simcost.machine.tally_loops`) that gives the same bits: both
add in the order of the outcomes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.machine.program import Floats, Integers

Index = npt.NDArray[np.uint8]

SLICES = 1024  # of the guide table
MOST = 256  # bins that a byte can number
POWERS = 5  # count, Σy, Σy², Σy³, Σy⁴


@dataclass(frozen=True, eq=False)
class Bins:
    """Intervals of a number between 0 and 1.

    Parameters
    ----------
    edges : float64[bins - 1]
        Ascending; bin k holds ``edges[k - 1] < u <= edges[k]``.
    guide : int64[1025]
        For each slice of width 1/1024 the bin that its left end belongs to.
    """

    edges: Floats
    guide: Integers

    @property
    def count(self) -> int:
        """Number of bins."""
        return len(self.edges) + 1


def make_bins(edges: Sequence[float] | Floats) -> Bins:
    """Return the bins between ascending edges, at most 255 of them.

    Raises
    ------
    ValueError
        For more edges, or edges that do not ascend.
    """
    array = np.array(edges, dtype=np.float64)
    if len(array) >= MOST or np.any(np.diff(array) <= 0):
        raise ValueError(f"bins need at most {MOST - 1} ascending edges")
    lefts = np.arange(SLICES + 1) / SLICES
    return Bins(array, np.searchsorted(array, lefts, side="left").astype(np.int64))


def _loops(compiled: bool) -> Any:
    if not compiled:
        return None
    from simcost.machine import tally_loops

    return tally_loops


def classify(u: Floats, bins: Bins, out: Index, *, compiled: bool = False) -> None:
    """Write the bin of every u.

    Parameters
    ----------
    u : float64[n] in [0, 1]
        Numbers.
    bins : Bins
        Intervals.
    out : uint8[n]
        Takes the numbers of the bins.
    compiled : bool
        Whether to use the compiled loop, which has to be loaded.
    """
    loops = _loops(compiled)
    if loops is None:
        out[:] = np.searchsorted(bins.edges, u, side="left")
    else:
        loops.classify(u, bins.edges, bins.guide, out)


def power_sums(
    index: Index, y: Floats, shape: tuple[int, int], first: int = 0, *, compiled: bool = False
) -> Floats:
    """Return sums of the powers of an output over the bins of an input.

    Parameters
    ----------
    index : uint8[n]
        Bin of each outcome.
    y : float64[n]
        The output; centred and scaled, so that fourth powers say something.
    shape : tuple of int
        Number of replicates and of bins.
    first : int
        Number of the first outcome; outcome k belongs to replicate ``k % replicates``.
    compiled : bool
        As for `classify`.

    Returns
    -------
    float64[replicates, bins, 5]
        Counts and sums of y, y², y³ and y⁴.
    """
    replicates, bins = shape
    sums = np.zeros((replicates, bins, POWERS))
    loops = _loops(compiled)
    if loops is not None:
        loops.power_sums(index, y, sums, first)
        return sums
    key = index.astype(np.intp)
    if replicates > 1:
        key += bins * ((np.arange(len(y)) + first) % replicates)
    square = y * y
    flat = sums.reshape(replicates * bins, POWERS)
    for k, weights in enumerate([None, y, square, square * y, square * square]):
        flat[:, k] = np.bincount(key, weights, minlength=len(flat))
    return sums


def joint_counts(index: Index, column: Index, counts: Integers, *, compiled: bool = False) -> None:
    """Count outcomes by bin of an input and class of an output.

    Parameters
    ----------
    index, column : uint8[n]
        Bin of the input and class of the output.
    counts : int64[bins, classes]
        Changed in place.
    compiled : bool
        As for `classify`.
    """
    loops = _loops(compiled)
    if loops is not None:
        loops.joint_counts(index, column, counts)
        return
    key = index.astype(np.intp) * counts.shape[1] + column
    counts += np.bincount(key, minlength=counts.size).reshape(counts.shape)
