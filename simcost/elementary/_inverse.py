"""Inverses of the incomplete beta and gamma functions.

On the scale s = log(x / (1 - x)), or log x, the density of either law is log-concave, and so are
both tails: log p(s) is concave with derivative h / p, where h is the density on that scale and
comes for free with p. Halley's method on log p, from an interpolated table, takes one step, or two.

Source of the method: Hörmann & Leydold (2003), ACM Transactions on Modeling and Computer
Simulation 13(4), 347-362 (starting from a table); DLMF 3.8(v) (Halley's rule).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import numpy as np

from simcost.elementary._arcs import sinh
from simcost.elementary._beta import beta_parts
from simcost.elementary._bits import Vector, select
from simcost.elementary._exponential import swift_exp, swift_fast_exp
from simcost.elementary._gamma import gamma_parts
from simcost.elementary._logarithm import log, swift_log
from simcost.elementary._remembered import Remembered

# A point is a pair (x, 1 - x), or x twice where it has no upper end.
Point = tuple[Vector, Vector]
NODES = 128
REACH = (-4.8, 2.6)  # of the table, in units of arcsinh of standard deviations
MOST_STEPS = 40
# A step below this part of a standard deviation leaves an error of its cube.
CLOSE = 2.0**-17


@dataclass(frozen=True, slots=True)
class Tail:
    """One tail as a rising function of s.

    Parameters
    ----------
    values : callable
        From a point to p, h = dp/ds and the derivative of log h.
    place : callable
        From s to a point.
    move : callable
        From a point and a step of s to a point, without losing digits.
    nodes : float64[n]
        Where to tabulate it, ascending.
    spread : float
        Standard deviation of s, or how far it may well be from the table if that is less.
    """

    values: Callable[[Point], tuple[Vector, Vector, Vector]]
    place: Callable[[Vector], Point]
    move: Callable[[Point, Vector], Point]
    nodes: Vector
    spread: float


@dataclass(frozen=True)
class Start:
    """Quintics of s in log p between the nodes of a table."""

    levels: Vector
    s: Vector
    first: Vector
    second: Vector

    @cached_property
    def cells(self) -> Vector:
        """Left end, width, value and coefficients of each cell, float64[8, n - 1]."""
        left, low = self.levels[:-1], self.s[:-1]
        width = self.levels[1:] - left
        rise = self.s[1:] - low
        slope, end = self.first[:-1] * width, self.first[1:] * width
        bend = 0.5 * self.second[:-1] * (width * width)
        twist = 0.5 * self.second[1:] * (width * width)
        gap, lean = rise - slope - bend, end - slope - 2.0 * bend
        turn = twist - bend
        c3 = 10.0 * gap - 4.0 * lean + turn
        c4 = -15.0 * gap + 7.0 * lean - 2.0 * turn
        c5 = 6.0 * gap - 3.0 * lean + turn
        return np.stack([left, width, low, slope, bend, c3, c4, c5])

    def at(self, level: Vector) -> Vector:
        """Return s at log p = `level`; a straight line beyond the table."""
        cell = np.clip(np.searchsorted(self.levels, level) - 1, 0, len(self.levels) - 2)
        left, width, low, slope, bend, c3, c4, c5 = self.cells.take(cell, axis=1)
        t = (level - left) / width
        step = t * (slope + t * (bend + t * (c3 + t * (c4 + t * c5))))
        before, beyond = t < 0.0, t > 1.0
        if before.any():
            step[before] = (t * slope)[before]
        if beyond.any():
            rise = self.s[-1] - self.s[-2]
            end = self.first[-1] * (self.levels[-1] - self.levels[-2])
            step[beyond] = rise + (t[beyond] - 1.0) * end
        return np.asarray(low + step)


def spaced(low: float, high: float, count: int) -> Vector:
    """Return evenly spaced numbers; NumPy's own may round differently from one build to another."""
    return np.asarray(low + (high - low) / (count - 1) * np.arange(count), np.float64)


@cache
def _places() -> Vector:
    """Return where nodes are, in standard deviations."""
    return np.asarray(sinh(spaced(*REACH, NODES)))


def _nodes(centre: float, spread: float) -> Vector:
    return np.asarray(centre + spread * _places())


def start_of(tail: Tail) -> Start:
    """Tabulate a tail."""
    with np.errstate(all="ignore"):  # the last nodes may be beyond all numbers
        return _start(tail.nodes, *tail.values(tail.place(tail.nodes)))


def _start(s: Vector, p: Vector, h: Vector, bend: Vector) -> Start:
    good = (p > 1e-300) & (h > 1e-100 * p) & np.isfinite(bend)
    s, p, h, bend = s[good], p[good], h[good], bend[good]
    levels = swift_log(p)
    # A table must rise; where p is 1 but for rounding it need not.
    rising = np.append(True, np.diff(np.maximum.accumulate(levels)) > 0.0)
    slope = h / p
    second = -slope * (bend - slope) / (slope * slope * slope)
    return Start(levels[rising], s[rising], (1.0 / slope)[rising], second[rising])


