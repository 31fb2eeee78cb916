"""The additive parts of an output: its line items, read off its formula."""

from __future__ import annotations

from collections.abc import Mapping

from simcost.analyses._outcomes import Outcomes
from simcost.graph.node import Node, const, make

Signed = tuple[float, Node]

_ZERO = const(0.0)


def line_items(outcomes: Outcomes) -> dict[str, Node]:
    """Return the parts that an output is the sum of, by name.

    Sums, differences, and choices between sums are taken apart, down to what the model gives a
    name; what a stage spends and what of it is salvaged are one item. An output that is no sum is
    one item.

    Parameters
    ----------
    outcomes : Outcomes
        Of which output.

    Returns
    -------
    dict of str to Node
        In order of the formula.
    """
    names: dict[Node, str] = {}
    for label, node in outcomes.whole.labels.items():
        if label != outcomes.output:
            names.setdefault(node, label)
    parts = _parts(outcomes.node, names, top=True)
    if len(parts) < 2:
        return {outcomes.output: outcomes.node}
    items: dict[str, Node] = {}
    for sign, part in parts:
        name = _name(part, names) or outcomes.output
        signed = part if sign > 0 else make("neg", part)
        items[name] = signed if name not in items else make("add", items[name], signed)
    return items


def _parts(node: Node, names: Mapping[Node, str], *, top: bool = False) -> list[Signed]:
    if node.op == "const" and node.value == 0.0:
        return []
    if not top and node in names:
        return [(1.0, node)]
    if node.op == "add":
        return [part for arg in node.args for part in _parts(arg, names)]
    if node.op == "sub":
        left, right = node.args
        return [*_parts(left, names), *((-sign, part) for sign, part in _parts(right, names))]
    if node.op == "neg":
        return [(-sign, part) for sign, part in _parts(node.args[0], names)]
    if node.op == "where":
        return _chosen(node, names)
    return [(1.0, node)]


def _chosen(node: Node, names: Mapping[Node, str]) -> list[Signed]:
    """Take a choice between two sums apart: what is in both is in either way."""
    condition, yes, no = node.args
    sums = [_parts(yes, names), _parts(no, names)]
    if max(map(len, sums)) < 2 and yes is not _ZERO and no is not _ZERO:
        return [(1.0, node)]
    parts: list[Signed] = []
    for sign, part in sums[0]:
        if (sign, part) in sums[1]:
            sums[1].remove((sign, part))
            parts.append((sign, part))
        else:
            parts.append((sign, make("where", condition, part, _ZERO)))
    return parts + [(sign, make("where", condition, _ZERO, part)) for sign, part in sums[1]]


def _name(part: Node, names: Mapping[Node, str]) -> str:
    """Return what a part is called: by itself, or by the first amount in it that has a name."""
    queue = [part]
    while queue:
        node = queue.pop(0)
        if node in names:
            name = names[node]
            # what a stage spends is called after the stage
            return name.rsplit(".", 1)[0] if name.endswith(" spent") else name
        queue += node.args[1:] if node.op == "where" else node.args
    return ""
