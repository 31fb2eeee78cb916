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

from simcost.analyses._axes import Axis, axis_of, gate_event
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.graph.node import Node
from simcost.machine.points import at_points
from simcost.machine.tally import POWERS, Index, classify, make_bins, power_sums
from simcost.result import Interval
from simcost.result._student import normal, student
from simcost.run.drivers import Driver

Vector = npt.NDArray[np.float64]

FEWEST_BINS, MOST_BINS = 16, 128
IN_TAIL = 20  # outcomes that the outermost bin should hold
COARSE = 16  # bins of the test of significance


def tail_edges(draws: int) -> Vector:
    """Return edges of equal bins of u whose first and last are cut dyadically.

    Parameters
    ----------
    draws : int
        More draws, more bins: 16 to 128 equal ones, and tails down to 20 draws.

    Returns
    -------
    float64[bins - 1]
    """
    equal = 1 << round(0.4 * math.log2(draws))
    equal = min(max(equal, FEWEST_BINS), MOST_BINS)
    deepest = max(int(math.log2(draws / IN_TAIL)), int(math.log2(equal)))
    tail = 2.0 ** -np.arange(math.log2(equal) + 1, deepest + 1)
    edges: Vector = np.unique(np.concatenate([np.arange(1, equal) / equal, tail, 1.0 - tail]))
    return edges


def fine_axis(driver: Driver, edges: Vector, outcomes: Outcomes) -> Axis:
    """Return an input along fine bins of its u; a gate of fixed chance along its two levels."""
    if driver.gate:
        event = gate_event(driver, [outcomes.node])
        chance = None if event is None else _number(event.args[1])
        if chance is not None and 0.0 < chance < 1.0:
            return Axis(driver.name, driver.uniform, make_bins([chance]), "levels", driver)
        return Axis(driver.name, driver.uniform, make_bins(edges), "bins", driver)
    return axis_of(driver, edges, ())


def _number(node: Node) -> float | None:
    """Return the value of a node that depends on no draw, None of any other."""
    try:
        return float(at_points([node], {})[0][0])
    except ValueError:
        return None


@dataclass(frozen=True, slots=True, eq=False)
class Binned:
    """The run counted along every input.

    Parameters
    ----------
    axes : tuple of Axis
        Inputs.
    index : uint8[inputs, n]
        Bin of each outcome.
    sums : tuple of float64[replicates, bins, 5]
        For each input counts and power sums of the standardised output.
    y : float64[n]
        The output with mean 0 and variance 1.
    """

    axes: tuple[Axis, ...]
    index: Index
    sums: tuple[Vector, ...]
    y: Vector

    def means(self, k: int) -> Vector:
        """Return the mean of the standardised output in each bin of an input."""
        total = self.sums[k].sum(axis=0)
        means: Vector = total[:, 1] / np.maximum(total[:, 0], 1.0)
        return means


def binned(outcomes: Outcomes) -> Binned:
    """Count a run along every input, once."""
    edges = tail_edges(outcomes.count)
    axes = tuple(fine_axis(driver, edges, outcomes) for driver in outcomes.drivers)
    y = outcomes.y - outcomes.y.mean()
    y /= y.std()
    index = np.empty((len(axes), outcomes.count), dtype=np.uint8)
    replicates = outcomes.meta.replicates

    def work(first: int, last: int, drawn: Vector, compiled: bool) -> list[Vector]:
        found = []
        for axis, u, row in zip(axes, drawn, index, strict=True):
            place = row[first:last]
            classify(u, axis.bins, place, compiled=compiled)
            shape = (replicates, axis.bins.count)
            found.append(power_sums(place, y[first:last], shape, first, compiled=compiled))
        return found

    totals = [np.zeros((replicates, axis.bins.count, POWERS)) for axis in axes]
    nodes = {str(k): axis.node for k, axis in enumerate(axes)}
    for leaf in outcomes.leaves(nodes, work):
        for total, part in zip(totals, leaf, strict=True):
            total += part
    return Binned(axes, index, tuple(totals), y)


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


