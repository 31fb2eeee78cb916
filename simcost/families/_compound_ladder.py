"""The law of a sum of a random number of losses, on a ladder of growing windows.

P(S <= x) = P(N = 0) + P(N = 1) P(X <= x) + P(S <= x, N >= 2). The first two terms are exact; the
third is smooth and comes from one Fourier transform a window. Each window is four times as wide
as the one below it and is used for its outer three quarters, so the relative resolution is the
same from the smallest sums to the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, exp, frexp, inf, isfinite, ldexp

import numpy as np
import numpy.typing as npt

from simcost import elementary
from simcost.families._base import Vector
from simcost.families._compound_cells import Cells, first_spacing
from simcost.families._compound_count import Count
from simcost.families._compound_severity import Severity
from simcost.families._compound_window import LEAD, Frame, Points, cumulant, frame_masses, points_of

CELLS = 8192  # cells of a window
RUNGS = 40  # at most so many windows below the widest
COARSE = 0.002  # probability of a single loss in one cell from which it gets points of its own
DEPTH = 46.0  # -log of the probability left outside the ladder
FAR = 1e-11  # probability left outside it where the tail is heavy
_GRID = np.concatenate(
    [elementary.power(10.0, np.arange(-64, -8) / 4.0), 0.01 + 0.002 * np.arange(245)]
)
_NODES, _WEIGHTS = elementary.gauss_legendre(5)


@dataclass(frozen=True, slots=True)
class Curve:
    """P(S <= x, N > 0) and P(S > x, N > 0) at ascending x, each accurate where it is small."""

    x: Vector
    below: Vector
    above: Vector

    def mirrored(self) -> Curve:
        """Return the curve of -S."""
        return Curve(-self.x[::-1], self.above[::-1], self.below[::-1])


def weighted_points(severity: Severity) -> Points:
    """Return the severity as Gauss-Legendre points on octaves of both tail probabilities."""
    tops = np.ldexp(1.0, -np.arange(1, 67))
    tails = (0.25 * tops[:, None] * (_NODES + 3.0)).ravel()
    weights = (0.25 * tops[:, None] * _WEIGHTS).ravel()
    values = np.concatenate([severity.quantile(tails)[::-1], severity.isf(tails)])
    return Points(values, elementary.log(np.concatenate([weights[::-1], weights])))


def reach(log_transform: Callable[[float], float], depth: float, unit: float) -> float:
    """Return a bound that S exceeds with probability exp(-depth) at most (Chernoff)."""

    def bound(log_theta: float) -> float:
        theta = exp(log_theta) / unit
        value = (log_transform(theta) + depth) / theta
        return value if isfinite(value) else inf

    grid = np.arange(-80.0, 46.0, 1.0)
    values = [bound(point) for point in grid]
    best = grid[int(np.argmin(values))]
    fine = best + np.linspace(-1.0, 1.0, 21)
    return _rounded_up(min(bound(point) for point in fine))


def _rounded_up(x: float) -> float:
    """Return `x`, up to 1% larger: what came from a library's functions loses its last bits."""
    if not isfinite(x) or x == 0.0:
        return x
    part, exponent = frexp(x)
    return ldexp(ceil(part * 256.0 + 0.5) / 256.0, exponent)


def is_heavy(severity: Severity) -> bool:
    """Whether the upper tail falls more slowly than an exponential."""
    a, b, c, d = severity.isf(np.array([1e-4, 1e-8, 1e-12, 1e-16]))
    return bool(d - c > 1.6 * (b - a))


def one_sided_curve(count: Count, severity: Severity) -> Curve:
    """Return the curve for a severity whose lower tail is bounded or light."""
    points = weighted_points(severity)
    whole = cumulant(count, points)
    q = severity.quantile(np.array([0.05, 0.25, 0.5, 0.75, 0.95]))
    unit = float(max(abs(q).max(), 1e-300))
    high = reach(whole, DEPTH, unit)
    heavy = is_heavy(severity)
    if heavy:
        high = min(high, one_big_loss(count, severity, points))
    low = -reach(lambda theta: whole(-theta), DEPTH, unit)
    if severity.low >= 0.0:
        least = 1 if count.start()[1] else 2
        low = max(low, 0.0, severity.low * max(least, count.least()))
    widths = _widths(count, severity, low, high)
    cells = Cells(severity, first_spacing(severity, widths[0] / CELLS))
    farthest = float(severity.isf(np.array([1e-22]))[0])
    edges = [np.array([low])]
    masses: list[Vector] = []
    for width in widths:
        spacing = width / CELLS
        # A little further than needed: the cut must not show inside the window.
        most = min(
            _most(count, severity, low + width, 2.0 * (width + unit)) + LEAD * spacing, farthest
        )
        moments, first = cells.at(spacing, most)
        if not (moments[:, 0] > 0.0).any():
            continue
        seen = cumulant(count, points_of(moments, first, spacing))
        frame = Frame(count, seen, low, spacing, CELLS)
        if not frame.fits:
            continue
        used = CELLS // 4 if masses else 0
        masses.append(frame_masses(frame, moments, first, used))
        edges.append(low + spacing * np.arange(used + 1, CELLS + 1))
    curve = with_single_losses(count, severity, np.concatenate(edges), np.concatenate(masses))
    return with_far_tail(count, severity, curve) if heavy else curve


