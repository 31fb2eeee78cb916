"""Rebuild a graph with some nodes replaced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simcost.graph.node import Node, make, walk


def substitute(roots: Iterable[Node], replacements: Mapping[Node, Node]) -> list[Node]:
    """Return the roots with every occurrence of some nodes replaced.

    Parameters
    ----------
    roots : iterable of Node
        Graphs to rebuild.
    replacements : mapping of Node to Node
        What stands for what; a replacement is not searched again.

    Returns
    -------
    list of Node
        In the order of `roots`.
    """
    roots = list(roots)
    rebuilt: dict[Node, Node] = {}
    for node in walk(roots):
        if node in replacements:
            rebuilt[node] = replacements[node]
            continue
        rebuilt[node] = with_args(node, tuple(rebuilt[arg] for arg in node.args))
    return [rebuilt[root] for root in roots]


def with_args(node: Node, args: tuple[Node, ...]) -> Node:
    """Return the same operation on other operands."""
    if args == node.args:
        return node
    return make(
        node.op, *args, value=node.value, name=node.name, index=node.index, payload=node.payload
    )
