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

import numpy as np
from scipy import fft

from simcost.families._base import Vector
from simcost.families._compound_count import Complex, Count
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
        return peak + float(np.log(np.exp(exponents - peak).sum()))


def points_of(moments: Vector, first: int, spacing: float) -> Points:
    """Return grid cells as points: the first ones each, the others in blocks."""
    block = 16
    single = moments[: 4 * block]
    rest = moments[4 * block :]
    rest = np.pad(rest, ((0, -rest.shape[0] % block), (0, 0)))
    index = first + np.arange(4 * block + rest.shape[0], dtype=np.float64)
    weights = np.concatenate([single[:, 0], rest[:, 0].reshape(-1, block).sum(axis=1)])
    places = np.concatenate(
        [
            single[:, 1] + index[: single.shape[0]] * single[:, 0],
            (rest[:, 1] + index[4 * block :] * rest[:, 0]).reshape(-1, block).sum(axis=1),
        ]
    )
    real = weights > 0.0
    return Points(spacing * places[real] / weights[real], np.log(weights[real]))


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
                out[0] += masses[:LEAD].sum()
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
    tilted = masses * np.exp(np.minimum(exponents - peak, 700.0))
    ring = np.bincount((first + np.arange(tilted.size)) % length, tilted, length)
    frequency = 2.0 * np.pi / (length * spacing) * np.arange(length // 2 + 1)
    half = np.asarray((tilt - 1j * frequency) * (spacing / 2.0), dtype=np.complex128)
    smear = _sinhc(half)
    z = fft.rfft(ring) / smear**ORDER
    scale = float(z[0].real)
    z /= scale
    band = np.arange(z.size) / (z.size - 1)
    # Structure below the grid spacing returns as an echo of relative size band**6 / 32; this
    # keeps |z| from exceeding one, smoothly, so that nothing rings.
    z *= np.exp(-0.75 * band**ORDER)
    log_m = float(np.log(scale)) + peak
    tilted_count = count.tilted(log_m)
    none, one = tilted_count.start()
    total = (tilted_count.transform(z) - none - one * z) * smear * np.exp(-36.0 * band**14)
    total *= _shift(start + 0.5 * spacing, spacing, length, z.size)
    centres = start + (0.5 + np.arange(-LEAD, size)) * spacing
    back = np.exp(np.minimum(count.log_pgf(log_m) - tilt * centres, 700.0))
    ring = fft.irfft(total, length)
    return np.asarray(np.concatenate([ring[-LEAD:], ring[:size]]) * back, dtype=np.float64)


def _sinhc(half: Complex) -> Complex:
    safe = np.where(half == 0, 1.0, half)
    return np.where(half == 0, 1.0, np.sinh(safe) / safe)


def _shift(start: float, spacing: float, length: int, size: int) -> Complex:
    """Phase that moves `start` to the first grid point; whole cells exactly, in integers."""
    whole = int(np.floor(start / spacing))
    rest = start / spacing - whole
    index = np.arange(size, dtype=np.int64)
    turns = (index * (whole % length)) % length + index * rest
    return np.exp((2j * np.pi / length) * turns)
