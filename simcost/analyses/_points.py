"""Outcomes as bins of their inputs, for any range of outcome numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis, axis_of
from simcost.analyses._outcomes import LEAF, Outcomes
from simcost.analyses._prim import BINS, Points
from simcost.machine import worker
from simcost.machine.tally import classify
from simcost.run.drivers import with_outputs
from simcost.run.engine import compile_plan, settle_engine

Vector = npt.NDArray[np.float64]

# Two hundred equal bins of u, and finer ones in the outermost of each side.
_TAIL = np.array([0.0005, 0.001, 0.002, 0.003, 0.004])
EDGES = np.concatenate([_TAIL, np.arange(1, 200) / 200, 1.0 - _TAIL[::-1]])


def axes(outcomes: Outcomes) -> list[Axis]:
    """Return the inputs of an output, cut into bins of u, or into their own levels."""
    return [axis_of(one, EDGES, [outcomes.node]) for one in outcomes.drivers]


def draw_points(
    outcomes: Outcomes, along: Sequence[Axis], first: int, last: int
) -> tuple[npt.NDArray[np.uint8], Vector]:
    """Return bins and outputs of the outcomes first … last - 1.

    Parameters
    ----------
    outcomes : Outcomes
        The output and how it is drawn; the range may lie beyond those of the run.
    along : sequence of Axis
        Inputs.
    first, last : int
        Outcome numbers.

    Returns
    -------
    index : uint8[inputs, last - first]
    y : float64[last - first]
    """
    nodes = {"output": outcomes.node, **{f"axis {k}": one.node for k, one in enumerate(along)}}
    program = compile_plan(with_outputs(outcomes.plan, nodes))
    settings = outcomes.settings
    engine = settle_engine(program, settings, last - first)
    execute = worker(program, seed=settings.seed, design=settings.design, engine=engine)
    index = np.empty((len(along), last - first), dtype=np.uint8)
    y = np.empty(last - first)

    def one(start: int) -> None:
        end = min(start + LEAF, last)
        drawn = np.empty((len(nodes), end - start))
        execute(start, end, drawn)
        y[start - first : end - first] = drawn[0]
        for axis, u, out in zip(along, drawn[1:], index, strict=True):
            place = out[start - first : end - first]
            classify(u, axis.bins, place, compiled=engine == "machine")

    for _ in outcomes.map(one, range(first, last, LEAF)):
        pass
    return index, y


def as_points(
    index: npt.NDArray[np.uint8], bad: npt.NDArray[np.bool_], along: Sequence[Axis]
) -> Points:
    """Return binned outcomes with which of them are bad."""
    return Points(index, bad, np.array([one.kind in ("levels", "gate") for one in along]))


def ends(axis: Axis, low: int, high: int) -> tuple[float, float, float, float]:
    """Return what an input is in the bins low … high: u from and to, value from and to.

    NaN for an end that is not restricted; of levels both values are given.
    """
    last = axis.bins.count - 1
    u_low = float(axis.bins.edges[low - 1]) if low > 0 else np.nan
    u_high = float(axis.bins.edges[high]) if high < last else np.nan
    if axis.kind == "gate":
        return u_low, u_high, float(low), float(high)
    if axis.values is not None:
        return u_low, u_high, float(axis.values[low]), float(axis.values[high])
    assert axis.driver is not None
    if axis.driver.law is None:
        return u_low, u_high, u_low, u_high  # a draw of its own: its u is its value
    # A level begins above the edge where the one before it ends.
    above = np.nextafter(u_low, 1.0) if axis.kind == "levels" else u_low
    inner = np.array([0.5 if np.isnan(u) else u for u in (above, u_high)])
    values = axis.driver.law.quantile(inner)
    return (
        u_low,
        u_high,
        np.nan if np.isnan(u_low) else float(values[0]),
        np.nan if np.isnan(u_high) else float(values[1]),
    )


assert len(EDGES) < BINS
