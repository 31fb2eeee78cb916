"""The compiled machine: one function that executes any program, block by block."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.machine import loops, streams, swift, table_loops
from simcost.machine.block import BLOCK, ROW
from simcost.machine.cache import compiled, numba_cache
from simcost.machine.calling import call
from simcost.machine.fusion import FUSED
from simcost.machine.opcodes import OPCODES

STREAM = OPCODES["stream"]
ADD, OR = OPCODES["add"], OPCODES["or"]  # first and last operation on two operands
WHERE, UNIFORM = OPCODES["where"], OPCODES["uniform"]
TABLE, CURVE = OPCODES["table"], OPCODES["curve"]
STEPS = OPCODES["steps"]
STUDENT, NORMAL = OPCODES["student_cdf"], OPCODES["normal_cdf"]
TRIANGULAR = OPCODES["triangular"]

arithmetic, functions, selections = loops.arithmetic, loops.functions, loops.selections
table, curve = table_loops.table, table_loops.curve
steps = table_loops.steps
triangular = table_loops.triangular
student_cdf, normal_cdf = table_loops.student_cdf, table_loops.normal_cdf
fill = streams.fill
fresh = not compiled()
swift.provide()


@loops.jit
def run(
    code: Any, constants: Any, output_slots: Any, n_slots: Any,
    stream_bases: Any, stream_kinds: Any, stream_keys: Any, directions: Any, seeds: Any,
    rows: Any, meta: Any, bounds: Any, fine_left: Any, fine_scale: Any, fine_rows: Any,
    step_edges: Any, step_values: Any, step_guide: Any, step_meta: Any, triangles: Any,
    groups: Any, first: Any, last: Any, out: Any,
) -> None:  # fmt: skip
    """Execute a program for the outcomes first … last - 1 into float64[n_outputs, last - first].

    The arguments are the arrays of `Program` and `Tables`, for every stream its number base,
    design kind and keys, and the addresses of the groups that were compiled for the program.
    Arrays are copied element by element: for the assignment of a slice numba compiles the wording
    of an error message, which takes seconds.
    """
    # Rows begin lines of the cache: no vector load or store touches two. A look-up and a group may
    # write up to the next multiple of 24, of which a block is one.
    memory = np.empty(n_slots * ROW + 8)
    ahead = (-(memory.ctypes.data // 8)) % 8
    slots = memory[ahead : ahead + n_slots * ROW].reshape((n_slots, ROW))
    origin = memory.ctypes.data + 8 * ahead
    places = np.empty(ROW)
    found = np.empty(ROW, dtype=np.int64)
    for k in range(constants.size):
        for i in range(ROW):
            slots[k, i] = constants[k]
    start = first
    while start < last:
        # Blocks end at multiples of their size, where bundles of the generator do.
        size = min(BLOCK - start % BLOCK, last - start)
        for n in range(code.shape[0]):
            op, target, a, b, c = code[n, 0], code[n, 1], code[n, 2], code[n, 3], code[n, 4]
            if op == FUSED:
                call(groups[a], origin, size)
            elif op == STREAM:
                fill(
                    stream_kinds[a], directions[a], seeds[a], stream_keys[a, 0],
                    stream_keys[a, 1], stream_bases[a] + start, slots[target, :size],
                )  # fmt: skip
            elif op == CURVE:
                curve(slots[a], slots[target], rows, meta[b], places, found, size)
            elif op == TABLE:
                table(
                    slots[a], slots[target], rows, bounds[b], meta[b], fine_left, fine_scale,
                    fine_rows, places, found, size,
                )  # fmt: skip
            elif op == STEPS:
                steps(
                    slots[a], slots[target], step_meta[b], step_edges, step_values, step_guide,
                    size,
                )  # fmt: skip
            elif op == TRIANGULAR:
                triangular(slots[a], slots[target], triangles[b], size)
            elif op == STUDENT:
                student_cdf(slots[a], slots[target], rows, bounds[b], meta[b], places, found, size)
            elif op == NORMAL:
                normal_cdf(slots[a], slots[target], rows, bounds[b], meta[b], places, found, size)
            elif op == WHERE or op == UNIFORM:
                selections(op, slots[a], slots[b], slots[c], slots[target], size)
            elif ADD <= op <= OR:
                arithmetic(op, slots[a], slots[b], slots[target], size)
            else:
                functions(op, slots[a], slots[target], size)
        for k in range(output_slots.size):
            result, column = slots[output_slots[k]], out[k, start - first :]
            for i in range(size):
                column[i] = result[i]
        start += size


with numba_cache() as cached:
    if cached:
        run.enable_caching()
if fresh:
    swift.prepare()
