"""Mean and standard deviation from the quantile function, where no closed form exists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from math import inf, isfinite, ldexp, nan, sqrt
from typing import Protocol

import numpy as np

from simcost import elementary
from simcost.families._base import Atoms, Vector

_OCTAVES = 1000  # halvings of the tail probability, down to 1e-301
_GROUP = 40  # octaves handled at once
_NODES, _WEIGHTS = elementary.gauss_legendre(20)


class _Law(Protocol):
    def quantile(self, u: Vector) -> Vector: ...
    def isf(self, q: Vector) -> Vector: ...
    def support(self) -> tuple[float, float]: ...
    def tail_index(self) -> float: ...
    def kinks(self) -> tuple[float, ...]: ...
    def atoms(self) -> Atoms | None: ...
    def __hash__(self) -> int: ...


@lru_cache(maxsize=256)
def mean_sd(law: _Law) -> tuple[float, float]:
    """Integrate x and x**2 over u.

    Gauss-Legendre panels of 20 nodes halve towards both ends, where quantile functions behave
    like powers of the tail probability or of its logarithm; kinks are panel edges.

    Parameters
    ----------
    law : Distribution
        With `quantile`, `isf`, `support`, `tail_index`, `kinks` and `atoms`.

    Returns
    -------
    mean, sd : float
        Relative error about 1e-9 or better; inf where infinite, nan where undefined.
    """
    atoms = law.atoms()
    if atoms is not None:
        values, probabilities = atoms
        mean = elementary.dot(values, probabilities)
        return mean, sqrt(elementary.dot((values - mean) ** 2, probabilities))
    if law.tail_index() >= 1.0:
        return _undefined(law)
    centre = float(law.quantile(np.array([0.5]))[0])
    low = _tail(law.quantile, law.kinks(), centre)
    high = _tail(law.isf, [1.0 - kink for kink in law.kinks()], centre)
    first, second = low[0] + high[0], low[1] + high[1]
    sd = inf if law.tail_index() >= 0.5 else sqrt(max(0.0, second - first * first))
    return centre + first, sd


def _integral(x: Vector, half: Vector) -> float:
    return elementary.dot(elementary.total(x.T * _WEIGHTS[:, None]), half)


def _undefined(law: _Law) -> tuple[float, float]:
    low, high = law.support()
    if isfinite(low):
        return inf, inf
    return (-inf, inf) if isfinite(high) else (nan, nan)


def _tail(
    at: Callable[[Vector], Vector], kinks: Iterable[float], centre: float
) -> tuple[float, float]:
    """Integrate at(p) - centre and its square over p from 0 to one half."""
    inner = {kink for kink in kinks if 0.0 < kink < 0.5}
    edges = np.array(sorted({ldexp(1.0, -k) for k in range(1, _OCTAVES + 1)} | inner, reverse=True))
    first = second = 0.0
    for start in range(0, len(edges) - 1, _GROUP):
        upper = edges[start : start + _GROUP]
        lower = edges[start + 1 : start + 1 + _GROUP]
        upper = upper[: len(lower)]
        half = 0.5 * (upper - lower)
        p = (0.5 * (upper + lower))[:, None] + half[:, None] * _NODES
        with np.errstate(all="ignore"):
            x = at(p.ravel()).reshape(p.shape) - centre
            one, two = (_integral(y, half) for y in (x, x * x))
        if not isfinite(one):
            break  # beyond what floating point can hold, and what any draw can reach
        first, second = first + one, second + two
        if abs(one) <= 1e-18 * abs(first) and (two <= 1e-18 * second or not isfinite(second)):
            break
    return first, second
