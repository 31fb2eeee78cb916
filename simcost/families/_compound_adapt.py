"""From distributions to what the transform method works with."""

from __future__ import annotations

import numpy as np

from simcost.errors import ParameterError
from simcost.families._base import Vector
from simcost.families._compound_count import (
    BinomialCount,
    Count,
    ListedCount,
    NegativeBinomialCount,
    PoissonCount,
)
from simcost.families._compound_severity import Severity
from simcost.families._distribution import Distribution
from simcost.families._text import show

_MOST_LISTED = 50_000


def count_of(law: Distribution) -> Count:
    """Return a discrete distribution as a count.

    Raises
    ------
    ParameterError
        When it is not one on 0, 1, 2, …, or lists too many values.
    """
    atoms = law.atoms()
    if not law.discrete or atoms is None:
        raise ParameterError(
            f"{law.family} is not a count: it takes values between the whole numbers",
            "Give poisson, binomial, negative_binomial, discrete, or a fixed number: "
            "count = { value = 3 }.",
            ("count",),
        )
    values, probabilities = atoms
    wrong = values[(values < 0.0) | (values != np.floor(values))]
    if wrong.size:
        raise ParameterError(
            f"the count can be {show(float(wrong[0]))}, which is not 0, 1, 2, …",
            "Give a law of whole numbers from 0 up.",
            ("count",),
        )
    if law.family == "poisson":
        return PoissonCount(float(law.params[0]))
    if law.family == "binomial":
        return BinomialCount(int(law.params[0]), float(law.params[1]))
    if law.family == "negative_binomial":
        return NegativeBinomialCount(float(law.params[0]), float(law.params[1]))
    if values.size == 1:
        return BinomialCount(int(values[0]), 1.0)
    first, last = int(values[0]), int(values[-1])
    if last - first > _MOST_LISTED:
        raise ParameterError(
            f"the count goes from {first} to {last}, more than {_MOST_LISTED} values",
            "Give poisson, binomial or negative_binomial instead.",
            ("count",),
        )
    listed = np.zeros(last - first + 1)
    listed[(values - first).astype(np.int64)] = probabilities
    return ListedCount(first, listed)


def at_most_one(count: Count) -> bool:
    """Whether there can never be two losses."""
    none, one = count.start()
    return bool(none + one >= 1.0 - 1e-300) and count.mean <= 1.0


def without_zero(law: Distribution) -> tuple[Severity, float]:
    """Return a severity given that it is not zero, and the probability that it is not."""
    ends = law.cdf(np.array([np.nextafter(0.0, -1.0), 0.0]))
    before, zero = float(ends[0]), float(ends[1] - ends[0])
    low, high = law.support()
    mean, sd = law.mean(), law.sd()
    kinks = law.quantile(np.array(law.kinks(), dtype=np.float64))
    marks = np.unique(np.append(kinks, [end for end in (low, high) if np.isfinite(end)]))
    if zero <= 0.0:
        return Severity(law.cdf, law.sf, law.isf, law.quantile, low, high, mean, sd, marks), 1.0
    keep = 1.0 - zero

    def cdf(x: Vector) -> Vector:
        return np.maximum(law.cdf(x) - zero * (np.asarray(x) >= 0.0), 0.0) / keep

    def sf(x: Vector) -> Vector:
        return np.maximum(law.sf(x) - zero * (np.asarray(x) < 0.0), 0.0) / keep

    def quantile(u: Vector) -> Vector:
        p = np.asarray(u, dtype=np.float64) * keep
        return law.quantile(np.where(p <= before, p, np.minimum(p + zero, 1.0 - 2.0**-53)))

    def isf(q: Vector) -> Vector:
        p = np.asarray(q, dtype=np.float64) * keep
        after = keep - before
        return law.isf(np.where(p <= after, p, np.minimum(p + zero, 1.0 - 2.0**-53)))

    square = (sd * sd + mean * mean) / keep
    spread = float(np.sqrt(max(square - mean / keep * (mean / keep), 0.0)))
    return Severity(cdf, sf, isf, quantile, low, high, mean / keep, spread, marks), keep
