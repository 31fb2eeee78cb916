"""Importance sampling from a mixture of shifts and of no shift at all.

A tenth of the outcomes is not shifted, so no weight exceeds ten and no event is missed for ever
(Hesterberg 1995; Owen & Zhou 2000, JASA 95, 135: each component gets its share of the outcomes,
and all are weighted by the mixture).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simcost.analyses._latent import Latent, Vector

DEFENSIVE = 0.1


@dataclass(frozen=True, slots=True)
class Estimate:
    """What one replicate found.

    Parameters
    ----------
    chance, error : float
        Of the event, and the standard error over the components.
    effective : float
        Effective number of outcomes in the event.
    weight, weight_error : float
        Mean of all weights, which is 1, and its standard error.
    scores : float64[streams]
        Weighted sum of the normals in the event, over the number of outcomes.
    """

    chance: float
    error: float
    effective: float
    weight: float
    weight_error: float
    scores: Vector


def estimate(
    latent: Latent, threshold: float, shifts: Sequence[Vector], first: int, draws: int
) -> Estimate:
    """Return the chance that the output exceeds a threshold.

    Parameters
    ----------
    latent : Latent
        The output.
    threshold : float
        What it is to exceed.
    shifts : sequence of float64[streams]
        Components of the mixture besides the one without a shift.
    first : int
        First outcome number.
    draws : int
        Number of outcomes in all.
    """
    none = np.zeros(len(latent.streams))
    wanted = np.flatnonzero(np.any(np.array(shifts) != 0.0, axis=0))
    counts = _counts(draws, len(shifts))
    log_shares = np.log(np.array(counts) / draws)
    sums = np.zeros(4)  # of the estimate, its variance, the weights, their variance
    squares = 0.0
    scores = np.zeros(len(latent.streams))
    for component, count in zip([none, *shifts], counts, strict=True):
        total = np.zeros(4)
        for y, w in latent.draw(component, first, count, wanted.tolist()):
            weights = _weights(w, [shift[wanted] for shift in shifts], log_shares)
            event = np.where(y > threshold, weights, 0.0)
            total += (event.sum(), (event**2).sum(), weights.sum(), (weights**2).sum())
            scores[wanted] += w @ event
        first += count
        squares += total[1]
        sums += (
            total[0],
            max(total[1] - total[0] ** 2 / count, 0.0),
            total[2],
            max(total[3] - total[2] ** 2 / count, 0.0),
        )
    return Estimate(
        chance=float(sums[0]) / draws,
        error=math.sqrt(sums[1]) / draws,
        effective=float(sums[0] ** 2 / squares) if squares else 0.0,
        weight=float(sums[2]) / draws,
        weight_error=math.sqrt(sums[3]) / draws,
        scores=scores / draws,
    )


def _counts(draws: int, shifts: int) -> list[int]:
    """Return how many outcomes each component gets, the unshifted one first."""
    plain = round(DEFENSIVE * draws)
    each, more = divmod(draws - plain, shifts)
    return [plain, *(each + (k < more) for k in range(shifts))]


def _weights(w: Vector, shifts: Sequence[Vector], log_shares: Vector) -> Vector:
    """Return the density of no shift over that of the mixture, float64[n]."""
    exponents = np.stack(
        [
            np.full(w.shape[1], log_shares[0]),
            *(
                share + shift @ w - 0.5 * float(shift @ shift)
                for share, shift in zip(log_shares[1:], shifts, strict=True)
            ),
        ]
    )
    top = np.max(exponents, axis=0)
    return np.asarray(np.exp(-top) / np.sum(np.exp(exponents - top), axis=0), dtype=np.float64)
