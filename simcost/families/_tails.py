"""Working in whichever tail of the unit interval is the short one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np

from simcost import elementary
from simcost.families._base import Vector


def either_tail(
    u: Vector, lower: Callable[..., Vector], upper: Callable[..., Vector], *params: float
) -> Vector:
    """Return ``lower(u)`` up to one half and ``upper(1 - u)`` above it.

    For u >= 1/2 the difference 1 - u is exact in floating point, so neither tail loses digits.
    Swap the two functions to go from a quantile function to an inverse survival function.
    """
    u = np.asarray(u, dtype=np.float64)
    low = u <= 0.5
    out = np.empty_like(u)
    out[low] = lower(u[low], *params)
    out[~low] = upper(1.0 - u[~low], *params)
    return out


def _score(u: Vector) -> Vector:
    return np.asarray(elementary.ndtri(u), dtype=np.float64)


def _mirrored_score(q: Vector) -> Vector:
    return -_score(q)


def normal_score(u: Vector) -> Vector:
    """Return the standard normal quantile of `u`, accurate in both tails."""
    u = np.asarray(u, dtype=np.float64)
    if u.size < _WORTH_KEEPING:
        return either_tail(u, _score, _mirrored_score)
    for known, score in _scores:
        if np.array_equal(known, u):
            return score
    score = either_tail(u, _score, _mirrored_score)
    score.flags.writeable = False
    _scores.append((u.copy(), score))
    return score


# Every table asks for the same probabilities. The last few long arrays are kept with their scores:
# comparing costs a fiftieth of computing.
_WORTH_KEEPING = 1024
_scores: deque[tuple[Vector, Vector]] = deque(maxlen=4)
