"""The machine's oracle: the same program on NumPy arrays, without a compiler.

Written independently of the kernel, operation by operation; both must give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from simcost import elementary
from simcost.designs import DESIGNS
from simcost.machine import lookup
from simcost.machine.opcodes import NAMES, SLOT_OPERANDS
from simcost.machine.program import Floats, Integers, Program


def _truth(condition: Any) -> Floats:
    return np.asarray(condition, dtype=np.float64)


def _where(c: Floats, a: Floats, b: Floats) -> Floats:
    return np.where(c != 0.0, a, b)


def _smaller(a: Floats, b: Floats) -> Floats:
    # np.minimum leaves the sign of a zero to the processor.
    return np.where((a < b) | (a != a), a, b)


def _larger(a: Floats, b: Floats) -> Floats:
    return np.where((a > b) | (a != a), a, b)


def _modulo(a: Floats, b: Floats) -> Floats:
    """Remainder with the sign of the divisor, as in Python."""
    r = np.fmod(a, b)
    moved = np.where((r < 0.0) != (b < 0.0), r + b, r)
    return np.where(r == 0.0, np.copysign(0.0, b), moved)


def _uniform(u: Floats, low: Floats, high: Floats) -> Floats:
    x = low + (high - low) * u
    return np.where(x > high, high, x)


# Everything but streams and tables, which need the program.
OPERATIONS: dict[str, Callable[..., Floats]] = {
    "uniform": _uniform,
    "ndtri": elementary.ndtri,
    "ndtr": elementary.ndtr,
    "neg": np.negative,
    "not": lambda a: _truth(a == 0.0),
    "abs": np.abs,
    "exp": elementary.exp,
    "log": elementary.log,
    "log10": elementary.log10,
    "log2": elementary.log2,
    "expm1": elementary.expm1,
    "log1p": elementary.log1p,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "sin": elementary.sin,
    "cos": elementary.cos,
    "tan": elementary.tan,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "mod": _modulo,
    "pow": elementary.power,
    "min": _smaller,
    "max": _larger,
    "lt": lambda a, b: _truth(a < b),
    "le": lambda a, b: _truth(a <= b),
    "gt": lambda a, b: _truth(a > b),
    "ge": lambda a, b: _truth(a >= b),
    "eq": lambda a, b: _truth(a == b),
    "ne": lambda a, b: _truth(a != b),
    "and": lambda a, b: _truth((a != 0.0) & (b != 0.0)),
    "or": lambda a, b: _truth((a != 0.0) | (b != 0.0)),
    "where": _where,
}
TABULATED = {
    "table": lookup.table,
    "curve": lookup.curve,
    "student_cdf": lookup.student_cdf,
    "normal_cdf": lookup.normal_cdf,
    "steps": lookup.steps,
    "triangular": lookup.triangular,
}


def fold_constants(op: str, values: list[float]) -> float:
    """Apply an operation to numbers, with the bits it would give during a run."""
    with np.errstate(all="ignore"):
        return float(OPERATIONS[op](*(np.array([value]) for value in values))[0])


def interpret(
    program: Program, seed: int, design: str, first: int, last: int, bases: Integers
) -> Floats:
    """Execute a program for the outcomes first … last - 1.

    Parameters
    ----------
    program : Program
        What to execute.
    seed : int
        Seed of all streams.
    design : str
        Name of a design.
    first, last : int
        Outcome numbers.
    bases : int64[streams]
        Added to the outcome number, for each stream.

    Returns
    -------
    float64[n_outputs, last - first]
    """
    points = DESIGNS[design].points
    slots: list[Any] = [*program.constants] + [None] * (program.n_slots - len(program.constants))
    with np.errstate(all="ignore"):
        for opcode, target, *operands in program.code.tolist():
            op = NAMES[opcode]
            values = [np.asarray(slots[slot]) for slot in operands[: SLOT_OPERANDS[op]]]
            if op == "stream":
                number = operands[0]
                base = int(bases[number])
                slots[target] = points(
                    seed, program.streams[number], int(program.stream_dimension[number]),
                    base + first, base + last,
                )  # fmt: skip
            elif op in TABULATED:
                u = np.atleast_1d(values[0])
                slots[target] = TABULATED[op](program.tables, operands[1], u)
            else:
                slots[target] = OPERATIONS[op](*values)
    out = np.empty((len(program.outputs), last - first))
    for row, slot in zip(out, program.output_slots.tolist(), strict=True):
        row[:] = slots[slot]
    return out
