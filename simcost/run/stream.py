"""Draw outcomes and measure them on the way: kept in memory, or let go at once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from simcost.errors import NumericalError
from simcost.executors import ordered_map, processors
from simcost.machine import Program, tools_of, worker
from simcost.result import Result
from simcost.result.ledger import Ledger
from simcost.result.source import (
    LEAF,
    Later,
    Rows,
    Work,
    addresses_of,
    at_once,
    finished,
    leaves_of,
    when_due,
)
from simcost.run.engine import (
    Settings,
    check_finite,
    compile_plan,
    make_meta,
    origin_of,
    rounded,
    settle_engine,
)
from simcost.run.memory import check_memory, check_size, keeps_later
from simcost.run.plan import Plan

Answer = TypeVar("Answer")
Room = tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]  # a table, addresses of its rows

_ROOMS = 4  # made at once, if none has more bytes than
_LARGE = 1 << 22

_NOT_KEPT = (
    "More can be drawn without keeping every outcome: leave out keep=True, or write no --out file "
    "other than .json."
)


def run_in_memory(plan: Plan, settings: Settings) -> Result:
    """Draw a plan and keep every outcome.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How to draw it.

    Returns
    -------
    Result

    Raises
    ------
    ResourceError
        When it would not fit into memory; nothing has been drawn then.
    NumericalError
        When an output is NaN or infinite; names the outcome and the quantity that made it.
    """
    check_memory(settings.draws, len(plan.outputs), settings.memory_limit, hint=_NOT_KEPT)
    settings = rounded(settings)
    check_memory(settings.draws, len(plan.outputs), settings.memory_limit, hint=_NOT_KEPT)
    kept = np.empty((len(plan.outputs), settings.draws))
    result = _measured(plan, settings, kept)
    kept.setflags(write=False)
    return result


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
        Equal to that of a run in memory, to the bit. Its `values` are drawn anew when they are
        first asked for, unless they are too many or ``keep=False``: then they raise UsageError.

    Raises
    ------
    ResourceError
        For more than 1e11 draws.
    NumericalError
        When an output is NaN or infinite; names the outcome and the quantity that made it.
    """
    check_size(settings.draws, len(plan.outputs))
    return _measured(plan, rounded(settings), None)


def _measured(plan: Plan, settings: Settings, kept: npt.NDArray[np.float64] | None) -> Result:
    """Draw and measure in one pass, while the outcomes are in the processor's cache."""
    program = compile_plan(plan)
    engine = settle_engine(program, settings, settings.draws)
    source = Drawn(plan, settings, program, engine, kept)
    meta = make_meta(plan, settings)
    ledger = Ledger(source, meta.replicates, tools_of(engine))
    values = None if kept is None else source.rows()
    wanted = keeps_later(settings.draws, len(plan.outputs), settings.keep)
    later = source.keep_all if wanted else None
    result = Result.of_ledger(ledger, plan.units, meta, values, later)
    result = result.of(origin_of(plan, settings))
    result.prepare(thresholds=settings.thresholds, digest=kept is None)
    source.quiet = True
    return result


class Drawn:
    """Outcomes that are drawn when they are needed, once if they are kept.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How to draw it.
    program : Program
        The plan's outputs, lowered.
    engine : str
        ``machine`` or ``interpreter``.
    kept : float64[outputs, draws] or None
        Where to keep them.
    """

    def __init__(
        self,
        plan: Plan,
        settings: Settings,
        program: Program,
        engine: str,
        kept: npt.NDArray[np.float64] | None = None,
    ) -> None:
        self.plan, self.settings, self.program, self.engine = plan, settings, program, engine
        self.kept, self.quiet = kept, False
        self._there: set[int] = set()  # leaves that were drawn and kept

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return self.settings.draws

    def map(
        self,
        work: Work[Answer],
        names: Sequence[str],
        first: int,
        last: int,
        due: Callable[[int], bool] = at_once,
    ) -> Iterator[Answer]:
        """Yield `work` of each leaf, in order; a few leaves are under way at a time."""
        settings = self.settings
        execute = worker(
            self.program,
            seed=settings.seed,
            design=settings.design,
            engine=self.engine,
            outcomes=settings.draws,
        )
        rows = {name: self.program.outputs.index(name) for name in names}
        numbers = [*rows.values()]
        spare: list[Room] = []

        def drawn(begin: int, end: int, out: npt.NDArray[np.float64]) -> None:
            for start in range(begin, end, settings.segment):
                stop = min(start + settings.segment, end)
                execute(start, stop, out[:, start - begin : stop - begin])

        def one(leaf: int) -> Answer | Later[Answer]:
            begin, end = leaf * LEAF, min((leaf + 1) * LEAF, settings.draws)
            room = self._room(begin, end, spare)
            table, addresses = room
            out = table[:, : end - begin]
            if leaf not in self._there:
                drawn(begin, end, out)
                if self.kept is not None:
                    self._there.add(leaf)

            def finish() -> Answer:
                try:
                    values = ((name, out[row]) for name, row in rows.items())
                    return work(leaf, Rows(values, addresses[numbers]))
                except NumericalError:
                    check_finite(self.plan, settings, out, begin)  # knows what made it
                    raise
                finally:
                    if self.kept is None:
                        spare.append(room)

            return when_due(due(leaf), finish)

        threads = processors() if settings.threads is None else settings.threads
        leaves = range(first, last)
        for leaf, answer in zip(leaves, ordered_map(one, leaves, threads), strict=True):
            yield finished(answer)
            if settings.progress and not self.quiet:
                settings.progress(min((leaf + 1) * LEAF, settings.draws), settings.draws)

    def keep_all(self) -> dict[str, npt.NDArray[np.float64]]:
        """Draw every outcome once more and keep it; return them by output, read-only.

        Raises
        ------
        ResourceError
            When they do not fit into memory.
        """
        settings = self.settings
        check_memory(settings.draws, len(self.program.outputs), settings.memory_limit)
        if self.kept is None:
            self.kept = np.empty((len(self.program.outputs), settings.draws))
        for _ in self.map(lambda leaf, values: None, (), 0, leaves_of(settings.draws)):
            pass
        return self.rows()

    def rows(self) -> dict[str, npt.NDArray[np.float64]]:
        """Return the outcomes that are kept by output, read-only."""
        assert self.kept is not None, "asked of a source that keeps"
        rows = [row.view() for row in self.kept]
        for row in rows:
            row.setflags(write=False)
        return dict(zip(self.program.outputs, rows, strict=True))

    def _room(self, begin: int, end: int, spare: list[Room]) -> Room:
        """Return where to draw to: where it is kept, or what nobody reads any more."""
        if self.kept is not None:
            part = self.kept[:, begin:end]
            return part, addresses_of(part)
        # New memory would cost more than what is written to it: the system clears each page. For
        # several at once NumPy asks for large pages, which are cleared in a tenth of the time.
        try:
            return spare.pop()
        except IndexError:
            shape = len(self.program.outputs), min(LEAF, self.settings.draws)
            tables = np.empty((_ROOMS if 8 * math.prod(shape) <= _LARGE else 1, *shape))
            room, *others = [(table, addresses_of(table)) for table in tables]
            spare.extend(others)
            return room

    def __getstate__(self) -> dict[str, object]:
        # what was called meanwhile belongs to this process
        settings = replace(self.settings, progress=None, on_compile=None)
        return {**self.__dict__, "settings": settings}
