"""Where to look for a rare event: mean shifts of the normals, by cross-entropy, level by level.

References
----------
de Boer, Kroese, Mannor & Rubinstein (2005), Annals of Operations Research 134, 19.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from simcost.analyses._latent import Latent, Vector
from simcost.errors import UsageError

DRAWS = 10_000  # a level
ELITE = 0.1
LEVELS = 40
SIGNIFICANT = 3.0  # standard errors of a mean, for a stream to be shifted
FEWEST = 20  # outcomes that a mean can be taken of
SPLITS = 3
WIDE = 2.0  # variance of the normals, given the event, that no single way to it has
APART = 1.5  # distance from which two shifts are two routes to the event


@dataclass(frozen=True, slots=True)
class Search:
    """One search for a shift.

    Parameters
    ----------
    shift : float64[streams]
        Means of the normals, given the event; 0 where they do not differ from 0.
    levels : int
        Levels that it took.
    y : float64[n]
        Outcomes of the first level, which is not shifted.
    w : float64[streams, n]
        Their normals.
    """

    shift: Vector
    levels: int
    y: Vector
    w: Vector


def search(
    latent: Latent, threshold: float, number: Callable[[int], int], side: int, event: str
) -> Search:
    """Return the mean of the normals given that the output exceeds a threshold.

    Where an event comes about in different ways, the normals given the event spread further in
    some direction than normals do. The search then goes on on one side of their mean, a bit of
    `side` for each such split, so that several searches find several ways.

    Parameters
    ----------
    latent : Latent
        The output.
    threshold : float
        What it is to exceed.
    number : callable
        Gives the first outcome number of each level.
    side : int
        Number of the search.
    event : str
        The event in words, for errors.

    Raises
    ------
    UsageError
        When the levels do not climb to the threshold.
    """
    everything = range(len(latent.streams))
    shift = np.zeros(len(latent.streams))
    before = -np.inf
    sides: list[tuple[Vector, float]] = []  # half-spaces: direction · w > bound
    plain: tuple[Vector, Vector] | None = None
    for level in range(LEVELS):
        parts = [*latent.draw(shift, number(level), DRAWS, everything)]
        y = np.concatenate([part for part, _ in parts])
        w = np.concatenate([part for _, part in parts], axis=1)
        plain = plain or (y, w)
        kept = np.ones(len(y), dtype=bool)
        for direction, bound in sides:
            kept &= direction @ w > bound
        if np.count_nonzero(kept) < FEWEST:
            break
        limit = min(threshold, float(np.quantile(y[kept], 1 - ELITE)))
        if limit <= before and limit < threshold:
            limit = float(np.min(y[kept & (y > before)], initial=threshold))
        elite = kept & (y > limit if limit >= threshold else y >= limit)
        if np.count_nonzero(elite) < FEWEST:
            break
        w, weights = w[:, elite], importance(w[:, elite], shift)
        split = _split(w, weights) if len(sides) < SPLITS else None
        if split is not None:
            direction, bound = split
            sign = -1.0 if side >> len(sides) & 1 else 1.0
            sides.append((sign * direction, sign * bound))
            there = sides[-1][0] @ w > sides[-1][1]
            w, weights = w[:, there], weights[there] / np.sum(weights[there])
        shift = significant_mean(w, weights)
        before = limit
        if limit >= threshold:
            return Search(shift, level + 1, *plain)
    raise UsageError(
        f"no way was found to {event}: the search came to {before:,.6g} and no further. Ask for a "
        "lower level, or draw plainly: simcost run MODEL --draws 1e9 --budget LEVEL"
    )


def importance(w: Vector, shift: Vector) -> Vector:
    """Return weights, of sum 1, that undo the shift with which normals were drawn."""
    exponent = -(shift @ w)
    weights = np.exp(exponent - np.max(exponent))
    return np.asarray(weights / np.sum(weights))


def _split(w: Vector, weights: Vector) -> tuple[Vector, float] | None:
    """Return a direction in which the normals fall into two parts, and where; None if they don't.

    The largest variance of n normals in d dimensions is about (1 + √(d/n))² (Marchenko & Pastur
    1967); half as much again is no accident.
    """
    mean = w @ weights
    off = w - mean[:, None]
    values, vectors = np.linalg.eigh((off * weights) @ off.T)
    effective = 1.0 / float(np.sum(weights**2))
    usual = (1.0 + np.sqrt(len(w) / effective)) ** 2
    if values[-1] < max(WIDE, 1.5 * usual):
        return None
    direction = vectors[:, -1]
    direction = direction * np.sign(direction[np.argmax(np.abs(direction))])
    return direction, float(direction @ mean)


def significant_mean(w: Vector, weights: Vector) -> Vector:
    """Return the weighted mean of normals; 0 where it may be 0."""
    mean = w @ weights
    error = np.sqrt(((w - mean[:, None]) ** 2) @ weights**2)
    return np.where(np.abs(mean) > SIGNIFICANT * error, mean, 0.0)


def routes(shifts: Sequence[Vector]) -> list[Vector]:
    """Return the different ones among shifts; those that lie close together are averaged."""
    groups: list[list[Vector]] = []
    for shift in shifts:
        for group in groups:
            if np.linalg.norm(np.mean(group, axis=0) - shift) < APART:
                group.append(shift)
                break
        else:
            groups.append([shift])
    return [np.asarray(np.mean(group, axis=0)) for group in groups]
