"""Cells from a few exact quantiles, the distribution function and the density.

Inverting a distribution function can cost ten times as much as evaluating it. Unless the law
says that its own inverse is prompt, the quantile function is then asked once an octave; the
edges in between start on the quintic through these points and are brought home by Halley's
method. A cell's quintic then takes value, slope and curvature from its two edges (Hermite), and
is judged by what the distribution function says of points inside: an error in u, measured
without the density. A wrong density therefore makes errors that are seen, and cells that have
to be made in another way, but no wrong tables.

Source: Hörmann & Leydold (2003), "Continuous random variate generation by fast numerical
inversion", ACM Transactions on Modeling and Computer Simulation 13(4), 347-362.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from simcost import elementary
from simcost.machine.fit import Fit
from simcost.machine.grid import PARTS
from simcost.machine.lookup import horner
from simcost.machine.program import Floats
from simcost.machine.tolerance import RELATIVE_X

MOST_STEPS = 6
# Relative error in u from which one step is enough: what it leaves is about the cube.
CLOSE = 2.0**-14
INSIDE = np.array([-0.4, 0.4])


class SmoothLaw(Protocol):
    """What is needed besides quantiles."""

    def quantile(self, u: Floats) -> Floats:
        """Values from lower tail probabilities."""

    def isf(self, q: Floats) -> Floats:
        """Values from upper tail probabilities."""

    def cdf(self, x: Floats) -> Floats:
        """Lower tail probabilities."""

    def sf(self, x: Floats) -> Floats:
        """Upper tail probabilities."""

    def slopes(self, x: Floats) -> tuple[Floats, Floats] | None:
        """Density f and f'/f; None where they are not known."""


@dataclass(frozen=True, slots=True)
class _Points:
    """The curve at some tail probabilities, ascending."""

    v: Floats
    x: Floats
    first: Floats  # dx/dv
    second: Floats

    def every(self, step: int) -> _Points:
        """Return each `step`-th point."""
        return _Points(*(array[::step] for array in (self.v, self.x, self.first, self.second)))

    @property
    def level(self) -> npt.NDArray[np.bool_]:
        """Where the value hardly changes: next to an end of the range, however steep there."""
        level: npt.NDArray[np.bool_] = np.abs(np.diff(self.x)) <= RELATIVE_X * np.abs(self.x[1:])
        return level

    @property
    def rate(self) -> Floats:
        """Mean size of the slope between neighbours."""
        rate: Floats = np.abs(np.diff(self.x)) / np.diff(self.v)
        return rate


@dataclass(frozen=True, slots=True)
class _Tail:
    """One side of a distribution; `sign` is -1 where probability falls as the value rises."""

    inverse: Callable[[Floats], Floats]
    chance: Callable[[Floats], Floats]
    slopes: Callable[[Floats], tuple[Floats, Floats] | None]
    sign: float

    def points(self, v: Floats, x: Floats) -> _Points | None:
        """Add the derivatives, if they are known."""
        slopes = self.slopes(x)
        if slopes is None:
            return None
        first = self.sign / slopes[0]
        return _Points(v, x, first, -slopes[1] * first * first)


def osculate(law: SmoothLaw, upper: bool, edges: Floats) -> Fit | None:
    """Fit the cells between `edges`, or return None for a law that does not know its density.

    Parameters
    ----------
    law : SmoothLaw
        What is tabulated.
    upper : bool
        Whether `edges` are probabilities of larger values.
    edges : float64[n + 1]
        Of whole octaves, see `simcost.machine.grid`.

    Returns
    -------
    Fit or None
        Errors are infinite or large in cells where the density is wrong or the curve not smooth.
    """
    if upper:
        tail = _Tail(law.isf, law.sf, law.slopes, -1.0)
    else:
        tail = _Tail(law.quantile, law.cdf, law.slopes, 1.0)
    with np.errstate(all="ignore"):
        if getattr(law, "prompt", False):
            points = tail.points(edges, np.asarray(tail.inverse(edges), dtype=np.float64))
            return None if points is None else _fit(tail, points, points.every(PARTS))
        few = edges[::PARTS]
        coarse = tail.points(few, np.asarray(tail.inverse(few), dtype=np.float64))
        if coarse is None:
            return None
        points = tail.points(edges, _polished(tail, coarse, edges))
        return None if points is None else _fit(tail, points, coarse)


