"""Rows of six coefficients in 32 bytes.

Over a cell the higher powers of a quintic matter less and less: the fourth and fifth keep a
tenth of a millionth of the curve's rise. They need no more than 32 and 28 bits, which fit behind
the 32 and 36 leading bits of the third and second. What a coefficient loses is made up for in the
first two, so that the ends of the cell stay where they were.

Half as many bytes are half as many lines of the cache, and half the work of turning rows into
columns (see `simcost.machine.transpose`).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
ROW_WIDTH = 4  # doubles from one packed row to the next
_LINE = 8  # doubles in a line of the cache
Bits = npt.NDArray[np.uint64]

_SMALLEST = np.float64(2.0**-1022).view(np.uint64) << np.uint64(1)  # normal number, no sign
# Coefficients c2 and c5 share a number, and so do c3 and c4: the former stands as it is, with the
# latter's bits as its last, which also are known when the former is rounded.
PAIRS = ((2, 5, 28), (3, 4, 32))  # leading, trailing, bits of the trailing one


def rounded(coefficients: Floats) -> tuple[Floats, Floats]:
    """Return coefficients rounded to what rows can hold, and by how much curves change at most.

    Parameters
    ----------
    coefficients : float64[n, 6]

    Returns
    -------
    float64[n, 6], float64[n]
    """
    c = coefficients.copy()
    with np.errstate(invalid="ignore", over="ignore"):
        for leading, trailing, size in PAIRS:
            _round_pair(c, leading, trailing, size)
        lost = coefficients - c
        # t is -1 and 1 at the ends of the cell, where nothing may change.
        c[:, 0] += lost[:, 2] + lost[:, 4]
        c[:, 1] += lost[:, 3] + lost[:, 5]
        return c, np.abs(lost[:, 2:]).sum(axis=1)


def _round_pair(c: Floats, leading: int, trailing: int, size: int) -> None:
    rest = np.uint64(64 - size)
    high = c[:, leading].copy().view(np.uint64)
    low = _nearest(c[:, trailing].copy().view(np.uint64), rest) >> rest
    # With bits behind it, a leading zero would be one of the slow numbers next to zero.
    low[(high << np.uint64(1)) <= _SMALLEST] = 0
    c[:, trailing] = (low << rest).view(np.float64)
    c[:, leading] = (_nearest(high - low, np.uint64(size)) | low).view(np.float64)


def _nearest(pattern: Bits, places: np.uint64) -> Bits:
    """Return the nearest bit patterns whose last places are 0."""
    half = np.uint64(1) << (places - np.uint64(1))
    return ((pattern + half) >> places) << places


def packed(rows: Floats) -> Floats:
    """Return rounded rows of six coefficients as rows of 32 bytes, none across lines of the cache.

    Parameters
    ----------
    rows : float64[r, 6]

    Returns
    -------
    float64[4 r]
        Of each row the first two, and the two that hold a pair each. Never empty, so that there
        is something to point to.
    """
    size = ROW_WIDTH * max(len(rows), 1)
    raw = np.zeros(size + _LINE)
    skipped = -(raw.ctypes.data // raw.itemsize) % _LINE
    flat = raw[skipped : skipped + size]
    flat.reshape(-1, ROW_WIDTH)[: len(rows)] = rows[:, :ROW_WIDTH]
    return flat
