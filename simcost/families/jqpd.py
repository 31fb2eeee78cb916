"""J-QPD: three percentiles, with ends where they are known."""

from __future__ import annotations

from functools import lru_cache
from math import inf, isfinite, nan, sqrt
from typing import Any

import numpy as np

from simcost import elementary
from simcost.errors import ParameterError
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import rising
from simcost.families._number import percentile_of
from simcost.families._tails import normal_score
from simcost.families._text import brief, show

# Canonical parameters: tail probability of the outer percentiles, the three values, the ends;
# an absent end is infinite. One end infinite: J-QPD-S (the mirror image when it is the lower
# one). Both finite: J-QPD-B.


def _log_shape(low: float, middle: float, high: float, c: float) -> tuple[float, float, float]:
    """Return slope, bend and lean of the curve through three values at scores -c, 0, c."""
    left, right = middle - low, high - middle
    small = min(left, right)
    excess = abs(right - left) / (2.0 * small)
    # arccosh(1 + e) = 2 arcsinh(sqrt(e / 2)), without the cancellation near e = 0.
    return (
        small / c,
        2.0 * float(elementary.asinh(sqrt(excess / 2.0))) / c,
        float(np.sign(right - left)),
    )


@lru_cache(maxsize=256)
def _s_shape(alpha: float, x1: float, x2: float, x3: float, low: float) -> tuple[float, ...]:
    c = -float(elementary.ndtri(alpha))
    left, right = elementary.log1p(np.array([(x2 - x1) / (x1 - low), (x3 - x2) / (x2 - low)]))
    slope, turn, lean = _log_shape(-left, 0.0, right, c)
    delta = float(elementary.sinh(turn * c)) / c
    # Without bend, centring on the median or on an outer percentile is the same.
    start = {1.0: x1, 0.0: x2, -1.0: x3}[lean] - low
    return start, slope, delta, lean * c, sqrt(1.0 + c * delta * (c * delta))


def _stretch(z: Vector, delta: float, shift: float, root: float) -> Vector:
    """Return sinh(arcsinh(delta z) + arcsinh(delta shift)) / delta, also for delta = 0.

    Where the two terms nearly cancel it is rearranged: (z² - shift²) over their difference.
    """
    one, two = z * root, shift * np.sqrt(1.0 + delta * z * (delta * z))
    opposite = one * two < 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(opposite, (z - shift) * (z + shift) / (one - two), one + two)


def _s_value(z: Vector, alpha: float, x1: float, x2: float, x3: float, low: float) -> Vector:
    start, slope, delta, shift, root = _s_shape(alpha, x1, x2, x3, low)
    with np.errstate(over="ignore"):
        return low + start * elementary.exp(slope * _stretch(z, delta, shift, root))


def _s_score(x: Vector, alpha: float, x1: float, x2: float, x3: float, low: float) -> Vector:
    start, slope, delta, shift, root = _s_shape(alpha, x1, x2, x3, low)
    with np.errstate(divide="ignore"):
        y = elementary.log(np.maximum(x - low, 0.0) / start) / slope
    finite = np.where(np.isfinite(y), y, 0.0)
    return np.where(np.isfinite(y), _stretch(finite, delta, -shift, root), y)


@lru_cache(maxsize=256)
def _b_shape(
    alpha: float, x1: float, x2: float, x3: float, low: float, high: float
) -> tuple[float, ...]:
    c = -float(elementary.ndtri(alpha))
    width = high - low
    scores = [_share_score(x, low, high, width) for x in (x1, x2, x3)]
    _, delta, lean = _log_shape(scores[0], scores[1], scores[2], c)
    start = scores[1 - int(lean)]
    return start, scores[2] - scores[0], delta, lean * c, c


def _share_score(x: float, low: float, high: float, width: float) -> float:
    """Return the normal score of the share of the range below `x`."""
    if x - low <= high - x:
        return float(elementary.ndtri((x - low) / width))
    return -float(elementary.ndtri((high - x) / width))


