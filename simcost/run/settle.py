"""Rebuild a graph in which some nodes are known numbers, and what no longer matters is gone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from simcost.graph.node import Node, const, make, walk
from simcost.graph.rewrite import with_args
from simcost.machine.interpreter import OPERATIONS, fold_constants

_TRUTHS = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))


def settle(
    roots: Iterable[Node], known: Mapping[Node, Node], among: Iterable[Node] | None = None
) -> list[Node]:
    """Return the roots with some nodes replaced by constants and the consequences drawn.

    A choice whose condition is known becomes its branch, and what is made of constants alone
    becomes one, with the bits of a run. Nothing is multiplied out: ``0 * x`` stays, since x may be
    infinite. So each root has the value, to the bit, that it would have had in an outcome in which
    those nodes take those numbers.

    Parameters
    ----------
    roots : iterable of Node
        Graphs to rebuild.
    known : mapping of Node to Node
        Constants by the node that they stand for.
    among : iterable of Node or None
        All nodes that depend on a known one, operands before the operations that use them, of
        roots that were settled before; None to look at every node.

    Returns
    -------
    list of Node
        In the order of `roots`.
    """
    roots = list(roots)
    rebuilt: dict[Node, Node] = {}
    for node in walk(roots) if among is None else among:
        args = tuple([rebuilt.get(arg, arg) for arg in node.args])
        rebuilt[node] = known.get(node) or _settled(node, args)
    return [rebuilt.get(root, root) for root in roots]


def above(roots: Iterable[Node], node: Node) -> Iterator[Node]:
    """Yield what depends on a node, itself included, operands before operations."""
    found: set[Node] = set()
    for here in walk(roots):
        if here is node or not found.isdisjoint(here.args):
            found.add(here)
            yield here


def _settled(node: Node, args: tuple[Node, ...]) -> Node:
    if node.op == "where":
        condition, yes, no = args
        if condition.op == "const":
            return yes if condition.value != 0.0 else no
        if yes is no:
            return yes
    if node.op in ("and", "or"):
        for first, second in (args, args[::-1]):
            if first.op == "const":
                decides = (first.value != 0.0) == (node.op == "or")
                return const(float(node.op == "or")) if decides else _truth(second)
    if args and all(arg.op == "const" for arg in args) and node.op in OPERATIONS:
        return const(fold_constants(node.op, [arg.value for arg in args]))
    return with_args(node, args)


def _truth(node: Node) -> Node:
    """Return 1 or 0 for a number: what `and` and `or` make of it."""
    if node.op == "const":
        return const(float(node.value != 0.0))
    return node if node.op in _TRUTHS else make("ne", node, const(0.0))
