"""The run counted along every input, in bins of its u whose tails are cut ever finer."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, axis_of, gate_event
from simcost.analyses._outcomes import Outcomes
from simcost.graph.node import Node
from simcost.machine.points import at_points
from simcost.machine.tally import POWERS, Index, classify, make_bins, power_sums
from simcost.run.drivers import Driver

Vector = npt.NDArray[np.float64]

FEWEST_BINS, MOST_BINS = 16, 128
IN_TAIL = 20  # outcomes that the outermost bin should hold


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
    kept : float64[inputs, k]
        What was drawn of each input in the outcomes that were to be kept.
    drawn : tuple of float64[bins]
        Sums of what was drawn of each input, where outcomes were to be kept.
    """

    axes: tuple[Axis, ...]
    index: Index
    sums: tuple[Vector, ...]
    y: Vector
    kept: Vector
    drawn: tuple[Vector, ...]

    def means(self, k: int) -> Vector:
        """Return the mean of the standardised output in each bin of an input."""
        total = self.sums[k].sum(axis=0)
        means: Vector = total[:, 1] / np.maximum(total[:, 0], 1.0)
        return means


def binned(outcomes: Outcomes, keep: npt.NDArray[np.int64] | None = None) -> Binned:
    """Count a run along every input, once.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    keep : int64[k], optional
        Numbers of outcomes, ascending, whose draws are wanted, and with them sums over all.
    """
    wanted = np.empty(0, dtype=np.int64) if keep is None else keep
    edges = tail_edges(outcomes.count)
    axes = tuple(fine_axis(driver, edges, outcomes) for driver in outcomes.drivers)
    y = outcomes.y - outcomes.y.mean()
    y /= y.std()
    index = np.empty((len(axes), outcomes.count), dtype=np.uint8)
    replicates = outcomes.meta.replicates
    kept = np.empty((len(axes), len(wanted)))

    def work(
        first: int, last: int, drawn: Vector, compiled: bool
    ) -> tuple[list[Vector], list[Vector]]:
        found, inside = [], []
        for axis, u, row in zip(axes, drawn, index, strict=True):
            place = row[first:last]
            classify(u, axis.bins, place, compiled=compiled)
            shape = (replicates, axis.bins.count)
            found.append(power_sums(place, y[first:last], shape, first, compiled=compiled))
            if keep is not None:
                within = np.bincount(place, u, minlength=axis.bins.count)
                inside.append(np.asarray(within, dtype=np.float64))
        here = slice(*np.searchsorted(wanted, [first, last]))
        kept[:, here] = drawn[:, wanted[here] - first]
        return found, inside

    totals = [np.zeros((replicates, axis.bins.count, POWERS)) for axis in axes]
    sums = [np.zeros(axis.bins.count) for axis in axes] if keep is not None else []
    nodes = {str(k): axis.node for k, axis in enumerate(axes)}
    for found, inside in outcomes.leaves(nodes, work):
        for total, part in zip([*totals, *sums], [*found, *inside], strict=True):
            total += part
    return Binned(axes, index, tuple(totals), y, kept, tuple(sums))


def coarse(axis: Axis, bins: int) -> npt.NDArray[np.int64]:
    """Return for each piece of an axis the wide bin that it lies in, int64[pieces]."""
    if axis.kind == "levels" and axis.bins.count <= bins:
        return np.arange(axis.bins.count)
    ends = np.concatenate([[0.0], axis.bins.edges, [1.0]])
    middles = (ends[1:] + ends[:-1]) / 2
    return np.unique(np.minimum((middles * bins).astype(np.int64), bins - 1), return_inverse=True)[
        1
    ]