def _b_value(z: Vector, *params: float) -> Vector:
    low, high = params[4], params[5]
    start, rise, delta, shift, c = _b_shape(*params)
    score = start + rise * _sinh_ratio(z + shift, delta, c)
    width = high - low
    below, above = elementary.ndtr(score), elementary.ndtr(-score)
    return np.asarray(np.where(score <= 0.0, low + width * below, high - width * above))


def _sinh_ratio(z: Vector, delta: float, c: float) -> Vector:
    """Return sinh(delta z) / sinh(2 delta c), also for delta = 0."""
    if delta == 0.0:
        return z / (2.0 * c)
    with np.errstate(over="ignore"):
        return np.asarray(elementary.sinh(delta * z) / elementary.sinh(2.0 * delta * c))


def _b_score(x: Vector, *params: float) -> Vector:
    low, high = params[4], params[5]
    start, rise, delta, shift, c = _b_shape(*params)
    width = high - low
    below = elementary.ndtri(np.clip((x - low) / width, 0.0, 1.0))
    above = -elementary.ndtri(np.clip((high - x) / width, 0.0, 1.0))
    step = (np.where(x - low <= high - x, below, above) - start) / rise
    if delta == 0.0:
        return np.asarray(2.0 * c * step - shift)
    return np.asarray(elementary.asinh(step * elementary.sinh(2.0 * delta * c)) / delta - shift)


def _value(z: Vector, *params: float) -> Vector:
    """Return x for normal scores `z`."""
    alpha, x1, x2, x3, low, high = params
    if isfinite(low) and isfinite(high):
        return _b_value(z, *params)
    if isfinite(low):
        return _s_value(z, alpha, x1, x2, x3, low)
    return -_s_value(-z, alpha, -x3, -x2, -x1, -high)


def _score(x: Vector, *params: float) -> Vector:
    """Return the normal score of `x`."""
    alpha, x1, x2, x3, low, high = params
    if isfinite(low) and isfinite(high):
        return _b_score(x, *params)
    if isfinite(low):
        return _s_score(x, alpha, x1, x2, x3, low)
    return -_s_score(-x, alpha, -x3, -x2, -x1, -high)


def quantile(u: Vector, *params: float) -> Vector:
    """Return the value at the normal score of `u`."""
    return _value(normal_score(u), *params)


def isf(q: Vector, *params: float) -> Vector:
    """Return the value at minus the normal score of `q`."""
    return _value(-normal_score(q), *params)


def cdf(x: Vector, *params: float) -> Vector:
    """Return P(X <= x), in closed form."""
    return np.asarray(elementary.ndtr(_score(np.asarray(x, dtype=np.float64), *params)))


def sf(x: Vector, *params: float) -> Vector:
    """Return P(X > x), in closed form."""
    return np.asarray(elementary.ndtr(-_score(np.asarray(x, dtype=np.float64), *params)))


def support(*params: float) -> tuple[float, float]:
    """Return the ends."""
    return params[4], params[5]


@lru_cache(maxsize=256)
def mean_sd(*params: float) -> tuple[float, float]:
    """Integrate over the normal score by the trapezoidal rule, halving until nothing changes.

    The integrand is analytic and dies off at both ends, where that rule converges faster than
    any power of the step.
    """
    old = (nan, nan)
    for halving in range(3, 12):
        z = np.arange(-38.0 * 2**halving, 38.0 * 2**halving + 1) / 2**halving
        new = _trapezoid(z, params)
        if halving > 3 and np.allclose(new, old, rtol=1e-13, atol=0.0):
            break
        old = new
    return new


def _trapezoid(z: Vector, params: tuple[float, ...]) -> tuple[float, float]:
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        x = _value(z, *params) - params[2]
        weight = elementary.exp(-0.5 * z * z)
        total = elementary.total(weight)
        mean = float(elementary.dot(x, weight) / total)
        sd = sqrt(float(elementary.dot((x - mean) * (x - mean), weight) / total))
    return (params[2] + mean, sd) if isfinite(mean) and isfinite(sd) else (nan, nan)


