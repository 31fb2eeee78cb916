"""Negative binomial: counts that vary more than a Poisson."""

from __future__ import annotations

from functools import lru_cache
from math import inf, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.errors import ParameterError
from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector
from simcost.families._lattice import affordable, table
from simcost.families._text import show

_MOST = 2.0**53


@lru_cache(maxsize=16)
def _table(r: float, p: float) -> AtomTable:
    none = float(r * elementary.log(p))

    def log_mass(k: Vector) -> Vector:
        some = np.maximum(k, 1.0)
        # r / (r + k) times the chance of r successes in r + k tries, were both whole
        part = elementary.log(r / (r + some)) + elementary.binomial_log(r, r + some, p, 1.0 - p)
        return np.where(k > 0.0, part, none)

    return table(log_mass, max(np.floor((r - 1.0) * (1.0 - p) / p), 0.0), _MOST)


def quantile(u: Vector, r: float, p: float) -> Vector:
    """Return min{k : F(k) >= u}."""
    return _table(r, p).quantile(u)


def isf(q: Vector, r: float, p: float) -> Vector:
    """Return min{k : 1 - F(k) <= q}."""
    return _table(r, p).isf(q)


def cdf(x: Vector, r: float, p: float) -> Vector:
    """Return P(X <= x)."""
    return _table(r, p).cdf(x)


def sf(x: Vector, r: float, p: float) -> Vector:
    """Return P(X > x)."""
    return _table(r, p).sf(x)


def support(r: float, p: float) -> tuple[float, float]:
    """Return (0, inf)."""
    return 0.0, inf


def mean_sd(r: float, p: float) -> tuple[float, float]:
    """Return r (1 - p) / p, and sqrt(mean / p)."""
    mean = r * (1 - p) / p
    return mean, sqrt(mean / p)


def atoms(r: float, p: float) -> Atoms:
    """Return the counts that matter and their probabilities."""
    return _table(r, p).atoms()


def check(r: float, p: float) -> None:
    """Check that a table of it would not be huge."""
    mean, sd = mean_sd(r, p)
    affordable("negative_binomial", mean, sd)
    # Far out the probabilities fall by 1 - p from one count to the next.
    if 46.0 * (1 - p) / p > 150_000:
        raise ParameterError(
            "this negative_binomial spreads over more than 150000 different counts",
            f"At that size write gamma = {{ mean = {show(mean)}, sd = {show(sd)} }}.",
        )


def oracle(r: float, p: float) -> Any:
    """Return the same law from scipy.stats."""
    from scipy import stats

    return stats.nbinom(r, p)


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    mean, sd = values["mean"], values["sd"]
    if sd * sd <= mean:
        raise ParameterError(
            f"sd = {show(sd)} is not above the square root of mean = {show(mean)}",
            f"Write an sd above {sqrt(mean):.6g}, or poisson = {{ mean = {show(mean)} }}, whose "
            "sd is that root.",
            ("sd",),
        )
    return {"r": mean * (mean / (sd * sd - mean)), "p": mean / (sd * sd)}


FAMILY = Family(
    name="negative_binomial",
    summary="counts that vary more than a Poisson; failures before the r-th success",
    parameters=(
        Parameter("r", "the number of successes waited for, above 0, not only whole", low=0.0),
        Parameter("p", "the probability of a success, between 0 and 1", low=0.0, high=1.0),
    ),
    words=(
        Parameter("mean", "the mean count, above 0", low=0.0),
        Parameter("sd", "the standard deviation, above the square root of the mean", low=0.0),
    ),
    elicitations=(
        Elicitation(("mean", "sd"), solve=_from_mean_sd, doc="centre and spread"),
        Elicitation(("r", "p"), doc="successes waited for, and their probability"),
    ),
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
    examples=({"mean": 10.0, "sd": 5.0}, {"r": 2.5, "p": 0.1}),
    source="Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, ch. 5",
)
