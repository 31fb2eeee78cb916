"""How heavy the upper tail of an output can be, read off its formula.

The tail index ξ of a sum, a maximum or a product of independent terms is the largest of theirs;
a mean exists for ξ < 1 and a variance for ξ < 1/2. Data cannot show a rare heavy component, the
formula can.

References
----------
Embrechts, Klüppelberg & Mikosch (1997), Modelling Extremal Events, appendix A3 (Breiman's lemma).
"""

from __future__ import annotations

from collections.abc import Iterable

from simcost.families import Distribution
from simcost.graph.node import Node, walk

_BOUNDED = frozenset(
    {"lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "sin", "cos", "ndtr", "student_cdf"}
    | {"log", "log2", "log10", "log1p", "const", "stream"}
)


def tail_indices(roots: Iterable[Node]) -> dict[Node, float]:
    """Return an upper bound of the tail index ξ of every node below `roots`.

    Parameters
    ----------
    roots : iterable of Node
        Outputs.

    Returns
    -------
    dict of Node to float
        0 for light tails.

    Notes
    -----
    Divisors are taken to stay away from zero, and exponentials of light-tailed terms to be
    light-tailed, which holds for the normal; both are stated limits of the check.
    """
    index: dict[Node, float] = {}
    for node in walk(roots):
        index[node] = _index(node, [index[arg] for arg in node.args])
    return index


def _index(node: Node, below: list[float]) -> float:
    if node.op in _BOUNDED or not below:
        return 0.0
    if node.op == "quantile":
        assert isinstance(node.payload, Distribution)
        return max(0.0, node.payload.tail_index())
    if node.op == "div":
        return below[0]
    if node.op == "min":
        return min(below)
    if node.op == "where":
        return max(below[1:])
    if node.op == "sqrt":
        return below[0] / 2
    if node.op == "pow":
        exponent = node.args[1]
        return below[0] * max(0.0, exponent.value) if exponent.op == "const" else below[0]
    if node.op == "mul" and node.args[0] is node.args[1]:
        return 2 * below[0]
    return max(below)