def check(alpha: float, x1: float, x2: float, x3: float, low: float, high: float) -> None:
    """Check low < the three values < high."""
    names = [f"p{100 * alpha:.12g}", "p50", f"p{100 - 100 * alpha:.12g}"]
    values = dict(zip(names, (x1, x2, x3), strict=True))
    rising(values, *names)
    if low >= x1:
        raise ParameterError(
            f"low = {show(low)} is not below {names[0]} = {show(x1)}",
            "Write an end below all three percentiles.",
            ("low",),
        )
    if high <= x3:
        raise ParameterError(
            f"high = {show(high)} is not above {names[2]} = {show(x3)}",
            "Write an end above all three percentiles.",
            ("high",),
        )


def _solve(values: dict[str, float]) -> dict[str, float]:
    percentiles = sorted(
        (key for key in values if percentile_of(key)), key=lambda key: percentile_of(key) or 0.0
    )
    first, middle, last = percentiles
    low, high = values["low"], values["high"]
    if low == -inf and high == inf:
        rising(values, *percentiles)
        if values[first] <= 0.0:
            raise ParameterError(
                f"{first} = {show(values[first])} is not above 0, so the lower end is not clear",
                "Write the lowest possible value as low (or the highest as high).",
                (first,),
            )
        low = 0.0
    return {
        "alpha": (percentile_of(first) or 0.0) / 100.0,
        "lower": values[first],
        "middle": values[middle],
        "upper": values[last],
        "low": low,
        "high": high,
    }


def oracle(*params: float) -> Any:
    """Return the published formulas, word for word in extended precision, as scipy.stats does."""
    from simcost.families._jqpd_oracle import published

    return published(*params)


def describe(alpha: float, x1: float, x2: float, x3: float, low: float, high: float) -> str:
    """Return the three percentiles and the ends."""
    p = 100 * alpha
    ends = (
        f"{'no end' if low == -inf else brief(low)} to {'no end' if high == inf else brief(high)}"
    )
    return (
        f"jqpd with P{p:.4g} {brief(x1)}, P50 {brief(x2)}, P{100 - p:.4g} {brief(x3)}, from {ends}"
    )


def _words() -> tuple[Parameter, ...]:
    return tuple(
        Parameter(name, doc)
        for name, doc in (
            ("p5", "one in twenty is below it"),
            ("p10", "one in ten is below it"),
            ("p50", "the median"),
            ("p90", "one in ten is above it"),
            ("p95", "one in twenty is above it"),
        )
    )


def _way(*keys: str) -> Elicitation:
    return Elicitation(
        keys,
        optional=("low", "high"),
        solve=_solve,
        doc="three percentiles; without low and high the lower end is 0",
    )


FAMILY = Family(
    name="jqpd",
    summary="exactly your three percentiles, smooth, with the ends you know",
    parameters=(
        Parameter("alpha", "the probability below the lowest percentile", low=0.0, high=0.5),
        Parameter("lower", "the lowest percentile"),
        Parameter("middle", "the median"),
        Parameter("upper", "the highest percentile"),
        Parameter("low", "the lowest possible value; 0 where neither end is given", default=-inf),
        Parameter("high", "the highest possible value", default=inf),
    ),
    words=_words(),
    elicitations=(_way("p10", "p50", "p90"), _way("p5", "p50", "p95")),
    quantile=quantile,
    cdf=cdf,
    sf=sf,
    isf=isf,
    support=support,
    mean_sd=mean_sd,
    check=check,
    oracle=oracle,
    describe=describe,
    examples=(
        {"p10": 10, "p50": 20, "p90": 80},
        {"p10": 10, "p50": 20, "p90": 25, "low": 0, "high": 100},
        {"p5": -3, "p50": 1, "p95": 2, "high": 5},
        {"p10": -5, "p50": 0, "p90": 20, "low": -10},
    ),
    source="Hadlock & Bickel (2017), Decision Analysis 14, 35; (2019), Decision Analysis 16, 190",
)
