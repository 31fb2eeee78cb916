"""Where to look for a rare event: mean shifts of the normals, by cross-entropy, level by level.

References
----------
de Boer, Kroese, Mannor & Rubinstein (2005), Annals of Operations Research 134, 19.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simcost.analyses._latent import Latent, Vector
from simcost.run.views import STRIDE

DRAWS = 10_000  # a level
ELITE = 0.1
LEVELS = 40
SIGNIFICANT = 3.0  # standard errors of a mean, for a stream to be shifted
FEWEST = 20  # outcomes that a mean can be taken of
SPLITS = 3
WIDE = 2.0  # variance of the normals, given the event, that no single way to it has
STALLED, PATIENCE = 0.25, 2  # a shift that moves less than this, so many times, leads nowhere
MOST_ROUTES = 8  # more, and some would be missed
TRIES = 4  # searches in vain for a further one
NEGLIGIBLE = 2 * np.log(1000.0)  # of squared lengths of shifts: a thousandth of the chance
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


class Numbers:
    """Gives out ranges of outcome numbers, far from those of runs and from each other."""

    def __init__(self) -> None:
        self.taken = self.outcomes = 0

    def take(self, count: int) -> int:
        """Return the first of so many numbers."""
        self.taken += 1
        self.outcomes += count
        return self.taken * STRIDE


class NoWay(Exception):
    """There is no estimate; the text says why."""


def search(
    latent: Latent,
    threshold: float,
    numbers: Numbers,
    side: int = 0,
    avoided: Sequence[Vector] = (),
    levels: int = LEVELS,
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
    numbers : Numbers
        Gives the outcome numbers.
    side : int
        Number of the search.
    avoided : sequence of float64[streams]
        Shifts of ways that are known; outcomes more than a standard deviation along one of them
        are left out.
    levels : int
        Most levels to take.

    Raises
    ------
    NoWay
        When the levels do not climb to the threshold.
    """
    everything = range(len(latent.streams))
    shift = np.zeros(len(latent.streams))
    before, stalled = -np.inf, 0
    # Half-spaces, direction · w > bound: those of known ways, then those of splits.
    sides = [(-one, -float(np.linalg.norm(one))) for one in avoided]
    plain: tuple[Vector, Vector] | None = None
    for level in range(levels):
        parts = [*latent.draw(shift, numbers.take(DRAWS), DRAWS, everything)]
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
        splits = len(sides) - len(avoided)
        split = _split(w, weights) if splits < SPLITS else None
        if split is not None:
            direction, bound = split
            sign = -1.0 if side >> splits & 1 else 1.0
            sides.append((sign * direction, sign * bound))
            there = sides[-1][0] @ w > sides[-1][1]
            w, weights = w[:, there], weights[there] / np.sum(weights[there])
        moved, shift = shift, significant_mean(w, weights)
        before = limit
        if limit >= threshold:
            return Search(shift, level + 1, *plain)
        stalled = stalled + 1 if np.linalg.norm(shift - moved) < STALLED else 0
        if stalled == PATIENCE:
            break
    raise NoWay(f"the search came to {before:,.6g} and no further")


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


def all_routes(
    latent: Latent, threshold: float, numbers: Numbers, known: Sequence[Search]
) -> list[Vector]:
    """Return shifts to an event: those known, and others that lead to it where these do not.

    Parameters
    ----------
    latent, threshold, numbers
        As in `search`.
    known : sequence of Search
        Searches that have come to it. Further ones get little more time than they took.

    Raises
    ------
    NoWay
        When there are more than 8 of them.
    """
    found = routes([one.shift for one in known])
    levels = max(one.levels for one in known) + 2
    failures = tries = 0
    while failures < TRIES:
        tries += 1
        try:
            new = search(latent, threshold, numbers, tries, found, levels).shift
        except NoWay:
            failures += 1
            continue
        nearest = min(float(one @ one) for one in found)
        if not new.any() or float(new @ new) > nearest + NEGLIGIBLE:
            failures += 1
            continue
        if len(found) == MOST_ROUTES:
            raise NoWay(f"it comes about in more than {MOST_ROUTES} ways")
        found.append(new)
        failures = 0
    return found


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
