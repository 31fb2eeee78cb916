"""Groups of simple operations compiled for one program, as loops of their own.

Eight outcomes at a time go through all operations of a group, in registers. Nothing may be
reordered, contracted or approximated, so each operation gives the bits of the plain loops in
`simcost.machine.loops`. An operation takes the compiler 0.1 to 0.2 ms, and takes 0.14 ns less for
every outcome.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import blake2b
from threading import Thread
from typing import Any

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from simcost.machine.block import ROW
from simcost.machine.cache import PLAIN_LOOKUP
from simcost.machine.emission import DOUBLE, INDEX, LANES, VECTOR, Loop
from simcost.machine.fusion import Arrangement, Group, arrange
from simcost.machine.program import Program
from simcost.machine.vectors import target

ENOUGH = 2_000_000  # outcomes, of whatever program, that pay for the compiler
MOST_KEPT = 32  # programs; a model that is read again, or has other tables, is not compiled again
_LINE = 64  # bytes


class Native:
    """A program whose simple operations are compiled; the code lives as long as this does.

    Parameters
    ----------
    program : Program
        What to compile.

    Attributes
    ----------
    arrangement : Arrangement
        What the kernel is to execute.
    addresses : int64[groups]
        Where the code of each group is.
    """

    def __init__(self, program: Program) -> None:
        self.arrangement = arrange(program)
        module = ir.Module()
        names = [f"group{k}" for k in range(len(self.arrangement.groups))]
        for name, group in zip(names, self.arrangement.groups, strict=True):
            _emit(module, name, group, self.arrangement, program)
        self._engine = _compiled(str(module))
        found = [self._engine.get_function_address(name) for name in names]
        self.addresses = np.array(found, dtype=np.int64)


_known: dict[bytes, list[Native]] = {}  # by what is compiled, the oldest first


def native_of(program: Program, outcomes: int) -> Callable[[], Native | None]:
    """Have a program's groups compiled, beside other work, where that pays.

    Parameters
    ----------
    program : Program
        What will be executed.
    outcomes : int
        For about how many outcomes.

    Returns
    -------
    callable
        Returns the groups, or None for as long as there are none.
    """
    if os.environ.get(PLAIN_LOOKUP) or outcomes < ENOUGH:
        return lambda: None
    key = _compiled_of(program)
    done = _known.get(key)
    if done is None:
        done = _known[key] = []
        for oldest in [*_known][:-MOST_KEPT]:
            _known.pop(oldest, None)
        beside(lambda: _compile(program, done))
    return lambda: done[0] if done else None


def _compiled_of(program: Program) -> bytes:
    """Return everything that the code of its groups depends on."""
    tables = program.tables
    parts = (
        program.code, program.constants, program.output_slots, tables.step_edges,
        tables.step_values, tables.step_meta, tables.triangles,
    )  # fmt: skip
    h = blake2b(digest_size=16)
    for part in parts:
        h.update(np.int64(part.size).tobytes() + np.ascontiguousarray(part).tobytes())
    return h.digest()


def _compile(program: Program, done: list[Native]) -> None:
    # A compiler that knows no such instructions says so in its own ways; then there are no groups.
    with suppress(Exception):
        done.append(Native(program))


def beside(task: Callable[[], None]) -> None:
    """Do something in a thread of its own."""
    Thread(target=task).start()


def _emit(module: Any, name: str, group: Group, arrangement: Arrangement, program: Program) -> None:
    """Write the loop of one group: a function of the address of the slots, and the size."""
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [INDEX, INDEX]), name)
    entry, body, after = (function.append_basic_block(part) for part in ("entry", "body", "after"))
    builder = ir.IRBuilder(entry)
    memory = builder.inttoptr(function.args[0], DOUBLE.as_pointer())
    builder.branch(body)
    builder.position_at_end(body)
    at = builder.phi(INDEX)
    at.add_incoming(ir.Constant(INDEX, 0), entry)
    here = builder.gep(memory, [at])

    def place(slot: int) -> Any:
        target = builder.gep(here, [ir.Constant(INDEX, slot * ROW)])
        return builder.bitcast(target, VECTOR.as_pointer())

    loop = Loop(builder, program)
    for number in group.steps:
        step = arrangement.steps[number]
        for operand in step.operands:
            if operand in group.reads and operand not in loop.numbers:
                loop.numbers[operand] = builder.load(place(group.reads[operand]))
                loop.numbers[operand].align = _LINE
        loop.add(number, step)
        if number in group.writes:
            builder.store(loop.number(number), place(group.writes[number])).align = _LINE
    following = builder.add(at, ir.Constant(INDEX, LANES))
    at.add_incoming(following, body)
    builder.cbranch(builder.icmp_unsigned("<", following, function.args[1]), body, after)
    builder.position_at_end(after)
    builder.ret_void()


def _compiled(text: str) -> Any:
    """Compile for the processor that the rest of the machine is compiled for."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    cpu, features = target()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=cpu, features=features, opt=2
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(text), machine)
    engine.finalize_object()
    return engine
