"""A curve of probabilities as a quantile function and its exact inverse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcost import elementary
from simcost.families._base import Vector
from simcost.families._compound_ladder import Curve, between
from simcost.families._pchip import Monotone

_RISE = 1e-12  # relative rise of a probability below which it counts as flat
_FAINT = 1e-6  # probability of an atom inside the range that is not worth a part of its own
_NOTHING = 1e-18  # probability of a side that is left out


@dataclass(frozen=True, slots=True, eq=False)
class SumTable:
    """The law of a compound sum: a lower and an upper part, and an atom at 0 beside them.

    The lower part interpolates x in the logarithm of the probability from its start, the upper
    part in that of the probability to its end; both keep their digits in their tail.

    Parameters
    ----------
    lower, upper : Monotone
        The parts.
    lower_from, lower_to : float
        The u of the lower part.
    upper_from : float
        The u at which the upper part starts.
    high_atom : float
        Probability of the atom where it lies above both.
    low, high : float
        Support.
    """

    lower: Monotone
    upper: Monotone
    lower_from: float
    lower_to: float
    upper_from: float
    high_atom: float
    low: float
    high: float

    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(S <= x) >= u}."""
        u = np.asarray(u, dtype=np.float64)
        return self._at(u, 1.0 - u)

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(S > x) <= q}."""
        q = np.asarray(q, dtype=np.float64)
        return self._at(1.0 - q, q)

    def _at(self, u: Vector, q: Vector) -> Vector:
        x = np.zeros(u.shape)
        left = (u > self.lower_from) & (u <= self.lower_to)
        right = (u > self.upper_from) & (q >= self.high_atom)
        with np.errstate(divide="ignore"):
            lower = self.lower.at(elementary.log(u[left] - self.lower_from))
            upper = self.upper.at(-elementary.log(q[right] - self.high_atom))
        x[left] = np.maximum(lower, self.lower.x[0]) if self.lower_from else lower
        x[right] = np.minimum(upper, self.upper.x[-1]) if self.high_atom else upper
        return np.clip(x, self.low, self.high)

    def cdf(self, x: Vector) -> Vector:
        """Return P(S <= x)."""
        below, above, left = self._probabilities(x)
        return np.where(left, below, 1.0 - above)

    def sf(self, x: Vector) -> Vector:
        """Return P(S > x)."""
        below, above, left = self._probabilities(x)
        return np.where(left, 1.0 - below, above)

    def _probabilities(self, x: Vector) -> tuple[Vector, Vector, np.typing.NDArray[np.bool_]]:
        x = np.asarray(x, dtype=np.float64)
        left = x < self.upper.x[0]
        below, above = np.zeros(x.shape), np.zeros(x.shape)
        below[left] = np.minimum(
            self.lower_from + elementary.exp(self.lower.inverse(x[left])), self.lower_to
        )
        above[~left] = np.minimum(
            self.high_atom + elementary.exp(-self.upper.inverse(x[~left])), 1.0 - self.upper_from
        )
        below[x < self.low] = 0.0
        above[x >= self.high] = 0.0
        left = np.where(x >= self.high, False, left | (x < self.low))
        return below, above, left


def sum_table(curve: Curve, none: float, low: float, high: float) -> SumTable:
    """Return the law with P(S = 0) = `none` and the rest as in `curve`.

    Parameters
    ----------
    curve : Curve
        The sum, given that there is a loss that is not zero.
    none : float
        Probability of no such loss.
    low, high : float
        Support of the sum.
    """
    x, below, above = curve.x, curve.below, curve.above
    if 0.0 < none < _FAINT and x[0] < 0.0 < x[-1]:
        # Spread over one step of the curve, it does not cut the lower tail off at 0.
        below, above, none = below + none * (x >= 0.0), above + none * (x < 0.0), 0.0
    zero = np.array([0.0])
    start, rest = (
        float(between(x, side, zero)[0]) if x[0] < 0.0 < x[-1] else _line(x, side)
        for side in (below, above)
    )
    if none > 0.0 and x[0] < 0.0 < x[-1] and min(start, rest) > _NOTHING:
        room = 0.25 * _line(x, np.gradient(x))
        before, after = x < -room, x > room
        lower = _rising(np.append(x[before], 0.0), np.append(below[before], start))
        upper = _falling(np.append(0.0, x[after]), np.append(rest, above[after]))
        return SumTable(lower, upper, 0.0, start, start + none, 0.0, low, high)
    # The atom lies before or after everything else (or there is none).
    first = none if start <= rest else 0.0
    middle = int(np.clip(np.searchsorted(below, 0.5 * (1.0 - none)), 1, x.size - 2))
    lower = _rising(x[: middle + 1], below[: middle + 1])
    upper = _falling(x[middle:], above[middle:])
    split = first + float(below[middle])
    return SumTable(lower, upper, first, split, split, none - first, low, high)


def _line(x: Vector, y: Vector) -> float:
    """Return y at x = 0 on straight lines between points, and as at the end beyond them."""
    at = int(np.searchsorted(x, 0.0))
    if at == 0 or at == x.size:
        return float(y[min(at, x.size - 1)])
    share = -x[at - 1] / (x[at] - x[at - 1])
    return float(y[at - 1] + share * (y[at] - y[at - 1]))


def _rising(x: Vector, p: Vector) -> Monotone:
    """Return x as a curve in log p, for non-negative p that rise but for rounding."""
    p = np.maximum.accumulate(p)
    # Where the range begins with a jump of the density, its very first point is needed too.
    start = int(np.argmax(p > 0.0))
    if start:
        p[start - 1] = 1e-6 * p[start]
    rises = np.append(True, p[1:] > p[:-1] * (1.0 + _RISE)) & (p > 0.0)
    # Both ends of a flat stretch stay, so that a gap in the range remains one.
    kept = (rises | np.append(rises[1:], False)) & (p > 0.0)
    s = elementary.log(p[kept])
    flat = ~rises[kept]
    s[flat] = np.minimum(s[flat] + 1e-14 * np.maximum(1.0, np.abs(s[flat])), 0.0)
    s = np.maximum.accumulate(s)
    fresh = np.append(True, np.diff(s) > 0.0)
    return Monotone.through(s[fresh], x[kept][fresh])


def _falling(x: Vector, p: Vector) -> Monotone:
    """Return x as a curve in -log p, for non-negative p that fall but for rounding."""
    curve = _rising(-x[::-1], p[::-1])
    return Monotone(-curve.s[::-1], -curve.x[::-1], curve.slopes[::-1])
