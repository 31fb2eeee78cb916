"""Inputs that are shown as one bar.

A group moves along one direction of the normals behind its inputs: the one along which the output
follows them best, found on fresh outcomes beyond those of the run, so that the bar is not biased
by the search for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce

import numpy as np
import numpy.typing as npt

from simcost.analyses._axes import Axis
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._rank import ranks
from simcost.analyses._subject import Subject
from simcost.dependence.loadings import correlation, loadings
from simcost.errors import UsageError
from simcost.graph.node import Node, const, make
from simcost.machine.tally import make_bins
from simcost.run.drivers import observe

Vector = npt.NDArray[np.float64]

FRESH = 1 << 61  # outcomes that no run draws
SEARCHED = 1 << 16


def check_groups(subject: Subject, groups: Mapping[str, Sequence[str]]) -> None:
    """Refuse groups of unknown inputs, empty ones, and inputs or names that occur twice.

    Raises
    ------
    UsageError
        With what is wrong.
    """
    seen: set[str] = set()
    names = {driver.name for driver in subject.drivers}
    for name, members in groups.items():
        if isinstance(members, str) or not members:
            raise UsageError(f"the group {name} needs a list of inputs, not {members!r}")
        subject.check_inputs(members)
        twice = [member for member in members if member in seen]
        if twice or len(set(members)) < len(members):
            raise UsageError(f"an input belongs to one group once: {', '.join(twice or members)}")
        seen.update(members)
    for name in groups:
        if name in names - seen:
            raise UsageError(f"a group cannot be called {name}: an input is")


def group_axes(
    outcomes: Outcomes, groups: Mapping[str, Sequence[str]], edges: Sequence[float] | Vector
) -> list[Axis]:
    """Return each group along the bins of its direction."""
    bins = make_bins(edges)
    return [
        Axis(name, direction(outcomes, members), bins, "group") for name, members in groups.items()
    ]


def direction(outcomes: Outcomes, members: Sequence[str]) -> Node:
    """Return uniform draws that follow a group's inputs along their common direction."""
    found = {driver.name: driver for driver in outcomes.drivers}
    uniforms = [found[member].uniform for member in members]
    normals = [make("ndtri", uniform) for uniform in uniforms]
    weights = _weights(outcomes, normals)
    spread = correlation([loadings(uniform) for uniform in uniforms])
    length = float(np.sqrt(weights @ spread @ weights))
    if length == 0.0:
        weights, length = np.ones(len(members)), float(np.sqrt(np.sum(spread)))
    terms = [
        make("mul", const(float(weight) / length), z)
        for weight, z in zip(weights, normals, strict=True)
    ]
    return make("ndtr", reduce(lambda total, term: make("add", total, term), terms))


def _weights(outcomes: Outcomes, normals: Sequence[Node]) -> Vector:
    """Return the slopes of the output's ranks on the normals, from fresh outcomes."""
    nodes = {str(k): node for k, node in enumerate(normals)} | {"y": outcomes.node}
    settings = replace(outcomes.settings, design="random")
    drawn = observe(outcomes.plan, nodes, settings, FRESH, FRESH + SEARCHED)
    table = np.array([drawn[str(k)] for k in range(len(normals))])
    y = ranks(drawn["y"]) - 0.5
    slopes: Vector = np.linalg.lstsq(table.T, y, rcond=None)[0]
    return slopes
