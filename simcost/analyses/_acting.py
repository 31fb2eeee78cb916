"""The random quantities of a plan as people think of them: a gate is whether its stage fails."""

from __future__ import annotations

from dataclasses import dataclass

from simcost.errors import UsageError
from simcost.graph.node import Node, walk
from simcost.result import Result
from simcost.result.names import check_output
from simcost.run.drivers import Driver, drivers
from simcost.run.engine import Origin, Settings
from simcost.run.plan import Plan


@dataclass(frozen=True, slots=True)
class Acting:
    """One random quantity, with what is to be looked at.

    Parameters
    ----------
    driver : Driver
        The quantity.
    shown : Node
        Its value; of a gate, 1 where the stage fails (or would, had it been reached), else 0.
    """

    driver: Driver
    shown: Node

    @property
    def name(self) -> str:
        """Name of the driver."""
        return self.driver.name

    @property
    def unit(self) -> str:
        """Unit of `shown`."""
        return self.driver.unit

    @property
    def tail(self) -> float:
        """Tail index of `shown`."""
        return 0.0 if self.driver.law is None else float(self.driver.law.tail_index())

    @property
    def levels(self) -> bool:
        """Whether it has levels instead of a continuum."""
        return self.driver.discrete or self.shown is not self.driver.value


def acting(plan: Plan) -> tuple[Acting, ...]:
    """Return the random quantities that a plan's outputs depend on, gates as failures."""
    fails = {
        node.args[0]: node
        for node in walk(plan.outputs.values())
        if node.op == "gt" and node.args[0].op == "stream"
    }
    return tuple(
        Acting(one, fails.get(one.uniform, one.value) if one.gate else one.value)
        for one in drivers(plan)
    )


def origin_of(result: Result, question: str, output: str) -> tuple[Plan, Settings]:
    """Return what a result was drawn from.

    Raises
    ------
    UsageError
        When that is not known, when the design is not the random one, or for an unknown output.
    """
    check_output(output, result.units)
    if not isinstance(result.origin, Origin):
        raise UsageError(
            f"{question} draws outcomes again, and this result does not know its model; "
            "ask a run per attempt, in the process that made it"
        )
    if result.meta.design != "random":
        raise UsageError(
            f"{question} takes independent outcomes; run with design random, "
            f"not {result.meta.design}"
        )
    if result.meta.gates != "sampled":
        raise UsageError(f"{question} takes outcomes whose gates are drawn; run with gates sampled")
    return result.origin.plan, result.origin.settings
