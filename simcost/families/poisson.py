"""Poisson: how many events come in a while."""

from __future__ import annotations

from functools import lru_cache
from math import inf, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector
from simcost.families._lattice import affordable, table

_MOST = 2.0**53


@lru_cache(maxsize=16)
def _table(mean: float) -> AtomTable:
    def log_mass(k: Vector) -> Vector:
        return np.where(k > 0.0, elementary.poisson_log(np.maximum(k, 1.0), mean), -mean)

    return table(log_mass, np.floor(mean), _MOST)


def quantile(u: Vector, mean: float) -> Vector:
    """Return min{k : F(k) >= u}."""
    return _table(mean).quantile(u)


def isf(q: Vector, mean: float) -> Vector:
    """Return min{k : 1 - F(k) <= q}."""
    return _table(mean).isf(q)


def cdf(x: Vector, mean: float) -> Vector:
    """Return P(X <= x)."""
    return _table(mean).cdf(x)


def sf(x: Vector, mean: float) -> Vector:
    """Return P(X > x)."""
    return _table(mean).sf(x)


def support(mean: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def mean_sd(mean: float) -> tuple[float, float]:
    """Return the mean and its square root."""
    return mean, sqrt(mean)


def atoms(mean: float) -> Atoms:
    """Return the counts that matter and their probabilities."""
    return _table(mean).atoms()


def check(mean: float) -> None:
    """Check that a table of it would not be huge."""
    affordable("poisson", mean, sqrt(mean))


def oracle(mean: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.poisson(mean)


FAMILY = Family(
    name="poisson",
    summary="how many events come in a while, when they come at a steady rate",
    parameters=(Parameter("mean", "the mean count, above 0", low=0.0),),
    elicitations=(Elicitation(("mean",), doc="the mean count"),),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    support=support,
    mean_sd=mean_sd,
    check=check,
    oracle=oracle,
    discrete=True,
    atoms=atoms,
    examples=({"mean": 2.5}, {"mean": 1000.0}, {"mean": 0.01}),
    source="Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, ch. 4",
)
