"""A node with its unit: what every formula and every Python expression is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from simcost.graph.node import Node
from simcost.units import PLAIN, Unit

LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True, eq=False)
class Quantity:
    """What one outcome has one number of.

    Parameters
    ----------
    node : Node
        How the number comes about.
    unit : Unit
        What it is measured in.
    constant : float or None
        Its value where that is known before any draw, in `unit`; taken from a ``const`` node.
    label : str
        What it is called in error messages: a name, or a piece of a formula.
    """

    node: Node
    unit: Unit = PLAIN
    constant: float | None = None
    label: str = ""

    def like(self, node: Node, unit: Unit, constant: float | None = None, label: str = "") -> Self:
        """Return another quantity of the same type."""
        return type(self)(node, unit, constant, label)  # in a third of the time of `replace`

    @property
    def fixed(self) -> float | None:
        """The value where it is the same in every outcome and known, else `None`."""
        return self.node.value if self.node.op == "const" else self.constant

    @property
    def name(self) -> str:
        """How to speak of it: its label, its number, or its unit."""
        if self.label:
            short = " ".join(self.label.split())
            return short if len(short) <= LONGEST_LABEL else short[: LONGEST_LABEL - 1] + "…"
        if self.fixed is not None:
            return f"{self.fixed:g} {self.unit}".strip()
        return "this"
