"""Runs of one output under many assumptions, on the same random numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from simcost.analyses._influence import Sampling
from simcost.designs import DESIGNS
from simcost.errors import NumericalError, UsageError
from simcost.graph.node import Node
from simcost.machine import Program, choose_engine
from simcost.model import Model
from simcost.model.tails import tail_indices
from simcost.result import Result
from simcost.result.names import check_output
from simcost.run import Plan, Settings, run_in_memory
from simcost.run.drivers import with_outputs
from simcost.run.engine import compile_plan, rounded

BATCH = 5  # plans in one program: more would not fit into the processor's cache
LARGEST = 20_000_000  # figures of a batch that are kept at a time

Vector = npt.NDArray[np.float64]


@dataclass
class Runs:
    """One output of a model, drawn as often as there are questions.

    Parameters
    ----------
    output : str
        Name of the output.
    settings : Settings
        How to draw: the same for all, so that all see the same random numbers.
    expected : int
        About how many runs there will be: many short ones are worth loading the machine for.
    """

    output: str
    settings: Settings
    expected: int = 1
    _engine: str = field(default="", init=False)

    def __post_init__(self) -> None:
        if self.settings.gates != "sampled":
            raise UsageError("outcomes are compared one by one, and carry no weights: sample gates")
        self.settings = replace(rounded(self.settings), keep=True)

    @property
    def sampling(self) -> Sampling:
        """How the outcomes are drawn."""
        replicates = DESIGNS[self.settings.design].replicates
        return Sampling(self.settings.draws, replicates)

    def engine(self, program: Program) -> str:
        """Return the engine that is done with all runs sooner."""
        if not self._engine:
            self._engine = self.settings.engine
            if self._engine == "auto":
                self._engine = choose_engine(program, self.settings.draws * self.expected)
        return self._engine

    def result(self, plan: Plan) -> Result:
        """Return the outcomes of a plan with this output and perhaps others.

        Raises
        ------
        ResourceError
            When the outcomes would not fit into memory.
        NumericalError
            For a NaN or an infinity.
        """
        engine = self._engine or self.engine(compile_plan(plan))
        return run_in_memory(plan, replace(self.settings, engine=engine))

    def together(self, plans: Sequence[Plan]) -> Iterator[tuple[Result, str]]:
        """Yield the outcomes of each plan, in order: a result, and the name that they have in it.

        A few plans are one program: what they share, all draws that none of them changes and what
        is made of these, is computed once for them all. The bits are those of plans run alone.

        Parameters
        ----------
        plans : sequence of Plan
            Each with this output only.
        """
        for batch in self._batches(plans):
            names = [f"{self.output} {number}" for number in range(len(batch))]
            joined = _joined(batch, names, self.output)
            try:
                result = self.result(joined)
            except NumericalError:
                for plan in batch:  # says of which scenario it is
                    self.result(plan)
                raise
            yield from ((result, name) for name in names)

    def _batches(self, plans: Sequence[Plan]) -> Iterator[list[Plan]]:
        """Yield neighbours that number their streams alike, as many as fit well."""
        most = max(1, min(BATCH, LARGEST // self.settings.draws))
        batch: list[Plan] = []
        for plan in plans:
            if batch and (len(batch) == most or plan.streams != batch[0].streams):
                yield batch
                batch = []
            batch.append(plan)
        if batch:
            yield batch

    def values(self, plan: Plan) -> Vector:
        """Return the outcomes of the output, float64[draws]."""
        return self.result(plan).values[self.output]


def _joined(plans: Sequence[Plan], names: Sequence[str], output: str) -> Plan:
    """Return a plan with the output of each of some plans, by new names."""
    together = dict(zip(names, plans, strict=True))
    return replace(
        plans[0],
        outputs={name: plan.outputs[output] for name, plan in together.items()},
        units={name: plan.units[output] for name, plan in together.items()},
        tail_index={name: plan.tail_index[output] for name, plan in together.items()},
    )


def only(plan: Plan, output: str) -> Plan:
    """Return the plan of one output, with its tail index.

    Raises
    ------
    UsageError
        When there is no such output.
    """
    check_output(output, plan.outputs)
    node = plan.outputs[output]
    kept = with_outputs(plan, {output: node})
    return replace(kept, tail_index={output: tail_index(node)})


def tail_index(node: Node) -> float:
    """Return the upper tail index of a node, known from its formula."""
    return tail_indices([node])[node]


def default_output(model: Model) -> str:
    """Return the output that is meant where none is named: the cost, or the first."""
    outputs = [*model.plan().outputs]
    if not outputs:
        raise UsageError("the model reports nothing")
    return "cost" if "cost" in outputs else outputs[0]
