"""What drives a plan: its random quantities by name, and the means to draw or to fix them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.graph.node import Node, walk
from simcost.graph.rewrite import substitute
from simcost.run.engine import Settings, check_finite, compile_plan, draw
from simcost.run.plan import Plan

GATE = ".gate"  # ends the name of the stream that decides whether a stage fails


@dataclass(frozen=True, slots=True)
class Driver:
    """One random quantity that an output depends on.

    Parameters
    ----------
    name : str
        Name of the input; ``"stage.failure"`` and the like for a distribution written inside a
        stage; ``"stage.gate"`` for the draw that decides whether a stage fails.
    uniform : Node
        Its marginal uniform draws, after coupling: high means a high value, or a failure.
    value : Node
        What formulas see: the quantile of `uniform`; of a gate, the draw itself.
    law : Distribution or None
        Its distribution; None for a gate.
    unit : str
        Empty for a plain number.
    """

    name: str
    uniform: Node
    value: Node
    law: Any
    unit: str = ""

    @property
    def gate(self) -> bool:
        """Whether it decides a stage's failure."""
        return self.law is None

    @property
    def discrete(self) -> bool:
        """Whether it has levels instead of a continuum: condition on these, not on bins."""
        return self.law is not None and bool(self.law.discrete)


def drivers(plan: Plan) -> tuple[Driver, ...]:
    """Return the random quantities that a plan's outputs depend on, in order of declaration.

    The mixing variable of a t copula is none: it belongs to the dependence, not to the project.
    """
    names: dict[Node, str] = {}
    for label, node in plan.labels.items():
        names.setdefault(node, label)
    found: dict[str, Driver] = {}
    inside: set[Node] = set()  # streams that a quantile or a coupling reads
    for node in walk(plan.outputs.values()):
        if node.op == "quantile" and not _mixes(node.args[0]):
            stream = node.args[0].name
            name = names.get(node, stream)
            found[name] = Driver(
                name, node.args[0], node, node.payload, plan.label_units.get(name, "")
            )
        if node.op in ("quantile", "ndtri"):
            inside.update(arg for arg in node.args if arg.op == "stream")
    for node in walk(plan.outputs.values()):
        if node.op == "stream" and node not in inside:
            found[node.name] = Driver(node.name, node, node, None)
    place = plan.dimensions
    last = len(place)
    order = sorted(found.values(), key=lambda one: place.get(one.name, last))
    return tuple(order)


def _mixes(uniform: Node) -> bool:
    return uniform.op == "stream" and uniform.name.startswith("copula:")


def with_outputs(plan: Plan, outputs: Mapping[str, Node]) -> Plan:
    """Return the plan with other nodes to be drawn, on the same streams and dimensions."""
    units = {name: plan.units.get(name, plan.label_units.get(name, "")) for name in outputs}
    return replace(plan, outputs=dict(outputs), units=units, tail_index={})


def fixed(plan: Plan, values: Mapping[Node, Node]) -> Plan:
    """Return the plan with nodes replaced in all outputs: a draw held at a number, say."""
    nodes = substitute(plan.outputs.values(), values)
    return replace(plan, outputs=dict(zip(plan.outputs, nodes, strict=True)))


def observe(
    plan: Plan, nodes: Mapping[str, Node], settings: Settings, first: int, last: int
) -> dict[str, npt.NDArray[np.float64]]:
    """Draw any nodes of a plan for the outcomes first … last - 1.

    Parameters
    ----------
    plan : Plan
        The plan; its own outputs are not drawn unless they are among `nodes`.
    nodes : mapping of str to Node
        What to draw, by name: ``driver.uniform``, ``driver.value``, outputs.
    settings : Settings
        Seed and design of the run whose outcomes these are.
    first, last : int
        Outcome numbers.

    Returns
    -------
    dict of str to float64[last - first]
        Equal, to the bit, to what the run of the plan saw.

    Raises
    ------
    NumericalError
        When one of them is NaN or infinite.
    """
    asked = with_outputs(plan, nodes)
    quiet = replace(settings, progress=None)
    values = draw(compile_plan(asked), quiet, first, last)
    check_finite(asked, quiet, values, first)
    return dict(zip(nodes, values, strict=True))


def observed_in_parts(
    plan: Plan, nodes: Mapping[str, Node], settings: Settings, part: int = 1 << 17
) -> Iterator[tuple[int, dict[str, npt.NDArray[np.float64]]]]:
    """Yield the draws of a whole run a part at a time, with the number of the first of each."""
    for first in range(0, settings.draws, part):
        last = min(first + part, settings.draws)
        yield first, observe(plan, nodes, settings, first, last)
