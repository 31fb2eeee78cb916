"""The outcomes of one output, and the means to look at any draw behind them."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from simcost.analyses._subject import Subject
from simcost.designs import DESIGNS
from simcost.errors import UsageError
from simcost.executors import ordered_map, processors
from simcost.graph.node import Node
from simcost.machine import worker
from simcost.machine.tally import Bins, Index, classify
from simcost.result import Meta, Result
from simcost.result.names import check_output
from simcost.run.drivers import observe, with_outputs
from simcost.run.engine import Origin, compile_plan, settle_engine

Vector = npt.NDArray[np.float64]
Answer = TypeVar("Answer")

LEAF = 1 << 16  # outcomes whose sums are added at a time, in order
_GATES_DRAWN = "what drives it is read off outcomes whose gates are drawn"


class Outcomes(Subject):
    """An output's outcomes and the inputs that it depends on.

    Parameters
    ----------
    result : Result
        Of a run per attempt, in the process that ran it.
    output : str
        One of its outputs.

    Raises
    ------
    UsageError
        For an unknown output, one that does not vary, fewer than 1,000 draws, or a result whose
        model is not known.
    """

    def __init__(self, result: Result, output: str) -> None:
        origin = _origin(result, output)
        super().__init__(origin.plan, output, result.meta.draws, result.meta.confidence)
        self.settings = replace(origin.settings, draws=self.count)
        self.meta = _meta(result.meta, output, self.count)
        self.y = self._drawn(result, self.count)
        self.result = Result({output: self.y}, {output: self.unit}, self.meta)
        if float(self.y.min()) == float(self.y.max()):
            raise UsageError(f"{output} is {self.y[0]:,.6g} in every outcome: nothing drives it")

    def _drawn(self, result: Result, count: int) -> Vector:
        if result.kept and result.meta.gates == "sampled":
            return result.values[self.output][:count]
        y = observe(self.plan, {"y": self.plan.outputs[self.output]}, self.settings, 0, count)["y"]
        y.setflags(write=False)
        return y

    @property
    def machine_loaded(self) -> bool:
        """Whether the compiled loops are there, so that using them costs nothing more."""
        return "simcost.machine.tally_loops" in sys.modules

    def part(self, where: npt.NDArray[np.bool_]) -> Result:
        """Return some of the outcomes, as independent ones.

        Of a balanced design they are more even than that, so intervals are wider than need be.
        """
        return self.of_values(self.y[where])

    def of_values(self, y: Vector) -> Result:
        """Return given outcomes of the output as a result of their own."""
        meta = replace(self.meta, draws=len(y), design="random", replicates=1)
        return Result({self.output: y}, {self.output: self.unit}, meta)

    def index(self, rows: Sequence[tuple[Node, Bins]]) -> Index:
        """Return the bin that each draw falls into, uint8[rows, count].

        Parameters
        ----------
        rows : sequence of (Node, Bins)
            What is drawn, a number from 0 to 1, and the bins that it falls into.
        """
        index = np.empty((len(rows), self.count), dtype=np.uint8)
        nodes = {str(k): node for k, (node, _) in enumerate(rows)}

        def work(first: int, last: int, drawn: Vector, compiled: bool) -> None:
            for (_, bins), u, out in zip(rows, drawn, index, strict=True):
                classify(u, bins, out[first:last], compiled=compiled)

        for _ in self.leaves(nodes, work):
            pass
        return index

    def leaves(
        self, nodes: Mapping[str, Node], work: Callable[[int, int, Vector, bool], Answer]
    ) -> Iterator[Answer]:
        """Yield `work` of each leaf of 65,536 outcomes, in order; some are under way at a time.

        Parameters
        ----------
        nodes : mapping of str to Node
            What is drawn.
        work : callable
            Takes the first outcome, the last one, what was drawn, float64[nodes, last - first],
            and whether the compiled machine is loaded; called from any thread.
        """
        program = compile_plan(with_outputs(self.plan, nodes))
        engine = settle_engine(program, self.settings, self.count)
        execute = worker(
            program, seed=self.settings.seed, design=self.settings.design, engine=engine
        )

        def one(first: int) -> Answer:
            last = min(first + LEAF, self.count)
            drawn = np.empty((len(nodes), last - first))
            execute(first, last, drawn)
            return work(first, last, drawn, engine == "machine")

        return self.map(one, range(0, self.count, LEAF))

    def head(self, nodes: Mapping[str, Node]) -> Vector:
        """Return the first outcomes of some nodes, float64[nodes, n]: their place and scale."""
        last = min(LEAF, self.count)
        return np.array([*observe(self.plan, nodes, self.settings, 0, last).values()])

    def map(self, one: Callable[[int], Answer], items: Iterable[int]) -> Iterator[Answer]:
        """Yield answers in the order of the items, from as many threads as the run had."""
        threads = self.settings.threads
        return ordered_map(one, items, processors() if threads is None else threads)


def _meta(meta: Meta, output: str, count: int) -> Meta:
    """Return the description of the outcomes that are looked at."""
    tails = {output: meta.tail_index[output]} if output in meta.tail_index else {}
    own = replace(meta, draws=count, tail_index=tails)
    if meta.gates == "sampled":
        return own
    replicates = DESIGNS[meta.design].replicates
    notes = (*meta.notes, _GATES_DRAWN)
    return replace(own, gates="sampled", patterns=(), replicates=replicates, notes=notes)


def _origin(result: Result, output: str) -> Origin:
    check_output(output, result.units)
    origin = result.origin
    if isinstance(origin, Origin):
        return origin
    if result.meta.view != "attempt":
        raise UsageError(
            f"each outcome here is a sum per {result.meta.view}; what drives it is asked of a run "
            "per attempt"
        )
    raise UsageError(
        "this result does not know the model it was drawn from (it was made from arrays, or sent "
        "to another process); run the model again and ask there"
    )
