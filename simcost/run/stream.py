"""Draw any number of outcomes in constant memory: measure them and let them go."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from simcost.executors import ordered_map, processors
from simcost.machine import Program, worker
from simcost.result import Result
from simcost.result.ledger import Ledger
from simcost.result.source import LEAF, Work
from simcost.run.engine import (
    Settings,
    check_finite,
    compile_plan,
    make_meta,
    origin_of,
    rounded,
    settle_engine,
)
from simcost.run.memory import check_size
from simcost.run.plan import Plan

Answer = TypeVar("Answer")


def run_stream(plan: Plan, settings: Settings) -> Result:
    """Draw a plan and keep no outcomes.

    Everything that a report asks for is measured in one pass. A question that was not foreseen
    (another percentile) draws the same outcomes again.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How to draw it.

    Returns
    -------
    Result
        Equal to that of a run in memory, to the bit; its `values` raise UsageError.

    Raises
    ------
    ResourceError
        For more than 1e11 draws.
    NumericalError
        When an output is NaN or infinite; names the outcome and the quantity that made it.
    """
    check_size(settings.draws, len(plan.outputs))
    settings = rounded(settings)
    source = Drawn(plan, settings, compile_plan(plan))
    meta = make_meta(plan, settings)
    ledger = Ledger(source, meta.replicates)
    result = Result.of_ledger(ledger, plan.units, meta, origin_of(plan, settings))
    result.prepare(thresholds=settings.thresholds)
    source.quiet = True
    return result


class Drawn:
    """Outcomes that are drawn whenever they are needed.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How to draw it.
    program : Program
        The plan's outputs, lowered.
    """

    def __init__(self, plan: Plan, settings: Settings, program: Program) -> None:
        self.plan, self.settings, self.program = plan, settings, program
        self.quiet = False

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return self.settings.draws

    def map(
        self, work: Work[Answer], names: Sequence[str], first: int, last: int
    ) -> Iterator[Answer]:
        """Yield `work` of each leaf, in order; a few leaves are under way at a time."""
        settings = self.settings
        engine = settle_engine(self.program, settings, settings.draws)
        execute = worker(self.program, seed=settings.seed, design=settings.design, engine=engine)
        rows = {name: self.program.outputs.index(name) for name in names}

        def one(leaf: int) -> tuple[Answer, int]:
            begin, end = leaf * LEAF, min((leaf + 1) * LEAF, settings.draws)
            out = np.empty((len(self.program.outputs), end - begin))
            for start in range(begin, end, settings.segment):
                stop = min(start + settings.segment, end)
                execute(start, stop, out[:, start - begin : stop - begin])
            check_finite(self.plan, settings, out, begin)
            return work(leaf, {name: out[row] for name, row in rows.items()}), end

        threads = processors() if settings.threads is None else settings.threads
        for answer, done in ordered_map(one, range(first, last), threads):
            yield answer
            if settings.progress and not self.quiet:
                settings.progress(done, settings.draws)

    def __getstate__(self) -> dict[str, object]:
        # what was called meanwhile belongs to this process
        settings = replace(self.settings, progress=None, on_compile=None)
        return {**self.__dict__, "settings": settings}
