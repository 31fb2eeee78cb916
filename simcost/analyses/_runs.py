"""Runs of one output under many assumptions, on the same random numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from simcost.analyses._influence import Sampling
from simcost.designs import DESIGNS
from simcost.errors import UsageError
from simcost.graph.node import Node
from simcost.machine import Program, choose_engine
from simcost.model import Model
from simcost.model.tails import tail_indices
from simcost.result import Result
from simcost.result.names import check_output
from simcost.run import Plan, Settings, run_in_memory
from simcost.run.drivers import with_outputs
from simcost.run.engine import compile_plan, rounded

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

    def values(self, plan: Plan) -> Vector:
        """Return the outcomes of the output, float64[draws]."""
        return self.result(plan).values[self.output]


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
