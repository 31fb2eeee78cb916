"""What a formula means: a hash-consed graph of float64 operations.

Equal expressions are one node, so ``x - x`` sees the same draw twice and common
subexpressions are computed once.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol
from weakref import WeakValueDictionary

# Operations by number of arguments. Every value is a float64; truth is 1.0 and 0.0.
LEAVES = ("const", "stream")
UNARY = (
    "neg", "not", "abs", "exp", "log", "log10", "log2", "expm1", "log1p", "sqrt",
    "floor", "ceil", "round", "sin", "cos", "tan",
    "ndtri", "ndtr",      # normal quantile of u; normal distribution function of z
    "student_cdf",        # distribution function of Student's t; value = degrees of freedom
    "quantile",           # payload = distribution
)  # fmt: skip
BINARY = (
    "add", "sub", "mul", "div", "mod", "pow", "min", "max",
    "lt", "le", "gt", "ge", "eq", "ne", "and", "or",
)  # fmt: skip
TERNARY = ("where",)
ARITY = {
    **dict.fromkeys(LEAVES, 0),
    **dict.fromkeys(UNARY, 1),
    **dict.fromkeys(BINARY, 2),
    **dict.fromkeys(TERNARY, 3),
}

OUTCOME = "outcome"  # one draw for each outcome
PROJECT = "project"  # one draw for a project, shared by all its attempts


class Payload(Protocol):
    """What a ``quantile`` node carries: a distribution, known by its canonical text."""

    @property
    def key(self) -> str:
        """Canonical text; equal text means equal distribution."""


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Node:
    """One operation on the results of others. Build it with `make`, never directly.

    Parameters
    ----------
    op : str
        A key of `ARITY`.
    args : tuple of Node
        Operands.
    value : float
        The number of a ``const``; the degrees of freedom of a ``student_cdf``.
    name : str
        Name of a ``stream``.
    index : str
        `OUTCOME` or `PROJECT`: which number selects the draw of a ``stream``.
    payload : Payload or None
        Distribution of a ``quantile``.
    """

    op: str
    args: tuple[Node, ...] = ()
    value: float = 0.0
    name: str = ""
    index: str = OUTCOME
    payload: Payload | None = None


_KNOWN: WeakValueDictionary[Hashable, Node] = WeakValueDictionary()


def make(
    op: str,
    *args: Node,
    value: float = 0.0,
    name: str = "",
    index: str = OUTCOME,
    payload: Payload | None = None,
) -> Node:
    """Return the one node with this content.

    Raises
    ------
    ValueError
        For an unknown operation or a wrong number of operands.
    """
    if ARITY.get(op) != len(args):
        raise ValueError(f"{op!r} with {len(args)} operands is no operation")
    value = float(value)
    # repr tells -0.0 from 0.0 and makes NaN equal to itself.
    key = (op, tuple(map(id, args)), repr(value), name, index, payload.key if payload else "")
    node = _KNOWN.get(key)
    if node is None:
        node = _KNOWN[key] = Node(op, args, value, name, index, payload)
    return node


def const(value: float) -> Node:
    """Return the node of a fixed number."""
    return make("const", value=value)


def stream(name: str, index: str = OUTCOME) -> Node:
    """Return the node of the uniform draws known by `name`."""
    return make("stream", name=name, index=index)


def quantile(u: Node, distribution: Payload) -> Node:
    """Return the node that maps uniform draws through a distribution's quantile function."""
    return make("quantile", u, payload=distribution)


def walk(roots: Iterable[Node]) -> Iterator[Node]:
    """Yield every node below `roots` once, operands before the operations that use them.

    Iterative, since a long formula would exhaust Python's stack.
    """
    seen: set[int] = set()
    for root in roots:
        stack = [(root, False)]
        while stack:
            node, ready = stack.pop()
            if id(node) in seen:
                continue
            if ready:
                seen.add(id(node))
                yield node
            else:
                stack.append((node, True))
                stack.extend((arg, False) for arg in reversed(node.args))