def invert(tail: Tail, start: Start, p: Vector) -> Point:
    """Return the points at which the tail is `p`, in (0, 1); far above one half with fewer digits.

    Each element stops by itself, so it does not depend on the others.
    """
    with np.errstate(all="ignore"):
        level = log_of(p)
        place = tail.place(start.at(level))
        todo = np.arange(p.size)
        close = CLOSE * min(tail.spread, 1.0)
        here, target = place, p
        for _ in range(MOST_STEPS):
            step = _halley(*tail.values(here), target, 8.0 * tail.spread)
            here = tail.move(here, step)
            for whole, part in zip(place, here, strict=True):
                whole[todo] = part
            # Below the normal range a point has no digits left to be moved by.
            far = (abs(step) > close) & (here[0] > 1e-300) & (here[1] > 1e-300)
            if not far.any():
                break
            here, target, todo = (here[0][far], here[1][far]), target[far], todo[far]
    return place


def _halley(value: Vector, density: Vector, bend: Vector, target: Vector, longest: float) -> Vector:
    """Return the steps of s from `value` towards `target`, none longer than `longest`."""
    slope = density / value
    newton = -_log_ratio(value, target) / slope
    # Not more than twice Newton's step, nor less than half.
    share = np.clip(1.0 + 0.5 * newton * (bend - slope), 0.5, 2.0)
    step = np.clip(newton / share, -longest, longest)
    return np.where(np.isfinite(step), step, 0.0)


@Remembered
def log_of(p: Vector) -> Vector:
    """Return log p for positive p."""
    return np.asarray(swift_log(p))


def _log_ratio(value: Vector, target: Vector) -> Vector:
    """Return log(value / target), by a few terms of its series where that is close to 0."""
    r = (value - target) / target
    near = r * (1.0 + r * (-1 / 2 + r * (1 / 3 + r * (-1 / 4 + r * (1 / 5 + r * (-1 / 6))))))
    far = ~(abs(r) < 2.0**-9)
    if far.any():
        near[far] = log(value[far] / target[far])
    return near


def _logistic(s: Vector) -> Point:
    small = swift_exp(-abs(s))
    near, far = 1.0 / (1.0 + small), small / (1.0 + small)
    return select(s > 0.0, near, far), select(s > 0.0, far, near)


def _shift(point: Point, step: Vector) -> Point:
    x, y = point
    # The step is small where digits matter, so nothing is lost by subtracting.
    grown = swift_fast_exp(step) - 1.0
    scale = 1.0 + x * grown
    return x * (1.0 + grown) / scale, y / scale


@lru_cache(maxsize=256)
def _beta_tail(a: float, b: float) -> Tail:
    def values(point: Point) -> tuple[Vector, Vector, Vector]:
        x, y = point
        lower, _, front = beta_parts(a, b, x, y)
        return lower, front, a * y - b * x

    variance = 1.0 / a + 1.0 / b + 1.0 / (a * a) + 1.0 / (b * b)
    centre = float(log(a / b)) - 0.5 / a + 0.5 / b
    spread = float(np.sqrt(variance))
    return Tail(values, _logistic, _shift, _nodes(centre, spread), spread)


@lru_cache(maxsize=256)
def _beta_starts(a: float, b: float) -> tuple[Start, Start]:
    """Return those of the lower and of the upper tail, at one go."""
    s = np.concatenate([_beta_tail(a, b).nodes, -_beta_tail(b, a).nodes])
    x, y = _logistic(s)
    lower, upper, front = beta_parts(a, b, x, y)
    bend = a * y - b * x
    one, two = slice(0, NODES), slice(NODES, None)
    return (
        _start(s[one], lower[one], front[one], bend[one]),
        _start(-s[two], upper[two], front[two], -bend[two]),
    )


def beta_point(a: float, b: float, p: Vector) -> Point:
    """Return x and 1 - x with I(a, b; x) = `p`, for p in (0, 1/2].

    Parameters
    ----------
    a, b : float
        Positive. Swap them, and the two results, for the upper tail.
    p : float64[n]
    """
    start = _beta_starts(a, b)[0] if a <= b else _beta_starts(b, a)[1]
    return invert(_beta_tail(a, b), start, p)


@lru_cache(maxsize=256)
def _gamma_tail(a: float, upper: bool) -> tuple[Tail, Start]:
    sign = -1.0 if upper else 1.0

    def values(point: Point) -> tuple[Vector, Vector, Vector]:
        x = point[0]
        lower, high, front = gamma_parts(a, x)
        return (high if upper else lower), front, sign * (a - x)

    def place(s: Vector) -> Point:
        x = np.asarray(swift_exp(sign * s))
        return x, x

    def move(point: Point, step: Vector) -> Point:
        x = point[0] * swift_exp(sign * step)
        return x, x

    spread = float(np.sqrt(1.0 / a + 1.0 / (a * a)))
    nodes = _nodes(sign * (float(log(np.float64(a))) - 0.5 / a), spread)
    if upper and a < 2.0:
        # From below the median to where nothing is left, most of them above exp(-3).
        spread = min(spread, 1.0)
        nodes = np.concatenate([-spaced(6.7, -3.0, 96), spaced(3.3, 4.0 + 1.0 / a, 32)])
    tail = Tail(values, place, move, nodes, spread)
    return tail, start_of(tail)


def gamma_point(a: float, p: Vector, *, upper: bool) -> Vector:
    """Return x with P(a, x) = `p`, or Q(a, x) = `p` where `upper`, for p in (0, 1/2].

    Parameters
    ----------
    a : float
        Positive.
    p : float64[n]
    upper : bool
    """
    return invert(*_gamma_tail(a, upper), p)[0]
