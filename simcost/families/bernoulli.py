"""Bernoulli: it happens (1) or not (0)."""

from __future__ import annotations

from math import sqrt
from typing import Any

import numpy as np

from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector


def quantile(u: Vector, p: float) -> Vector:
    """Return 1 where u > 1 - p, else 0."""
    u = np.asarray(u, dtype=np.float64)
    return _happens(u, 1.0 - u, p)


def isf(q: Vector, p: float) -> Vector:
    """Return 1 where q < p, else 0."""
    q = np.asarray(q, dtype=np.float64)
    return _happens(1.0 - q, q, p)


def _happens(u: Vector, q: Vector, p: float) -> Vector:
    # Whichever of p and 1 - p is at most one half, its side of the comparison is exact.
    return np.where(q < p, 1.0, 0.0) if p <= 0.5 else np.where(u > 1.0 - p, 1.0, 0.0)


def cdf(x: Vector, p: float) -> Vector:
    """Return P(X <= x)."""
    x = np.asarray(x, dtype=np.float64)
    return np.where(x >= 1.0, 1.0, np.where(x >= 0.0, 1.0 - p, 0.0))


def sf(x: Vector, p: float) -> Vector:
    """Return P(X > x)."""
    x = np.asarray(x, dtype=np.float64)
    return np.where(x >= 1.0, 0.0, np.where(x >= 0.0, p, 1.0))


def support(p: float) -> tuple[float, float]:
    """Return (0, 1), or one of them twice where p leaves no doubt."""
    return (1.0 if p == 1.0 else 0.0), (0.0 if p == 0.0 else 1.0)


def mean_sd(p: float) -> tuple[float, float]:
    """Return p, and sqrt(p (1 - p))."""
    return p, sqrt(p * (1 - p))


def atoms(p: float) -> Atoms:
    """Return 0 and 1 with their probabilities."""
    values, probabilities = np.array([0.0, 1.0]), np.array([1.0 - p, p])
    return values[probabilities > 0.0], probabilities[probabilities > 0.0]


def oracle(p: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.bernoulli(p)


FAMILY = Family(
    name="bernoulli",
    summary="1 with a probability, else 0: it happens or not",
    parameters=(
        Parameter(
            "p",
            "the probability of a 1, from 0 to 1",
            low=0.0,
            high=1.0,
            low_open=False,
            high_open=False,
        ),
    ),
    elicitations=(Elicitation(("p",), doc="the probability"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    support=support,
    mean_sd=mean_sd,
    oracle=oracle,
    discrete=True,
    atoms=atoms,
    examples=({"p": 0.3}, {"p": 0.0}, {"p": 1.0}, {"p": 1e-9}),
    source="Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, ch. 3",
)
