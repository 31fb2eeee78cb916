"""First-order indices from the run itself: how much of the variance one input explains alone.

S = Var(E[Y | u]) / Var Y, from the means of the output in bins of u. An input's u is known
exactly, so nothing is sorted and nothing stored; under a copula u is the marginal one, and S is
Kucherenko's index. Both ends of u are cut into ever smaller (dyadic) bins, where a long tail hides
its variance: of a lognormal with sigma 1, 64 equal bins see 88%, these see 99%.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from simcost.analyses._axes import Axis
from simcost.analyses._binned import Binned, coarse
from simcost.analyses._equal_means import equal_means
from simcost.analyses._first_order_error import Spread, ends_of, spread_of
from simcost.analyses._freedom import critical, freedom
from simcost.analyses._outcomes import LEAF
from simcost.result import Interval
from simcost.result._student import student

Vector = npt.NDArray[np.float64]

COARSE = 16  # bins of the test of significance
FAR = 4.0  # standard deviations from the mean


def index_of(cells: Vector, inside: Inside | None = None) -> float:
    """Return a first-order index, less the part that is noise of the bins' means.

    Parameters
    ----------
    cells : float64[replicates, bins, 5]
        Counts and power sums of the output over the bins. The noise of a bin's mean is that of
        its own outcomes where they are independent; of a balanced design, where it is much less,
        what the means of the replicates show.
    inside : Inside, optional
        What the bins are like inside; adds what the mean varies within them.

    Returns
    -------
    float
        Possibly negative.
    """
    sums = cells.sum(axis=0)
    filled = sums[:, 0] > 0
    count, one, two = sums[filled, :3].T
    n = float(count.sum())
    shift = float(one.sum()) / n
    means = one / count
    variance = float(two.sum()) / n - shift**2
    if len(cells) == 1:
        within = np.maximum(two - count * means**2, 0.0)
        noise = np.where(count > 1, within / np.maximum(count - 1, 1.0), variance)
    else:
        counts, ones = cells[:, filled, 0], cells[:, filled, 1]
        apart = ones / np.maximum(counts, 1.0) - means
        present = (counts > 0).sum(axis=0)
        noise = (counts * apart**2).sum(axis=0) / np.maximum(present - 1, 1)
    between = float(np.sum(count * (means - shift) ** 2) - np.sum(noise * (1.0 - count / n)))
    if inside is not None and len(count) > 2:
        between += n * inside.of(filled).missed(count / n, means, noise / count)
    return between / (n * variance)


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """Bins of u as seen on the normal scale, on which most outputs are nearly straight lines.

    Parameters
    ----------
    middles, variances : float64[bins]
        Mean and variance of the normal of u inside each bin.
    """

    middles: Vector
    variances: Vector

    def of(self, filled: npt.NDArray[np.bool_]) -> Inside:
        """Return those of some bins."""
        return Inside(self.middles[filled], self.variances[filled])

    def missed(self, shares: Vector, means: Vector, noise: Vector) -> float:
        """Return how much the mean of the output varies within bins, in the mean over bins.

        The slope in a bin is that between its neighbours, whose own noise is taken off.

        Parameters
        ----------
        shares : float64[bins]
            Of the outcomes.
        means, noise : float64[bins]
            Mean of the output in each bin, and the variance of that mean.
        """
        after = np.minimum(np.arange(len(means)) + 1, len(means) - 1)
        before = np.maximum(np.arange(len(means)) - 1, 0)
        apart = self.middles[after] - self.middles[before]
        slopes = ((means[after] - means[before]) ** 2 - noise[after] - noise[before]) / apart**2
        return float(np.sum(shares * self.variances * slopes))


def inside_of(axis: Axis) -> Inside | None:
    """Return what an axis's bins are like inside; None for levels, which have no inside."""
    if axis.kind != "bins":
        return None
    edges = axis.bins.edges
    z = special.ndtri(edges)
    density = np.concatenate([[0.0], np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi), [0.0]])
    shares = np.diff(np.concatenate([[0.0], edges, [1.0]]))
    middles = -np.diff(density) / shares
    weighted = np.concatenate([[0.0], z * density[1:-1], [0.0]])
    return Inside(middles, 1.0 - np.diff(weighted) / shares - middles**2)