def with_single_losses(count: Count, severity: Severity, x: Vector, masses: Vector) -> Curve:
    """Add up masses from both ends, and add the case of exactly one loss.

    That case may be much narrower than the sum: points of its own resolve it.
    """
    one = count.start()[1]
    below = np.append(0.0, np.cumsum(masses))
    above = np.append(np.cumsum(masses[::-1])[::-1], 0.0)
    if not one:
        return Curve(x, below, above)
    marks = severity.marks
    if one * np.diff(severity.cdf(x)).max() > COARSE:
        marks = np.concatenate([marks, severity.quantile(_GRID), severity.isf(_GRID)])
    marks = np.unique(marks[(marks > x[0]) & (marks < x[-1])])
    old = x[_apart(x, marks)]
    every = np.concatenate([old, marks])
    order = np.argsort(every)
    every = every[order]
    below, above = (between(x, side, every) for side in (below, above))
    return Curve(every, below + one * severity.cdf(every), above + one * severity.sf(every))


def _apart(x: Vector, marks: Vector) -> npt.NDArray[np.bool_]:
    """Tell which of the points `x` are not close to a mark; the ends always stay."""
    if not marks.size:
        return np.ones(x.shape, dtype=np.bool_)
    at = np.clip(np.searchsorted(marks, x), 1, marks.size) - 1
    near = np.minimum(np.abs(x - marks[at]), np.abs(marks[np.minimum(at + 1, marks.size - 1)] - x))
    apart = near > 0.25 * np.gradient(x)
    apart[[0, -1]] = True
    return np.asarray(apart)


def between(x: Vector, y: Vector, at: Vector) -> Vector:
    """Interpolate a smooth curve by cubics through the four nearest points; exact at points."""
    first = np.clip(np.searchsorted(x, at) - 2, 0, x.size - 4)
    knots = x[first[:, None] + np.arange(4)]
    total = np.zeros(at.shape)
    for i in range(4):
        weight = np.ones(at.shape)
        for j in range(4):
            if j != i:
                weight *= (at - knots[:, j]) / (knots[:, i] - knots[:, j])
        total += weight * y[first + i]
    return total


def with_far_tail(count: Count, severity: Severity, curve: Curve) -> Curve:
    """Continue a heavy upper tail, where one loss is as large as the whole sum.

    There P(S > x) = E N P(X > x - d) with a shift d that hardly changes with x (for regularly
    varying severities Omey & Willekens 1986 give its limit); d is read off the resolved part,
    and what lies beyond the last point is added to all above it.
    """
    many, end = count.mean, curve.x[-1]
    above = curve.above
    shift = 0.0
    for level in (1e-8, 1e-10):
        at = int(np.searchsorted(-above, -level))
        at = min(max(at, 0), above.size - 2)
        shift = float(curve.x[at] - severity.isf(above[at : at + 1] / many)[0])
        beyond = float(many * severity.sf(np.array([end - shift]))[0])
        above = curve.above + beyond - curve.above[-1]
    chances = above[-1] * elementary.power(10.0, -0.25 * np.arange(1, 1160))
    with np.errstate(over="ignore"):
        x = severity.isf(chances / many) + shift
    further = (x > end) & (x < 1e280)
    return Curve(
        np.append(curve.x, x[further]),
        np.append(curve.below, 1.0 - count.start()[0] - chances[further]),
        np.append(above, chances[further]),
    )


def one_big_loss(count: Count, severity: Severity, points: Points) -> float:
    """Return where the sum is so large, beyond all doubt, that one loss makes up for it."""
    many = max(count.mean, 1.0)
    common = points.values <= severity.isf(np.array([min(0.5, 0.01 / many)]))[0]
    weights = elementary.exp(points.log_weights[common])
    values = points.values[common]
    mean, square = elementary.dot(values, weights), elementary.dot(values * values, weights)
    spread = np.sqrt(many * square + count.sd * mean * (count.sd * mean))
    return float(count.mean * mean + 9.0 * spread + severity.isf(np.array([FAR / many]))[0])


def _most(count: Count, severity: Severity, end: float, wide: float) -> float:
    """Return the largest loss that matters to sums up to `end`, in a window that takes `wide`."""
    if severity.low < 0.0:
        return wide
    return min(end - (max(2, count.least()) - 1) * severity.low, wide)


def _widths(count: Count, severity: Severity, low: float, high: float) -> list[float]:
    """Widths of the windows, ascending."""
    widths = [high - low]
    while len(widths) <= RUNGS and widths[0] > 0.25 * abs(low):
        chance = float(severity.cdf(np.array([low + widths[0]]))[0])
        if chance * max(count.mean, 1.0) < 1e-9:
            break
        widths.insert(0, widths[0] / 4.0)
    return widths