def _polished(tail: _Tail, coarse: _Points, edges: Floats) -> Floats:
    """Return the values at all edges; those once an octave stay exact."""
    x = np.append(_start(coarse).ravel(), coarse.x[-1])
    inner = np.repeat(~coarse.level, PARTS)
    inner[::PARTS] = False
    chosen = np.flatnonzero(inner)
    low, high = np.sort(np.stack([coarse.x[:-1], coarse.x[1:]]), axis=0)[:, chosen // PARTS]
    for _ in range(MOST_STEPS):
        target, here = edges[chosen], x[chosen]
        points = tail.points(target, here)
        assert points is not None
        gap = tail.chance(here) - target
        newton = gap * points.first
        # With F = v + gap: x'' / x' is the curvature that Newton's line leaves out.
        here = here - newton / (1.0 + 0.5 * gap * points.second / points.first)
        x[chosen] = np.clip(here, low, high)
        far = ~(np.abs(gap) <= CLOSE * target)
        if not far.any():
            break
        chosen, low, high = chosen[far], low[far], high[far]
    return x


def _start(coarse: _Points) -> Floats:
    """Return approximate values at the edges, an octave in each row."""
    part = np.arange(PARTS) / PARTS
    line = coarse.x[:-1, None] + np.diff(coarse.x)[:, None] * part
    curve = horner(_quintics(coarse)[:, None, :], 2.0 * part - 1.0)
    curve[:, 0] = coarse.x[:-1]
    start: Floats = np.where(np.isfinite(curve) & ~coarse.level[:, None], curve, line)
    return start


def _fit(tail: _Tail, points: _Points, coarse: _Points) -> Fit:
    curves = elementary.provided("curves") or _curves
    coefficients, values, inside = curves(points, coarse)
    found = np.asarray(tail.chance(np.concatenate([coarse.x, inside])), dtype=np.float64)
    return Fit(points.v[:-1], points.v[1:], coefficients, values, _errors(points, coarse, found))


def _curves(points: _Points, coarse: _Points) -> tuple[Floats, Floats, Floats]:
    """Return the coefficients of all cells, the values at their edges, and those to be checked."""
    values = np.column_stack([points.x[:-1], points.x[1:]])
    coefficients = _quintics(points)
    level = np.repeat(coarse.level, PARTS)
    coefficients[level] = 0.0
    coefficients[level, 0] = 0.5 * (values[level, 0] + values[level, 1])
    coefficients[level, 1] = 0.5 * (values[level, 1] - values[level, 0])
    return coefficients, values, horner(coefficients, INSIDE[:, None]).ravel()


def _errors(points: _Points, coarse: _Points, found: Floats) -> Floats:
    """Return the error of each cell, from the probabilities of what its quintic gives inside."""
    known = elementary.provided("errors")
    if known is not None:
        return np.asarray(known(points, coarse, found))
    # In x by the mean slope of the cell or of its octave: an edge gone astray hides the former.
    rate = np.maximum(points.rate, np.repeat(coarse.rate, PARTS))
    error = rate * _gaps(points, coarse, found)
    error = np.where(np.repeat(coarse.level, PARTS), np.abs(np.diff(points.x)), error)
    # A coefficient that is no number leaves none inside either.
    error[~np.isfinite(error)] = np.inf
    return error


def _gaps(points: _Points, coarse: _Points, found: Floats) -> Floats:
    """Return by how much each cell misses the probabilities that it stands for.

    An edge that is off shows inside both of its cells.
    """
    half = 0.5 * np.diff(points.v)
    asked = (points.v[:-1] + half) + half * INSIDE[:, None]
    gap = np.abs(found - np.concatenate([coarse.v, asked.ravel()]))
    exact, within = gap[: len(coarse.x)], gap[len(coarse.x) :].reshape(asked.shape)
    # Where a quantile and its probability disagree, nothing in the octave is to be believed.
    octave = np.repeat(np.maximum(exact[:-1], exact[1:]), PARTS)
    gaps: Floats = np.maximum(octave, within.max(axis=0))
    return gaps


def _quintics(points: _Points) -> Floats:
    """Return the quintics that share value and two derivatives with the curve at both ends."""
    half = 0.5 * np.diff(points.v)
    rise = 0.5 * np.diff(points.x)
    before, after = half * points.first[:-1], half * points.first[1:]
    left, right = half * half * points.second[:-1], half * half * points.second[1:]
    return np.column_stack(quintic(points.x[:-1], rise, before, after, left, right))


def quintic(x: Any, rise: Any, before: Any, after: Any, left: Any, right: Any) -> tuple[Any, ...]:
    """Return the six coefficients of a cell, from numbers or arrays.

    Parameters
    ----------
    x, rise : float or float64[n]
        Value at the left edge, and half of the change.
    before, after, left, right : float or float64[n]
        First and second derivatives at both edges, in the variable from -1 to 1.
    """
    even, odd = 0.5 * (after - before), 0.5 * (after + before)
    bend, twist = 0.5 * (right + left), 0.5 * (right - left)
    c4 = 0.125 * (bend - even)
    c2 = 0.5 * even - 2.0 * c4
    c5 = 0.125 * (twist - 3.0 * (odd - rise))
    c3 = 0.5 * (odd - rise) - 2.0 * c5
    return x + (rise - c2 - c4), rise - c3 - c5, c2, c3, c4, c5
