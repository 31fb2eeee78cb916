"""What a run needs to know of a model: named nodes, their units and what was noticed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from simcost.graph.node import Node, walk
from simcost.run.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Plan:
    """A model ready to be drawn.

    Parameters
    ----------
    name : str
        Name of the model.
    outputs : mapping of str to Node
        What is reported, in order.
    units : mapping of str to str
        Unit of each output, empty for a plain number.
    labels : mapping of str to Node
        Inputs, quantities and stage figures by the names a reader knows, in order.
    label_units : mapping of str to str
        Their units.
    streams : tuple of str
        Names of all streams in order of declaration; the position is the dimension of a
        low-discrepancy design.
    tail_index : mapping of str to float
        Tail index of each output, from those of the inputs it depends on.
    currency, scenario, view : str
        As declared; `view` is ``attempt``, ``success`` or ``portfolio``.
    notes : tuple of str
        Remarks that a reader of the results must see.
    catalogue_hash : str
        Digest of the catalogue that the inputs came from.
    schedule : Schedule or None
        When stages spend what they spend, in a model with periods.
    """

    name: str
    outputs: Mapping[str, Node]
    units: Mapping[str, str]
    labels: Mapping[str, Node]
    label_units: Mapping[str, str]
    streams: tuple[str, ...] = ()
    tail_index: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""
    scenario: str = ""
    view: str = "attempt"
    notes: tuple[str, ...] = ()
    catalogue_hash: str = ""
    schedule: Schedule | None = None

    @property
    def dimensions(self) -> dict[str, int]:
        """Dimension of each stream in a low-discrepancy design."""
        return {name: number for number, name in enumerate(self.streams)}

    @property
    def hash(self) -> str:
        """Digest of what is computed: operations, distributions, stream names and units."""
        digest = hashlib.blake2b(digest_size=16, person=b"simcost.model.v1")
        number: dict[int, int] = {}
        for node in walk(self.outputs.values()):
            number[id(node)] = len(number)
            payload = node.payload.key if node.payload else ""
            args = [number[id(arg)] for arg in node.args]
            digest.update(
                f"{node.op}{args}{node.value!r}{node.name}{node.index}{payload}\n".encode()
            )
        digest.update(f"{self.streams}\n".encode())  # their order counts in a Sobol design
        for name, node in self.outputs.items():
            digest.update(f"{name}={number[id(node)]} [{self.units[name]}]\n".encode())
        return digest.hexdigest()