def influence_error(sums: Vector, s: float) -> float:
    """Return the standard error of a first-order index of independent outcomes.

    Parameters
    ----------
    sums : float64[bins, 5]
        Counts and power sums of the output over the bins.
    s : float
        The index; its influence function is 2 y m - m² - S y², with m the mean of the bin.

    References
    ----------
    Da Veiga & Gamboa (2013), Efficient estimation of sensitivity indices. Journal of
    Nonparametric Statistics 25.
    """
    count, one, two, three, four = sums[sums[:, 0] > 0].T
    n = float(count.sum())
    shift = float(one.sum()) / n
    variance = float(two.sum()) / n - shift**2
    g = one / count - shift
    squares = (
        (4.0 + 2.0 * s) * g**2 * two
        + count * g**4
        + s**2 * four
        - 4.0 * g**3 * one
        - 4.0 * s * g * three
    )
    influence = (2.0 * g * one - count * g**2 - s * two).sum() / n
    spread = max(float(squares.sum()) / n - float(influence) ** 2, 0.0)
    return math.sqrt(spread / n) / variance


def first_order(cells: Vector, axis: Axis, confidence: float) -> Interval:
    """Return a first-order index with its interval.

    Parameters
    ----------
    cells : float64[replicates, bins, 5]
        See `index_of`.
    axis : Axis
        The input.
    confidence : float
        Level.
    """
    inside = inside_of(axis)
    value = index_of(cells, inside)
    if len(cells) > 1:
        return _left_out(value, [(cells, inside)], confidence)
    half = normal(confidence) * influence_error(cells[0], value)
    return Interval(value, value - half, value + half)


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
    """Return the p-value of "the mean does not depend on this input": χ² over coarse bins."""
    total = sums.sum(axis=0)
    groups = coarse(axis, COARSE)
    count = np.bincount(groups, total[:, 0])
    one = np.bincount(groups, total[:, 1])
    filled = count > 0
    statistic = float(np.sum(one[filled] ** 2 / count[filled]))
    freedom = int(filled.sum()) - 1
    return float(special.chdtrc(freedom, statistic)) if freedom > 0 else 1.0


def coarse(axis: Axis, bins: int) -> npt.NDArray[np.int64]:
    """Return for each piece of an axis the wide bin that it lies in, int64[pieces]."""
    if axis.kind == "levels" and axis.bins.count <= bins:
        return np.arange(axis.bins.count)
    ends = np.concatenate([[0.0], axis.bins.edges, [1.0]])
    middles = (ends[1:] + ends[:-1]) / 2
    return np.unique(np.minimum((middles * bins).astype(np.int64), bins - 1), return_inverse=True)[
        1
    ]


def interaction(found: Binned, confidence: float) -> Interval:
    """Return the share of the variance that no input explains alone: 1 - ΣS, with its interval.

    Of independent inputs; the error is that of the sum of the influence functions.
    """
    inputs = [(c, inside_of(axis)) for c, axis in zip(found.sums, found.axes, strict=True)]
    each = [index_of(cells, inside) for cells, inside in inputs]
    value = 1.0 - sum(each)
    if len(found.sums[0]) > 1:
        return _left_out(value, inputs, confidence)
    total = squared = 0.0
    for first in range(0, len(found.y), LEAF):
        place = slice(first, first + LEAF)
        g, gg = np.zeros(len(found.y[place])), np.zeros(len(found.y[place]))
        for k in range(len(found.axes)):
            means = found.means(k)[found.index[k, place]]
            g += means
            gg += means**2
        y = found.y[place]
        influence = 2.0 * y * g - gg - sum(each) * y**2
        total += float(influence.sum())
        squared += float(influence @ influence)
    n = len(found.y)
    half = normal(confidence) * math.sqrt(max(squared / n - (total / n) ** 2, 0.0) / n)
    return Interval(value, value - half, value + half)
