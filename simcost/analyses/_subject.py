"""What is known of an output before anything is drawn: its inputs, its tail, how many outcomes.

A question that has no answer is refused here, so that nobody waits for a run to be told of a typo.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

import numpy as np

from simcost.errors import UsageError
from simcost.graph.node import Node, const
from simcost.graph.rewrite import substitute
from simcost.result.names import check_output
from simcost.run.drivers import Driver, drivers, with_outputs
from simcost.run.plan import Plan

MOST = 1 << 21  # outcomes that are looked at: more would tell nothing more of a bar
FEWEST = 1000
INSTEAD = "ask a tornado of a percentile (--statistic P90) or of rank correlations (--method rank)"


class Subject:
    """An output of a plan, and the inputs that it depends on.

    Parameters
    ----------
    plan : Plan
        What is drawn.
    output : str
        One of its outputs.
    draws : int
        Outcomes of the run.
    confidence : float
        Level of the intervals.

    Raises
    ------
    UsageError
        For an unknown output, or fewer than 1,000 draws.
    """

    def __init__(self, plan: Plan, output: str, draws: int, confidence: float = 0.95) -> None:
        check_output(output, plan.outputs)
        self.output, self.unit = output, plan.units[output]
        self.count = min(draws, MOST)
        if self.count < FEWEST:
            raise UsageError(
                f"{self.count:,} draws tell too little of what drives {output}; "
                f"take {FEWEST:,} or more (--draws)"
            )
        self.confidence = confidence
        self.whole = _settled(plan)
        self.plan = with_outputs(self.whole, {output: self.whole.outputs[output]})
        self.tail_index = plan.tail_index.get(output, 0.0)  # the upper one, from the model

    @property
    def node(self) -> Node:
        """The output."""
        return self.plan.outputs[self.output]

    @cached_property
    def drivers(self) -> tuple[Driver, ...]:
        """Its random inputs in order of declaration, without those that take one value only."""
        return drivers(self.plan)

    def require_drivers(self) -> None:
        """Refuse an output that depends on no uncertain input.

        Raises
        ------
        UsageError
            With the outputs that do.
        """
        if self.drivers:
            return
        random = [
            name
            for name, node in self.whole.outputs.items()
            if drivers(with_outputs(self.whole, {name: node}))
        ]
        others = f"; ask of {', '.join(random)}" if random else ""
        raise UsageError(
            f"{self.output} depends on no uncertain input, so nothing drives it{others}"
        )

    def require_variance(self, what: str, instead: str = INSTEAD) -> None:
        """Refuse an output whose variance does not exist.

        Parameters
        ----------
        what : str
            What has no meaning then.
        instead : str
            What to ask.

        Raises
        ------
        UsageError
            With the tail index, and what to ask instead.
        """
        if self.tail_index >= 0.5:
            raise UsageError(
                f"the variance of {self.output} does not exist (tail index "
                f"{self.tail_index:.3g}), so {what} has no meaning; {instead}"
            )

    def check_inputs(self, names: Iterable[str]) -> None:
        """Refuse a name that is no random input of the output.

        Raises
        ------
        UsageError
            With the nearest name that is one.
        """
        known = [driver.name for driver in self.drivers]
        for name in names:
            if name in known:
                continue
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(known)}"
            raise UsageError(f"{name!r} is no uncertain input of {self.output}; {hint}")


def _settled(plan: Plan) -> Plan:
    """Return the plan with inputs that take one value only as that number."""
    values = {one.value: const(_only(one)) for one in drivers(plan) if not _varies(one)}
    if not values:
        return plan
    nodes = iter(substitute([*plan.outputs.values(), *plan.labels.values()], values))
    outputs = dict(zip(plan.outputs, nodes, strict=False))
    return replace(plan, outputs=outputs, labels=dict(zip(plan.labels, nodes, strict=True)))


def _varies(driver: Driver) -> bool:
    if driver.law is None:
        return True
    low, high = driver.law.support()
    return bool(low < high)


def _only(driver: Driver) -> float:
    return float(driver.law.quantile(np.array([0.5]))[0])
