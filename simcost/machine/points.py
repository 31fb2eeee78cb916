"""A graph at chosen points: the value of every output where its inputs are given, not drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from simcost.graph.node import Node, walk
from simcost.machine.interpreter import OPERATIONS
from simcost.machine.program import Floats


def at_points(outputs: Sequence[Node], given: Mapping[Node, Any]) -> list[Floats]:
    """Evaluate a graph with NumPy at points of one's own choice.

    Parameters
    ----------
    outputs : sequence of Node
        What is wanted.
    given : mapping of Node to float or float64[n]
        Values of nodes that are not to be computed: inputs, draws.

    Returns
    -------
    list of float64[n]
        One for each output, with the arithmetic of a run.

    Raises
    ------
    ValueError
        When an output needs a draw that was not given.
    """
    values: dict[Node, Any] = {}
    size = max((np.size(value) for value in given.values()), default=1)
    with np.errstate(all="ignore"):
        for node in walk(outputs):
            values[node] = _value(node, values, given)
    if any(values[node] is None for node in outputs):
        raise ValueError("an output needs a draw that was not given")
    return [np.broadcast_to(values[node], size).astype(np.float64) for node in outputs]


def _value(node: Node, values: Mapping[Node, Any], given: Mapping[Node, Any]) -> Any:
    if node in given:
        return np.asarray(given[node], dtype=np.float64)
    args = [values[arg] for arg in node.args]
    if node.op == "const":
        return np.float64(node.value)
    if any(arg is None for arg in args):
        return None
    if node.op in OPERATIONS:
        return OPERATIONS[node.op](*args)
    return None  # a draw, or a function of one: an error only if an output needs it
