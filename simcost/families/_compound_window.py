"""One Fourier transform: the law of a compound sum over one window.

Method: the severity's grid masses (`spread`) are tilted by exp(theta x), transformed, corrected
for the smearing, put through the count's generating function and transformed back (Embrechts &
Frei 2009, "Panjer recursion versus FFT for compound distributions"; tilting after Grübel &
Hermesmeier 1999). The tilt puts the window where the tilted law has its mass, which keeps the
digits of small probabilities and pushes the wrap-around below them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log

import numpy as np

from simcost import elementary
from simcost.elementary import Complex
from simcost.families._base import Vector
from simcost.families._compound_count import ELEMENTARY, Count
from simcost.families._compound_severity import ORDER, spread

PAD = 8  # period of the transform, in windows
WRAP = -37.0  # log of the share of the tilted law that may wrap around
LEAD = 64  # cells before a window that catch what smears out of it
EXCESS = 9.0  # log of the loss of digits accepted before another tilt is used


@dataclass(frozen=True, slots=True)
class Points:
    """A severity as weighted points, enough for its moment generating function."""

    values: Vector
    log_weights: Vector

    def log_mgf(self, theta: float) -> float:
        """Log E exp(theta X)."""
        exponents = theta * self.values + self.log_weights
        peak = float(exponents.max())
        # Only searches ask for it: the library's last bits do not matter.
        return peak + log(float(np.exp(exponents - peak).sum()))


def points_of(moments: Vector, first: int, spacing: float) -> Points:
    """Return grid cells as points: the first ones each, the others in blocks."""
    block = 16
    single = moments[: 4 * block]
    rest = moments[4 * block :]
    rest = np.pad(rest, ((0, -rest.shape[0] % block), (0, 0)))
    index = first + np.arange(4 * block + rest.shape[0], dtype=np.float64)
    weights = np.concatenate([single[:, 0], elementary.total(rest[:, 0].reshape(-1, block).T)])
    places = np.concatenate(
        [
            single[:, 1] + index[: single.shape[0]] * single[:, 0],
            elementary.total((rest[:, 1] + index[4 * block :] * rest[:, 0]).reshape(-1, block).T),
        ]
    )
    real = weights > 0.0
    return Points(spacing * places[real] / weights[real], elementary.log(weights[real]))


def cumulant(count: Count, points: Points) -> Callable[[float], float]:
    """Return theta -> log E exp(theta S)."""

    def log_transform(theta: float) -> float:
        return count.log_pgf(points.log_mgf(theta))

    return log_transform


@dataclass(frozen=True, slots=True)
class Frame:
    """One window of sums and the law that is seen through it.

    Parameters
    ----------
    count : Count
    log_transform : callable
        theta -> log E exp(theta S), for the severity cut off beyond the window.
    start, spacing : float
        Left end and cell width.
    size : int
        Number of cells, a power of two.
    """

    count: Count
    log_transform: Callable[[float], float]
    start: float
    spacing: float
    size: int

    @property
    def width(self) -> float:
        """Width of the window."""
        return self.size * self.spacing

    @property
    def fits(self) -> bool:
        """Whether some tilt puts the mean into the window without wrapping around."""
        tilt = self.tilt_for(self.start + 0.6 * self.width)
        step = 1e-3 / self.width
        rise = self.log_transform(tilt + step) - self.log_transform(tilt - step)
        return rise > 2.0 * step * self.start

    def height(self, tilt: float, x: float) -> float:
        """Log of the rounding error that a transform with this tilt leaves at `x`, in epsilons."""
        return self.log_transform(tilt) - tilt * x

    def tilt_for(self, x: float) -> float:
        """Return the tilt that puts the mean at `x`, or the nearest that does not wrap around."""
        step = 1e-3 / self.width

        def beyond(theta: float) -> bool:
            high = self.log_transform(theta + step)
            return not high - self.log_transform(theta - step) <= 2.0 * step * x

        tilt = _last_before(beyond, self.width)
        return _last_before(self._wraps, self.width, tilt) if self._wraps(tilt) else tilt

    def _wraps(self, theta: float) -> bool:
        base = self.log_transform(theta)
        if not np.isfinite(base):
            return True
        end = self.start + PAD * self.width
        return all(
            self.log_transform(theta + s / self.width) - base - s / self.width * end > WRAP
            for s in (8.0, 16.0, 4.0, 32.0, 2.0, 64.0, 128.0)
        )

    def tilts(self, first: int) -> list[float]:
        """Return tilts enough to see every cell from `first` on above the rounding error."""
        low = self.tilt_for(self.start + (first + 0.03 * self.size) * self.spacing)
        high = self.tilt_for(self.start + 0.97 * self.width)
        return [*self._between(low, high, 4), high]

    def _between(self, low: float, high: float, depth: int) -> list[float]:
        if depth == 0 or not high - low > 1.0 / self.width:
            return [low]
        rise = self.log_transform(high) - self.log_transform(low)
        crossing = rise / (high - low)
        middle = self.tilt_for(crossing)
        if self.height(low, crossing) - self.height(middle, crossing) < EXCESS:
            return [low]
        lower = self._between(low, middle, depth - 1)
        return [*lower, *self._between(middle, high, depth - 1)]


def _last_before(too_far: Callable[[float], bool], width: float, most: float = np.inf) -> float:
    """Return the largest tilt, to a few percent, that is not too far."""
    low, high = -1.0 / width, min(1.0 / width, most)
    if most < 0.0:
        low = 2.0 * most
    while too_far(low) and low > -1e7 / width:
        low, high = 4.0 * low, low
    while high < min(most, 1e5 / width) and not too_far(high):
        low, high = high, min(4.0 * high, most)
    for _ in range(10):
        middle = 0.5 * (low + high)
        if too_far(middle):
            high = middle
        else:
            low = middle
    return low


def frame_masses(frame: Frame, moments: Vector, first: int, used: int) -> Vector:
    """Return P(S in cell, N >= 2) for the cells of a window from number `used` on.

    Several tilts are tried where one cannot reach all digits; each cell takes the one with the
    smallest rounding error there.
    """
    x = frame.start + (used + 0.5 + np.arange(frame.size - used)) * frame.spacing
    tilts = frame.tilts(used)
    heights = np.array([frame.log_transform(tilt) - tilt * x for tilt in tilts])
    best = np.argmin(heights, axis=0)
    out = np.empty(x.size)
    for number, tilt in enumerate(tilts):
        here = best == number
        if here.any():
            masses = window_masses(frame, moments, first, tilt)
            out[here] = masses[LEAD + used :][here]
            if here[0] and not used:
                # Mass crowded at the start of the lowest window, finer than its grid, smears
                # to before the start.
                out[0] += float(elementary.total(masses[:LEAD]))
    return out


def window_masses(frame: Frame, moments: Vector, first: int, tilt: float) -> Vector:
    """Return P(S in cell, N >= 2) for all cells of a window and some before it, with one tilt.

    Parameters
    ----------
    frame : Frame
        The window.
    moments : float64 array (cells, 6)
        Local moments of the severity on the grid of the window.
    first : int
        Index of the first cell of `moments`.
    tilt : float
        theta.

    Returns
    -------
    float64 array (LEAD + size,)
        Rounding can leave tiny negative ones.
    """
    count, spacing, start, size = frame.count, frame.spacing, frame.start, frame.size
    length = PAD * size
    masses, first = spread(moments, first)
    exponents = tilt * spacing * (first + np.arange(masses.size))
    peak = float(exponents[masses > 0].max())
    tilted = masses * elementary.exp(np.minimum(exponents - peak, 700.0))
    ring = np.bincount((first + np.arange(tilted.size)) % length, tilted, length)
    smear = _sinhc(tilt * spacing / 2.0, length)
    z = elementary.rfft(np.asarray(ring, np.float64)) / smear**ORDER
    scale = float(z.re[0])
    z = z * (1.0 / scale)
    cells = length // 2 + 1
    band = np.arange(cells) / (cells - 1)
    sixth = band * band * band * (band * band * band)
    # Structure below the grid spacing returns as an echo of relative size band**6 / 32; this
    # keeps |z| from exceeding one, smoothly, so that nothing rings.
    z = z * elementary.exp(-0.75 * sixth)
    log_m = ELEMENTARY.log(scale) + peak
    tilted_count = count.tilted(log_m)
    none, one = tilted_count.start()
    total = (tilted_count.transform(z) - none - z * one) * smear
    total = total * elementary.exp(-36.0 * (sixth * sixth * band * band))
    total = total * _shift(start + 0.5 * spacing, spacing, length)
    centres = start + (0.5 + np.arange(-LEAD, size)) * spacing
    back = elementary.exp(np.minimum(count.log_pgf(log_m, ELEMENTARY) - tilt * centres, 700.0))
    back_ring = elementary.irfft(total, length)
    return np.concatenate([back_ring[-LEAD:], back_ring[:size]]) * back


def _sinhc(half: float, length: int) -> Complex:
    """Return sinh(w) / w at w = half - i pi k / length, for k = 0 … length / 2."""
    angle = -np.pi / length
    wave = elementary.steps(angle, length // 2 + 1)
    index = np.asarray(angle * np.arange(length // 2 + 1), np.float64)
    safe = index.copy()
    safe[0] = 1.0 if half == 0.0 else 0.0
    whole = Complex(np.full_like(index, half), safe)
    top = Complex(float(elementary.sinh(half)) * wave.re, float(elementary.cosh(half)) * wave.im)
    out = top / whole
    if half == 0.0:
        out.re[0], out.im[0] = 1.0, 0.0
    return out


def _shift(start: float, spacing: float, length: int) -> Complex:
    """Phase that moves `start` to the first grid point; whole cells exactly, in integers."""
    whole = int(np.floor(start / spacing))
    rest = start / spacing - whole
    index = np.arange(length // 2 + 1, dtype=np.int64)
    turns = (index * (whole % length)) % length
    half = length // 2
    circle = elementary.steps(2.0 * np.pi / length, half)
    sign = np.where(turns < half, 1.0, -1.0)
    exact = Complex(circle.re[turns % half] * sign, circle.im[turns % half] * sign)
    return exact * elementary.steps(2.0 * np.pi / length * rest, half + 1)
