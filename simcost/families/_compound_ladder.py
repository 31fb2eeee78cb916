"""The law of a sum of a random number of losses, on a ladder of growing windows.

P(S <= x) = P(N = 0) + P(N = 1) P(X <= x) + P(S <= x, N >= 2). The first two terms are exact; the
third is smooth and comes from one Fourier transform a window. Each window is four times as wide
as the one below it and is used for its outer three quarters, so the relative resolution is the
same from the smallest sums to the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np

from simcost.families._base import Vector
from simcost.families._compound_count import Count
from simcost.families._compound_severity import Severity, cell_moments, merged
from simcost.families._compound_window import Frame, Points, cumulant, frame_masses

CELLS = 8192  # cells of a window
RUNGS = 40  # at most so many windows below the widest
FINER = 40  # halvings of the spacing at the lower end of a severity
NEAR = 256  # cells that each of those grids reaches
DEPTH = 46.0  # -log of the probability left outside the ladder
FAR = 1e-11  # probability left outside it where the tail is heavy
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(5)


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
    tops = 0.5 ** np.arange(1, 67)
    tails = (0.25 * tops[:, None] * (_NODES + 3.0)).ravel()
    weights = (0.25 * tops[:, None] * _WEIGHTS).ravel()
    values = np.concatenate([severity.quantile(tails)[::-1], severity.isf(tails)])
    return Points(values, np.log(np.concatenate([weights[::-1], weights])))


def reach(log_transform: Callable[[float], float], depth: float, unit: float) -> float:
    """Return a bound that S exceeds with probability exp(-depth) at most (Chernoff)."""

    def bound(log_theta: float) -> float:
        theta = float(np.exp(log_theta)) / unit
        value = (log_transform(theta) + depth) / theta
        return value if isfinite(value) else inf

    grid = np.arange(-80.0, 46.0, 1.0)
    values = [bound(point) for point in grid]
    best = grid[int(np.argmin(values))]
    fine = best + np.linspace(-1.0, 1.0, 21)
    return min(bound(point) for point in fine)


def is_heavy(severity: Severity) -> bool:
    """Whether the upper tail falls more slowly than an exponential."""
    a, b, c, d = severity.isf(np.array([1e-4, 1e-8, 1e-12, 1e-16]))
    return bool(d - c > 1.6 * (b - a))


def compound_curve(count: Count, severity: Severity) -> Curve:
    """Return the distribution of the sum of N severities, given that there is one.

    Parameters
    ----------
    count : Count
        N, with a positive probability of two or more.
    severity : Severity
        Never zero.

    Returns
    -------
    Curve
    """
    mirror = severity.mirrored()
    if severity.low < 0.0 and is_heavy(mirror):
        if is_heavy(severity):
            return two_sided_curve(count, severity)
        return one_sided_curve(count, mirror).mirrored()
    if severity.high <= 0.0:
        return one_sided_curve(count, mirror).mirrored()
    return one_sided_curve(count, severity)


def one_sided_curve(count: Count, severity: Severity) -> Curve:
    """Return the curve for a severity whose lower tail is bounded or light."""
    points = weighted_points(severity)
    whole = cumulant(count, points)
    q = severity.quantile(np.array([0.05, 0.25, 0.5, 0.75, 0.95]))
    unit = float(max(abs(q).max(), 1e-300))
    high = reach(whole, DEPTH, unit)
    heavy = is_heavy(severity)
    if heavy:
        high = min(high, _one_big_loss(count, severity, points))
    low = -reach(lambda theta: whole(-theta), DEPTH, unit)
    if severity.low >= 0.0:
        low = max(low, 0.0, severity.low * max(2, count.least()))
    widths = _widths(count, severity, low, high)
    cells = _Cells(severity, widths[0] / CELLS, float(q[3] - q[1]) or float(q[4] - q[0]) or unit)
    farthest = float(severity.isf(np.array([1e-22]))[0])
    edges, masses = [np.array([low])], []
    for width in widths:
        spacing = width / CELLS
        most = min(_most(severity, low, width, unit), farthest)
        moments, first = cells.at(spacing, most)
        frame = Frame(count, cumulant(count, points.up_to(most)), low, spacing, CELLS)
        if not frame.fits:
            continue
        used = CELLS // 4 if masses else 0
        masses.append(frame_masses(frame, moments, first, used))
        edges.append(low + spacing * np.arange(used + 1, CELLS + 1))
    curve = with_single_losses(count, severity, np.concatenate(edges), np.concatenate(masses))
    return with_far_tail(count, severity, curve) if heavy else curve


def with_single_losses(count: Count, severity: Severity, x: Vector, masses: Vector) -> Curve:
    """Add up masses from both ends, and add the case of exactly one loss."""
    one = count.start()[1]
    below = np.append(0.0, np.cumsum(masses)) + one * severity.cdf(x)
    above = np.append(np.cumsum(masses[::-1])[::-1], 0.0) + one * severity.sf(x)
    return Curve(x, below, above)


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
    chances = above[-1] * 10.0 ** -np.arange(0.25, 290.0, 0.25)
    x = severity.isf(chances / many) + shift
    further = (x > end) & np.isfinite(x)
    return Curve(
        np.append(curve.x, x[further]),
        np.append(curve.below, 1.0 - count.start()[0] - chances[further]),
        np.append(above, chances[further]),
    )


def _one_big_loss(count: Count, severity: Severity, points: Points) -> float:
    """Return where the sum is so large, beyond all doubt, that one loss makes up for it."""
    many = max(count.mean, 1.0)
    common = points.up_to(float(severity.isf(np.array([min(0.5, 0.01 / many)]))[0]))
    weights = np.exp(common.log_weights)
    mean, square = common.values @ weights, common.values**2 @ weights
    spread = np.sqrt(many * square + (count.sd * mean) ** 2)
    return float(count.mean * mean + 9.0 * spread + severity.isf(np.array([FAR / many]))[0])


def _most(severity: Severity, low: float, width: float, unit: float) -> float:
    """Return the largest loss that a sum inside the window can contain."""
    if severity.low >= 0.0:
        return min(low + width, 2.0 * (width + unit))
    return 2.0 * (width + unit)


def _widths(count: Count, severity: Severity, low: float, high: float) -> list[float]:
    """Widths of the windows, ascending."""
    widths = [high - low]
    while len(widths) <= RUNGS and widths[0] > 0.25 * abs(low):
        chance = float(severity.cdf(np.array([low + widths[0]]))[0])
        if chance * max(count.mean, 1.0) < 1e-9:
            break
        widths.insert(0, widths[0] / 4.0)
    return widths


class _Cells:
    """Moments of the severity on grids of doubling spacing, each made from the one before.

    The first grids are far finer than any window and reach a little beyond the lower end of the
    severity only, so a density without bound there (a gamma of shape 0.3) is resolved.
    """

    def __init__(self, severity: Severity, spacing: float, scale: float) -> None:
        self._severity = severity
        spacing *= 2.0 ** min(0, int(np.floor(np.log2(scale / 64.0 / spacing))))
        self._start = severity.low
        if isfinite(self._start):
            spacing *= 2.0**-FINER
        else:
            self._start = float(severity.quantile(np.array([1e-25]))[0])
        self._spacing = spacing
        self._first = int(np.floor(self._start / spacing))
        self._moments = np.zeros((0, 6))

    def at(self, spacing: float, most: float) -> tuple[Vector, int]:
        """Return moments on a grid of `spacing` up to `most`, and the index of the first cell."""
        while self._spacing < 0.75 * spacing:
            self._extend(min(most, self._start + NEAR * self._spacing))
            self._moments, self._first = merged(self._moments, self._first)
            self._spacing *= 2.0
        self._extend(most)
        return self._moments, self._first

    def _extend(self, most: float) -> None:
        have = self._first + self._moments.shape[0]
        # An even end: merging must not close a cell that is only half filled.
        need = max(have, int(np.ceil(most / self._spacing)))
        need += need % 2
        if need > have:
            more = cell_moments(self._severity, self._spacing, have, need)
            self._moments = np.vstack([self._moments, more])


def two_sided_curve(count: Count, severity: Severity) -> Curve:
    """Return the curve for a severity with two heavy tails.

    Tilting needs one light tail, so the windows are centred instead; each leaves out losses that
    would take a sum from its middle to beyond half the period. Only two such losses of opposite
    sign could bring it back, which squares a probability below 1e-4.
    """
    many = max(count.mean, 1.0)
    ends = severity.isf(np.array([0.5, 0.01 / many, 1e-4 / many, FAR / many]))
    starts = severity.quantile(np.array([0.5, 0.01 / many, 1e-4 / many, FAR / many]))
    centre = count.mean * (severity.mean if isfinite(severity.mean) else float(ends[0]))
    points = weighted_points(severity)
    common = (points.values > starts[1]) & (points.values < ends[1])
    square = float(points.values[common] ** 2 @ np.exp(points.log_weights[common]))
    spread = 9.0 * np.sqrt(many * square + (count.sd * centre / many) ** 2)
    first = spread + max(abs(ends[2]), abs(starts[2]))
    last = spread + max(abs(ends[3]), abs(starts[3]))
    rungs = int(np.ceil(np.log(last / first) / np.log(4.0))) + 1
    x = np.array([])
    mass = np.array([])
    cells = None
    for rung in range(rungs):
        half = first * 4.0**rung
        spacing = 2.0 * half / CELLS
        reach_ = 7.0 * half
        cells = cells or _Cells(severity, spacing, float(ends[0] - starts[0]) or half / CELLS)
        raise NotImplementedError
    return with_single_losses(count, severity, x, mass)