@dataclass(frozen=True, slots=True)
class FirstOrder:
    """A first-order index.

    Parameters
    ----------
    interval : Interval
        With its error.
    freedom : float
        Degrees of freedom of that error, had the outcomes been independent.
    """

    interval: Interval
    freedom: float


def first_orders(found: Binned, confidence: float) -> list[FirstOrder]:
    """Return the first-order index of every input.

    Parameters
    ----------
    found : Binned
        The run counted along every input.
    confidence : float
        Level.
    """
    far = np.flatnonzero(np.abs(found.y) > FAR)
    return [_first_order(found, k, far, confidence) for k in range(len(found.axes))]


def _first_order(
    found: Binned, k: int, far: npt.NDArray[np.int64], confidence: float
) -> FirstOrder:
    cells, inside = found.sums[k], inside_of(found.axes[k])
    value = index_of(cells, inside)
    n, spread = len(found.y), spread_of(cells.sum(axis=0))
    y, g = found.y[far], found.means(k)[found.index[k, far]]
    pulls = 2.0 * y * g - g**2 - value * y**2
    # Fourth powers that matter are those of far outcomes; the others count as if normal.
    square = spread.at(value)
    df = freedom(n, square, float(np.sum(pulls**4)) / n + 3.0 * square**2)
    if len(cells) > 1:
        return FirstOrder(_left_out(value, [(cells, inside)], confidence), df)
    ends = ends_of(value, spread, n, critical(confidence, df))
    return FirstOrder(Interval(value, *ends), df)


def _left_out(
    value: float, inputs: Sequence[tuple[Vector, Inside | None]], confidence: float
) -> Interval:
    """Return an interval of a sum of indices from leaving out each replicate (jackknife)."""
    replicates = len(inputs[0][0])
    parts = [
        sum(index_of(np.delete(cells, r, axis=0), inside) for cells, inside in inputs)
        for r in range(replicates)
    ]
    error = float(np.std(parts)) * math.sqrt(replicates - 1)
    half = student(confidence, replicates - 1) * error
    return Interval(value, value - half, value + half)


def no_effect(sums: Vector, axis: Axis) -> float:
    """Return the p-value of "the mean does not depend on this input", over coarse bins."""
    total, groups = sums.sum(axis=0), coarse(axis, COARSE)
    return equal_means(*(np.bincount(groups, total[:, power]) for power in range(3)))


def interaction(found: Binned, confidence: float) -> Interval:
    """Return the share of the variance that no input explains alone: 1 - ΣS, with its interval.

    Of independent inputs; the error is that of the sum of the influences.
    """
    inputs = [(c, inside_of(axis)) for c, axis in zip(found.sums, found.axes, strict=True)]
    each = [index_of(cells, inside) for cells, inside in inputs]
    value = 1.0 - sum(each)
    if len(found.sums[0]) > 1:
        return _left_out(value, inputs, confidence)
    n, share = len(found.y), 1.0 - value
    moments = np.zeros((2, 2))
    middles, fourth = np.zeros(2), 0.0
    for first in range(0, n, LEAF):
        place = slice(first, first + LEAF)
        y, g, gg = found.y[place], np.zeros(len(found.y[place])), np.zeros(len(found.y[place]))
        for k in range(len(found.axes)):
            means = found.means(k)[found.index[k, place]]
            g += means
            gg += means**2
        pulls = np.array([2.0 * y * g - gg, y**2])
        moments += pulls @ pulls.T
        middles += pulls.sum(axis=1)
        fourth += float(np.sum((pulls[0] - share * pulls[1]) ** 4))
    (aa, av), (_, vv) = moments / n - np.outer(middles, middles) / n**2
    spread = Spread(float(aa), float(av), float(vv))
    df = freedom(n, spread.at(share), fourth / n)
    low, high = ends_of(share, spread, n, critical(confidence, df))
    return Interval(value, 1.0 - high, 1.0 - low)
