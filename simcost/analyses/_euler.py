"""Shares of a percentile, or of a mean of the worst outcomes, that add up.

If an output is a sum of items, so is its percentile: each item's share is its mean among the
outcomes at the percentile (Euler's rule; Tasche 1999), and of a CVaR its mean among the worst
outcomes. The percentile is approached by the outcomes closest to it (of n, a share of ½ n^(-1/3) on
each side: 1% of 100,000), carried to it along each item's slope there, so that the shares add up
exactly. Shrinking faster than n^(-1/5), the window keeps what curvature there is far below the
error (Fan & Gijbels 1996, Local Polynomial Modelling and Its Applications, 3.2).

Errors come from influences, what each outcome adds to an estimate to first order (Hampel 1974).
With X an item, m(q) its mean at the percentile q of Y and s the slope of m there,

- of the mean in the tail above q, whose share is a, the influence is [Y > q] (X - m(q)) / a, less
  its mean: that q is estimated too cancels all but what X exceeds m(q) by;
- of m(q) it is that of the weighted mean of X - m(Y) over the outcomes at q, and s times the
  influence of the percentile, ([Y > q] - a) / f(q). So close to q nothing can be told of s, so it
  is read off a wider window.

What is subtracted, the mean of X over all outcomes, comes from the same outcomes, so its influence
X - E X is taken off before anything is squared.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Vector = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

FEWEST = 50  # outcomes around a percentile
WIDE = 0.05  # of the outcomes, on each side, for the slopes; at most half of those that there are


@dataclass(frozen=True, slots=True, eq=False)
class Tail:
    """The outcomes that a target rests on.

    Parameters
    ----------
    y : float64[n]
        All outcomes.
    quantile : float
        The percentile, or where the tail of a CVaR begins.
    near : int64[k]
        Numbers of the outcomes around it, ascending.
    at : float64[k]
        How much each of them counts at the percentile: those closest to it, adding up to 1.
    numbers : int64[m]
        Those that the target is a weighted mean of: at the percentile, or in the tail; ascending.
    weights : float64[m]
        How much each of them counts; they add up to 1.
    step : float
        How much more an outcome above the percentile adds to it than one below; 0 of a CVaR, whose
        influence does not contain that of the percentile.
    worst : bool
        Whether the target is a CVaR.
    """

    y: Vector
    quantile: float
    near: Numbers
    at: Vector
    numbers: Numbers
    weights: Vector
    step: float
    worst: bool

    @property
    def target(self) -> float:
        """The percentile or CVaR."""
        return float(self.weights @ self.y[self.numbers])

    @property
    def share(self) -> float:
        """Share of the outcomes above the percentile."""
        return float(np.count_nonzero(self.y > self.quantile)) / len(self.y)

    def within(self, first: int, last: int) -> slice:
        """Return which of `numbers` are among the outcomes first … last - 1."""
        ends = np.searchsorted(self.numbers, [first, last])
        return slice(int(ends[0]), int(ends[1]))

    def beyond(self, items: Vector, line: Line, here: slice = slice(None)) -> Vector:
        """Return what the outcomes that the target rests on add to the items' shares of it.

        Parameters
        ----------
        items : float64[items, m]
            Items in them.
        line : Line
            The items at the percentile.
        here : slice
            Which of `numbers` are meant.

        Returns
        -------
        float64[items, m]
            Influences, up to a constant, without those of the percentile, which every outcome has:
            `step` times the slope of the line, above the percentile.
        """
        expected = line.at[:, None]
        if not self.worst:
            expected = line.mean(self.y[self.numbers[here]] - self.quantile)
        excess: Vector = (items - expected) * (len(self.y) * self.weights[here])
        return excess


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """The means of items given the output, close to its percentile.

    Parameters
    ----------
    at, slopes : float64[items]
        At the percentile, and how they change with the output.
    """

    at: Vector
    slopes: Vector

    def mean(self, beyond: Vector) -> Vector:
        """Return the means where the output is so far beyond its percentile, float64[items, k]."""
        means: Vector = self.at[:, None] + self.slopes[:, None] * beyond
        return means


def tail_of(y: Vector, percent: float, quantile: float, step: float, *, worst: bool) -> Tail:
    """Return the outcomes at a percentile, or, if `worst`, those from it on.

    Parameters
    ----------
    y : float64[n]
        Outcomes.
    percent, quantile : float
        Which percentile, and its value.
    step : float
        How much more an outcome above it adds to it than one below.
    worst : bool
        Whether the target is the mean of the tail.
    """
    n = len(y)
    window = 0.5 * n ** (-1 / 3)
    near, core = _near(y, percent, quantile, (max(WIDE, window), window))
    carried = _carried(y[core], quantile)
    at = np.zeros(len(near))
    at[np.searchsorted(near, core)] = carried
    if not worst:
        return Tail(y, quantile, near, at, core, carried, step, worst=False)
    share = 1.0 - percent / 100
    beyond = np.flatnonzero(y >= quantile)
    above = y[beyond] > quantile
    weights = np.where(above, 1.0, 0.0)
    # Of the outcomes at the percentile as many count as the tail still lacks (they may be an atom).
    weights[~above] = (n * share - above.sum()) / max((~above).sum(), 1)
    return Tail(y, quantile, near, at, beyond, weights / (n * share), 0.0, worst=True)


def _near(
    y: Vector, percent: float, quantile: float, windows: tuple[float, float]
) -> list[Numbers]:
    """Return the outcomes within each share of the percentile; at an atom, those in it."""
    atom = np.flatnonzero(y == quantile)
    if len(atom) >= FEWEST:
        return [atom, atom]
    p = percent / 100
    fair = [max(min(window, p / 2, (1 - p) / 2), FEWEST / 2 / len(y)) for window in windows]
    ends = [(max(p - window, 0.0), min(p + window, 1.0)) for window in fair]
    # both at once: most of the time goes into bringing outcomes in order
    return [np.flatnonzero((y >= low) & (y <= high)) for low, high in np.quantile(y, ends)]


def _carried(near: Vector, quantile: float) -> Vector:
    """Return weights that read a straight line through outcomes at the quantile."""
    middle = near.mean()
    centred = near - middle
    spread = float(centred @ centred)
    lever = centred * ((quantile - middle) / spread) if spread > 0 else 0.0 * centred
    weights: Vector = 1.0 / len(near) + lever
    return weights


def line_of(tail: Tail, near: Vector) -> Line:
    """Return the means of items at the percentile and their slopes there.

    Parameters
    ----------
    tail : Tail
        What is near.
    near : float64[items, k]
        Items in the outcomes near the percentile.
    """
    y = tail.y[tail.near]
    centred = y - y.mean()
    spread = float(centred @ centred)
    slopes = (near @ centred) / spread if spread > 0 else np.zeros(len(near))
    return Line(near @ tail.at, slopes)
