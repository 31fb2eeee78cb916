"""The one entry: a program and a range of outcome numbers in, outputs out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from simcost.designs import DESIGNS
from simcost.errors import UsageError
from simcost.executors import ordered_map, processors
from simcost.machine.block import BLOCK
from simcost.machine.cache import compiled
from simcost.machine.interpreter import interpret
from simcost.machine.program import Floats, Program

if TYPE_CHECKING:
    from simcost.machine.native import Native

ENGINES = ("auto", "machine", "interpreter")
SEGMENT = 65536  # outcomes a worker takes at a time: milliseconds
# Up to this many instructions times outcomes NumPy, at 13 ns for one of them, is done sooner: the
# machine takes 0.5 s to load, and 10 s to compile where it never was.
FEW_WHEN_LOADED = 500_000
FEW_WHEN_COMPILED = 40_000_000
FEW_WHEN_NOT = 400_000_000

Piece = tuple[int, int]


def execute(
    program: Program,
    *,
    seed: int,
    design: str = "random",
    first: int = 0,
    last: int,
    bases: tuple[int, int] = (0, 0),
    engine: str = "auto",
    threads: int | None = None,
    segment: int = SEGMENT,
    progress: Callable[[int], None] | None = None,
) -> Floats:
    """Execute a program for the outcomes first … last - 1.

    The result is the same to the last bit for every engine, number of threads and segment, and
    outcome k is the same in every range that holds it.

    Parameters
    ----------
    program : Program
        What to execute.
    seed : int
        Seed of all streams.
    design : str
        Name of a design.
    first, last : int
        Outcome numbers, 0 <= first <= last.
    bases : tuple of int
        Added to the outcome number for streams that change with the outcome, and for those that
        change with the project.
    engine : str
        ``machine`` (compiled), ``interpreter`` (NumPy) or ``auto``: whichever is done sooner.
    threads : int or None
        Workers; None means one for each processor.
    segment : int
        Outcomes a worker takes at a time.
    progress : callable or None
        Called with the number of outcomes done, in order.

    Returns
    -------
    float64[n_outputs, last - first]

    Raises
    ------
    UsageError
        For an unknown engine or design, or a range or number that makes no sense.
    """
    _check(engine, design, first, last, threads, segment)
    if engine == "auto":
        engine = choose_engine(program, last - first)
    out = np.empty((len(program.outputs), last - first))
    work = worker(
        program, seed=seed, design=design, bases=bases, engine=engine, outcomes=last - first
    )

    def one(piece: Piece) -> Piece:
        work(*piece, out[:, piece[0] - first : piece[1] - first])
        return piece

    workers = processors() if threads is None else threads
    for _, done in ordered_map(one, _pieces(first, last, segment), workers):
        if progress is not None:
            progress(done - first)
    return out


def worker(
    program: Program,
    *,
    seed: int,
    design: str,
    bases: tuple[int, int] = (0, 0),
    engine: str,
    outcomes: int = 0,
) -> Callable[[int, int, Floats], None]:
    """Return what executes a program piece by piece, for those who keep no outcomes.

    Parameters
    ----------
    program, seed, design, bases
        As for `execute`.
    engine : str
        ``machine`` or ``interpreter``; see `choose_engine`.
    outcomes : int
        About how many will be asked for; for many the machine compiles some of the program.

    Returns
    -------
    callable
        Takes the first outcome, the last one (exclusive) and float64[n_outputs, last - first] to
        write to; may be called from several threads.
    """
    if engine == "machine":
        return _machine(program, seed, design, bases, outcomes)
    return _interpreter(program, seed, design, bases)


def machine_in_use() -> bool:
    """Return whether the compiled machine is loaded already, so that using it costs nothing."""
    return "simcost.machine.kernel" in sys.modules


def choose_engine(program: Program, outcomes: int) -> str:
    """Return the engine that is done sooner, loading it included."""
    if machine_in_use():
        few = FEW_WHEN_LOADED
    else:
        few = FEW_WHEN_COMPILED if compiled() else FEW_WHEN_NOT
    return "interpreter" if outcomes * len(program.code) <= few else "machine"


def _check(
    engine: str, design: str, first: int, last: int, threads: int | None, segment: int
) -> None:
    if engine not in ENGINES:
        raise UsageError(f"there is no engine {engine!r}; take one of {', '.join(ENGINES)}")
    if design not in DESIGNS:
        raise UsageError(f"there is no design {design!r}; take one of {', '.join(DESIGNS)}")
    if not 0 <= first <= last:
        raise UsageError(f"outcomes {first} to {last} are no range")
    if segment < 1 or (threads is not None and threads < 1):
        raise UsageError("threads and segment have to be at least 1")


def _pieces(first: int, last: int, segment: int) -> Iterator[Piece]:
    for start in range(first, last, segment):
        yield start, min(start + segment, last)


def _interpreter(
    program: Program, seed: int, design: str, bases: tuple[int, int]
) -> Callable[[int, int, Floats], None]:
    numbers = program.stream_bases(bases)

    def work(first: int, last: int, out: Floats) -> None:
        # Short stretches stay in the cache; 8 blocks make NumPy's own overhead small.
        for start, end in _pieces(first, last, 8 * BLOCK):
            out[:, start - first : end - first] = interpret(
                program, seed, design, start, end, numbers
            )

    return work


def _machine(
    program: Program, seed: int, design: str, bases: tuple[int, int], outcomes: int
) -> Callable[[int, int, Floats], None]:
    from simcost.machine.kernel import run
    from simcost.machine.native import native_of

    groups = native_of(program, outcomes)
    plain = kernel_arguments(program, seed, design, bases)

    def work(first: int, last: int, out: Floats) -> None:
        native = groups()  # holds the code for as long as the kernel runs
        arguments = plain if native is None else _grouped(plain, native)
        run(*arguments, first, last, out)

    return work


def _grouped(arguments: list[Any], native: Native) -> list[Any]:
    """Return the kernel's arguments for a program with groups."""
    _, constants, _, _, *others, _ = arguments
    order = native.arrangement
    return [
        order.code, constants, order.output_slots, order.n_slots, *others, native.addresses
    ]  # fmt: skip


def kernel_arguments(
    program: Program, seed: int, design: str, bases: tuple[int, int] = (0, 0)
) -> list[Any]:
    """Everything that the kernel is given besides the range."""
    make = DESIGNS[design].tables
    streams = [
        make(seed, name, dimension)
        for name, dimension in zip(program.streams, program.stream_dimension.tolist(), strict=True)
    ]
    keys = [[stream.key0, stream.key1] for stream in streams]
    t = program.tables
    return [
        program.code, program.constants, program.output_slots, program.n_slots,
        program.stream_bases(bases),
        np.array([stream.kind for stream in streams], dtype=np.int64),
        np.array(keys, dtype=np.uint64).reshape(-1, 2),
        np.array([stream.directions for stream in streams], dtype=np.uint64).reshape(-1, 32),
        np.array([stream.seeds for stream in streams], dtype=np.uint64).reshape(-1, 2, 16),
        t.packed_rows, t.meta, t.bounds, t.fine_left, t.fine_scale, t.fine_rows,
        t.step_edges, t.step_values, t.step_guide, t.step_meta, t.triangles,
        np.empty(0, dtype=np.int64),
    ]  # fmt: skip
