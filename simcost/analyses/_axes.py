"""Along what an output is looked at: an input's bins of u, its levels, or whether a gate fails."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError
from simcost.graph.node import Node, stream, walk
from simcost.machine.library import steps_of
from simcost.machine.tally import Bins, make_bins
from simcost.result.digits import exact, figure
from simcost.run.drivers import Driver

Vector = npt.NDArray[np.float64]

DUMMIES = 16
MOST_BINS = 200
FEWEST_PER_BIN = 30


@dataclass(frozen=True, slots=True, eq=False)
class Axis:
    """One input cut into pieces, lowest u first.

    Parameters
    ----------
    name : str
        Of the input.
    node : Node
        What is drawn: a marginal uniform, or whether a gate fails.
    bins : Bins
        Its pieces.
    kind : str
        ``bins``, ``levels``, ``gate``, ``group`` or ``dummy``.
    driver : Driver or None
        The input; None for a dummy and a group.
    values : float64[pieces] or None
        The values of a discrete input, where each piece is one of them.
    """

    name: str
    node: Node
    bins: Bins
    kind: str
    driver: Driver | None = None
    values: Vector | None = None

    def label(self, piece: int, share: float) -> str:
        """Return what the input is in a piece that holds a share of the outcomes, as text."""
        if self.kind == "gate":
            return f"{'fails' if piece else 'passes'} ({_percent(share)})"
        if self.kind == "group":
            return "toward more" if piece else "toward less"
        if self.driver is None:
            return ""
        unit = f" {self.driver.unit}" if self.driver.unit else ""
        if self.values is not None:
            return f"{exact(float(self.values[piece]))}{unit} ({_percent(share)})"
        edges = self.bins.edges
        at, sign = (edges[0], "≤") if piece == 0 else (edges[piece - 1], "≥")
        if self.kind == "levels" and piece:  # the piece begins above its edge
            at = np.nextafter(at, 1.0)
        value = float(self.driver.law.quantile(np.array([at]))[0])
        return f"{sign} {figure(value)}{unit}"


def _percent(share: float) -> str:
    return f"{100 * share:.2g}%"


def axis_of(driver: Driver, edges: Sequence[float] | Vector, roots: Iterable[Node]) -> Axis:
    """Return an input along the bins between given edges of u, or along its own levels.

    Parameters
    ----------
    driver : Driver
        The input.
    edges : sequence of float
        Ascending.
    roots : iterable of Node
        Outputs; a gate's failure is found in them.
    """
    if driver.gate:
        event = gate_event(driver, roots)
        if event is not None:
            return Axis(driver.name, event, make_bins([0.5]), "gate", driver)
    steps = steps_of(driver.law) if driver.discrete else None
    if steps is None:
        return Axis(driver.name, driver.uniform, make_bins(edges), "bins", driver)
    ends = steps.edges[:-1]
    if len(ends) <= len(edges):
        bins = make_bins(ends)
        return Axis(driver.name, driver.uniform, bins, "levels", driver, steps.values)
    # Edges of bins move to the end of the level that they would cut.
    snapped = np.unique(steps.edges[np.searchsorted(steps.edges, np.asarray(edges))])
    bins = make_bins(snapped[snapped < 1.0])
    return Axis(driver.name, driver.uniform, bins, "levels", driver)


def gate_event(driver: Driver, roots: Iterable[Node]) -> Node | None:
    """Return the node that is 1 where a stage's gate fails, reached or not."""
    found = {node for node in walk(roots) if node.op == "gt" and node.args[0] is driver.uniform}
    return found.pop() if len(found) == 1 else None


def dummies(edges: Sequence[float] | Vector) -> list[Axis]:
    """Return inputs that nothing depends on: their bars show what is noise."""
    bins = make_bins(edges)
    names = [f"dummy:{k}" for k in range(DUMMIES)]
    return [Axis(name, stream(name), bins, "dummy") for name in names]


def equal_edges(bins: int) -> Vector:
    """Return the edges of equal bins of u."""
    edges: Vector = np.arange(1, bins) / bins
    return edges


def check_bins(bins: int, draws: int, least: int) -> None:
    """Refuse a number of bins that makes no sense, or that the draws cannot fill.

    Raises
    ------
    UsageError
        With the number of draws it would take.
    """
    if isinstance(bins, bool) or not isinstance(bins, int) or not 2 <= bins <= MOST_BINS:
        raise UsageError(f"bins must be a whole number from 2 to {MOST_BINS}, not {bins!r}")
    least = max(least, FEWEST_PER_BIN)
    if draws < bins * least:
        raise UsageError(
            f"{draws:,} draws are too few for {bins} bins, which need {least:,} each: "
            f"take {bins * least:,} draws or fewer bins"
        )
