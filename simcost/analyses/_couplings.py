"""The players of a walk, and their couplings in the order of the walk."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._outcomes import Outcomes
from simcost.dependence.eigen import Matrix
from simcost.dependence.loadings import Loadings, correlation, coupled, loadings
from simcost.dependence.nearest import cholesky
from simcost.graph.node import Node, stream, walk
from simcost.graph.rewrite import substitute
from simcost.machine import Program
from simcost.run.plan import Plan

Order = npt.NDArray[np.int64]
Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Inputs that are coupled with each other.

    Parameters
    ----------
    members : tuple of str
        Inputs, each with a stream of its own name.
    matrix : float64[n, n]
        Correlation of their normals.
    marks : float64[n, n]
        Numbers that stand for the coefficients in the program, to be found and replaced.
    """

    members: tuple[str, ...]
    matrix: Matrix
    marks: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class Couplings:
    """A plan whose couplings can be put into any order.

    Parameters
    ----------
    plan : Plan
        With coefficients that are marks.
    node : Node
        Its output.
    players : tuple of tuple of str
        Streams of each player.
    names : tuple of str
        Names of the players.
    blocks : tuple of Block
        Coupled inputs.
    """

    plan: Plan
    node: Node
    players: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    blocks: tuple[Block, ...]

    def masks(self, program: Program) -> npt.NDArray[np.bool_]:
        """Return which streams of a program belong to which player, bool[players, streams]."""
        return np.array(
            [[name in streams for name in program.streams] for streams in self.players]
        ).reshape(len(self.players), len(program.streams))

    def constants(self, program: Program, order: Order) -> Vector:
        """Return a program's constants for a walk in some order of the players."""
        constants = program.constants.copy()
        place = self._places(order)
        for block in self.blocks:
            inner = np.argsort([place[name] for name in block.members], kind="stable")
            lower = cholesky(block.matrix[np.ix_(inner, inner)])
            weights = np.empty_like(lower)
            weights[np.ix_(inner, inner)] = lower
            for mark, weight in zip(block.marks.ravel(), weights.ravel(), strict=True):
                constants[program.constants == mark] = weight
        return constants

    def last_of_its_block(self, player: int, order: Order) -> bool:
        """Return whether no input coupled with a player comes after it."""
        own = self.players[player]
        place = self._places(order)
        return all(
            place[other] <= place[member]
            for block in self.blocks
            for member in own
            if member in block.members
            for other in block.members
        )

    def _places(self, order: Order) -> dict[str, int]:
        return {name: step for step, player in enumerate(order) for name in self.players[player]}


def read_couplings(outcomes: Outcomes, groups: Mapping[str, Sequence[str]]) -> Couplings:
    """Return an output's players and couplings.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.
    groups : mapping of str to sequence of str
        Inputs that are one player.
    """
    loads = {driver.name: loadings(driver.uniform) for driver in outcomes.drivers}
    uniforms = {driver.name: driver.uniform for driver in outcomes.drivers}
    blocks: list[Block] = []
    replaced: dict[Node, Node] = {}
    for members in _connected(loads):
        if len(members) < 2:
            continue
        count = len(members)
        # Numbers that no model contains, each its own.
        marks: Any = (0.1 + np.arange(count**2) * 1e-3 + len(blocks)).reshape(
            count, count
        ) * math.sqrt(2)
        blocks.append(Block(members, correlation([loads[name] for name in members]), marks))
        streams = [stream(name) for name in members]
        like = next((loads[name] for name in members if loads[name].mixing), loads[members[0]])
        for name, row in zip(members, marks, strict=True):
            replaced[uniforms[name]] = coupled(streams, [float(one) for one in row], like)
    inside = {name for block in blocks for name in block.members}
    own = {name: (name,) if name in inside else tuple(load.weights) for name, load in loads.items()}
    grouped = {name for members in groups.values() for name in members}
    players = {name: streams for name, streams in own.items() if name not in grouped}
    for name, grouped_ones in groups.items():
        players[name] = tuple(part for member in grouped_ones for part in own[member])
    for load in loads.values():
        if load.mixing is not None:
            (factor,) = (node.name for node in walk([load.mixing]) if node.op == "stream")
            players[f"common factor ({factor.split(':')[1]})"] = (factor,)
    (node,) = substitute([outcomes.node], replaced)
    return Couplings(outcomes.plan, node, tuple(players.values()), tuple(players), tuple(blocks))


def _connected(loads: Mapping[str, Loadings]) -> list[tuple[str, ...]]:
    """Return inputs by the streams that they share, directly or through others."""
    groups: list[tuple[list[str], set[str]]] = []
    for name, load in loads.items():
        names, streams = [name], set(load.weights)
        for other in [one for one in groups if one[1] & streams]:
            groups.remove(other)
            names, streams = other[0] + names, streams | other[1]
        groups.append((names, streams))
    return [tuple(names) for names, _ in groups]
