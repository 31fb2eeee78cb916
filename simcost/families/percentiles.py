"""Percentiles: a smooth curve through four or more of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from simcost import elementary
from simcost.errors import ModelError, ParameterError, Problem
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._checks import rising
from simcost.families._distribution import Distribution
from simcost.families._number import fail, number, percentile_of
from simcost.families._pchip import Monotone
from simcost.families._tails import normal_score
from simcost.families._text import brief, listed, show

LEAST = 4


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Percentiles(Distribution):
    """A monotone cubic of x, or of its logarithm, in the normal score of u.

    The logarithm is used when all values are above 0, so the result stays above 0 and points of
    a lognormal give that lognormal back; otherwise x itself, so points of a normal give that
    normal. Beyond the outer points the curve goes on as a straight line.

    Parameters
    ----------
    points : mapping of float to float
        Probability (between 0 and 1) to value, both strictly ascending; two or more.
    """

    points: tuple[tuple[float, float], ...]
    _curve: Monotone
    _logarithmic: bool

    def __init__(self, points: Mapping[float, float]) -> None:
        pairs = tuple(sorted((float(u), float(x) + 0.0) for u, x in points.items()))
        u, x = (np.array(column) for column in zip(*pairs, strict=True))
        logarithmic = bool(x[0] > 0.0)
        curve = Monotone.through(
            normal_score(u), elementary.log(x) if logarithmic else x, straight_ends=True
        )
        object.__setattr__(self, "points", pairs)
        object.__setattr__(self, "_curve", curve)
        object.__setattr__(self, "_logarithmic", logarithmic)

    @property
    def family(self) -> str:
        """Always ``percentiles``."""
        return "percentiles"

    @property
    def params(self) -> tuple[tuple[float, float], ...]:
        """Pairs of probability and value."""
        return self.points

    @property
    def key(self) -> str:
        """Every probability and value, in full precision."""
        return f"percentiles({','.join(f'{u!r}={x!r}' for u, x in self.points)})"

    def quantile(self, u: Vector) -> Vector:
        """Return the curve at the normal score of `u`."""
        return self._value(normal_score(np.asarray(u, dtype=np.float64)))

    def isf(self, q: Vector) -> Vector:
        """Return the curve at minus the normal score of `q`."""
        return self._value(-normal_score(np.asarray(q, dtype=np.float64)))

    def _value(self, z: Vector) -> Vector:
        y = self._curve.at(z)
        with np.errstate(over="ignore"):
            return elementary.exp(y) if self._logarithmic else y

    def _score(self, x: Vector) -> Vector:
        x = np.asarray(x, dtype=np.float64)
        if not self._logarithmic:
            return self._curve.inverse(x)
        with np.errstate(divide="ignore"):
            return self._curve.inverse(elementary.log(np.maximum(x, 0.0)))

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        return np.asarray(elementary.ndtr(self._score(x)), dtype=np.float64)

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        return np.asarray(elementary.ndtr(-self._score(x)), dtype=np.float64)

    def support(self) -> tuple[float, float]:
        """Return (0, inf) for positive values, else the whole line."""
        return (0.0 if self._logarithmic else -inf), inf

    def kinks(self) -> tuple[float, ...]:
        """Return the given probabilities: the second derivative jumps there."""
        return tuple(u for u, _ in self.points)

    def describe(self) -> str:
        """Return the points."""
        return "percentiles " + ", ".join(f"P{100 * u:.4g} {brief(x)}" for u, x in self.points)


def make(table: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a table whose keys are percentiles."""
    found: dict[float, str] = {}
    values: dict[str, float] = {}
    problems: list[Problem] = []
    for key, value in table.items():
        try:
            percent = _percent(key)
            if percent in found:
                raise ParameterError(
                    f"{found[percent]} and {key} are the same", "Keep one of them.", (key,)
                )
            found[percent] = key
            values[key] = number(value, key)
        except ModelError as error:
            problems += error.problems
    if problems:
        raise fail(problems)
    if len(found) < LEAST:
        raise _too_few(found, values)
    ordered = sorted(found)
    rising(values, *(found[percent] for percent in ordered))
    return Percentiles({percent / 100.0: values[found[percent]] for percent in ordered})


def _percent(key: str) -> float:
    percent = percentile_of(key)
    if percent is None:
        raise ParameterError(f"percentiles has no {key}", "Give four or more of p1 … p99.", (key,))
    if not 0.0 < percent < 100.0:
        raise ParameterError(
            f"{key} is no percentile: it would be the end of the range",
            "Write a percentile between 0 and 100, such as p1 or p99; within = [a, b] sets ends.",
            (key,),
        )
    return percent


def _too_few(found: Mapping[float, str], values: Mapping[str, float]) -> ParameterError:
    names = [found[percent] for percent in sorted(found)]
    given = f"only {listed(names)} {'is' if len(names) == 1 else 'are'} given" if names else "none"
    message = f"percentiles needs four or more; {given}"
    numbers = ", ".join(f"{name} = {show(values[name])}" for name in names)
    if len(names) == 2:
        fix = f"Add some, or write lognormal = {{ {numbers} }} or normal = {{ {numbers} }}."
        return ParameterError(message, fix)
    if sorted(found) in ([10.0, 50.0, 90.0], [5.0, 50.0, 95.0]):
        return ParameterError(message, f"Add one, or write jqpd = {{ {numbers} }}.")
    return ParameterError(message, "Add some, such as p5, p25, p75, p95.")


FAMILY = Family(
    name="percentiles",
    summary="a smooth curve exactly through four or more percentiles",
    parameters=(Parameter("p50", "the median; likewise p1 … p99, and in between as p2.5 or p2_5"),),
    elicitations=(Elicitation((), percentiles=LEAST, doc="four or more of p1 … p99"),),
    make=make,
    examples=(
        {"p5": 2.0, "p25": 4.0, "p50": 6.0, "p75": 10.0, "p95": 25.0},
        {"p10": -4.0, "p30": 0.0, "p70": 3.0, "p90": 11.0},
    ),
    source="Fritsch & Butland (1984), SIAM J. Sci. Stat. Comput. 5, 300",
)
