"""Standard errors of estimates from what every outcome adds to them, a leaf at a time."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from simcost.result import Meta
from simcost.result._student import normal, student

Vector = npt.NDArray[np.float64]


def sums_of(pulls: Vector, replicates: int) -> Vector:
    """Return what `half_widths` needs of some outcomes, float64[estimates, replicates or 2].

    Parameters
    ----------
    pulls : float64[estimates, k]
        What each outcome adds to each estimate, up to a constant; the first belongs to the first
        replicate.
    replicates : int
        Of a balanced design, outcome k belonging to replicate k modulo this; 1 of independent
        outcomes, whose squares are summed too.
    """
    if replicates > 1:
        apart: Vector = pulls.reshape(len(pulls), -1, replicates).sum(axis=1)
        return apart
    return np.array([pulls.sum(axis=1), np.einsum("ij,ij->i", pulls, pulls)]).T


def half_widths(sums: Iterable[Vector], meta: Meta) -> Vector:
    """Return the half-widths of the intervals of estimates, float64[estimates].

    Parameters
    ----------
    sums : iterable of float64[estimates, replicates or 2]
        Those of `sums_of` over all outcomes.
    meta : Meta
        Of the run.
    """
    total = np.sum([*sums], axis=0)
    n, r = meta.draws, meta.replicates
    if r > 1:
        means = total * (r / n)
        error: Vector = means.std(axis=1, ddof=1) / math.sqrt(r)
        return student(meta.confidence, r - 1) * error
    variance = np.maximum(total[:, 1] / n - (total[:, 0] / n) ** 2, 0.0)
    half: Vector = normal(meta.confidence) * np.sqrt(variance / n)
    return half
