"""Binomial: how many of n tries succeed."""

from __future__ import annotations

from functools import lru_cache
from math import sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector
from simcost.families._lattice import affordable, table


@lru_cache(maxsize=16)
def _table(n: float, p: float) -> AtomTable:
    if p in (0.0, 1.0):
        return AtomTable.from_weights(np.array([n * p]), np.array([1.0]))
    none, every = float(n * elementary.log1p(-p)), float(n * elementary.log(p))

    def log_mass(k: Vector) -> Vector:
        some = np.clip(k, 0.5, n - 0.5)
        part = elementary.binomial_log(some, n, p, 1.0 - p)
        return np.where(k < 1.0, none, np.where(k >= n, every, part))

    return table(log_mass, np.floor((n + 1.0) * p), n)


def quantile(u: Vector, n: float, p: float) -> Vector:
    """Return min{k : F(k) >= u}."""
    return _table(n, p).quantile(u)


def isf(q: Vector, n: float, p: float) -> Vector:
    """Return min{k : 1 - F(k) <= q}."""
    return _table(n, p).isf(q)


def cdf(x: Vector, n: float, p: float) -> Vector:
    """Return P(X <= x)."""
    return _table(n, p).cdf(x)


def sf(x: Vector, n: float, p: float) -> Vector:
    """Return P(X > x)."""
    return _table(n, p).sf(x)


def support(n: float, p: float) -> tuple[float, float]:
    """Return (0, n), or one of them twice where p leaves no doubt."""
    return (n if p == 1.0 else 0.0), (0.0 if p == 0.0 else n)


def mean_sd(n: float, p: float) -> tuple[float, float]:
    """Return n p, and sqrt(n p (1 - p))."""
    return n * p, sqrt(n * p * (1 - p))


def atoms(n: float, p: float) -> Atoms:
    """Return the counts that matter and their probabilities."""
    return _table(n, p).atoms()


def check(n: float, p: float) -> None:
    """Check that a table of it would not be huge."""
    affordable("binomial", *mean_sd(n, p))


def oracle(n: float, p: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.binom(n, p)


FAMILY = Family(
    name="binomial",
    summary="how many of n independent tries succeed",
    parameters=(
        Parameter(
            "n",
            "the number of tries, 1 or more",
            low=1.0,
            high=2.0**53,
            low_open=False,
            integer=True,
        ),
        Parameter(
            "p",
            "the probability that a try succeeds, from 0 to 1",
            low=0.0,
            high=1.0,
            low_open=False,
            high_open=False,
        ),
    ),
    elicitations=(Elicitation(("n", "p"), doc="tries and probability"),),
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
    examples=({"n": 20, "p": 0.3}, {"n": 100000, "p": 0.999}, {"n": 5, "p": 0.0}),
    source="Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, ch. 3",
)
