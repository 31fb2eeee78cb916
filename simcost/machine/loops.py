"""The compiled loops over one block, one for each operation on slots.

Every loop is written so that the compiler turns it into vector instructions: calls are inlined,
branches are selections, and results never go to a row that is read. Nothing here may call the C
mathematical library, whose bits differ between machines (`fmod` is exact in all of them).

The long chains of branches are on purpose: a function for each loop is compiled once by itself
and again inside each of its callers.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numba
import numpy as np

from simcost import elementary
from simcost.machine.opcodes import OPCODES

# "numpy": division by zero gives an infinity, and loops with divisions can be vectorised.
jit = partial(numba.njit, nogil=True, error_model="numpy")
inline = partial(numba.njit, error_model="numpy", forceinline=True)
# Written into the caller before anything is compiled: sooner done, for what has few callers.
paste = partial(numba.njit, error_model="numpy", inline="always")

portable = elementary.bind(inline)
exp, expm1, power = portable.exp, portable.expm1, portable.power
log, log2, log10, log1p = portable.log, portable.log2, portable.log10, portable.log1p
sin, cos, tan = portable.sin, portable.cos, portable.tan
ndtr, ndtri = portable.ndtr, portable.ndtri

ADD, SUB, MUL, DIV = (OPCODES[name] for name in ("add", "sub", "mul", "div"))
MOD, POW, MIN, MAX = (OPCODES[name] for name in ("mod", "pow", "min", "max"))
LT, LE, GT, GE = (OPCODES[name] for name in ("lt", "le", "gt", "ge"))
EQ, NE, AND, OR = (OPCODES[name] for name in ("eq", "ne", "and", "or"))
NEG, NOT, ABS, SQRT = (OPCODES[name] for name in ("neg", "not", "abs", "sqrt"))
FLOOR, CEIL, ROUND = (OPCODES[name] for name in ("floor", "ceil", "round"))
EXP, EXPM1, LOG, LOG1P = (OPCODES[name] for name in ("exp", "expm1", "log", "log1p"))
LOG2, LOG10, NDTR, NDTRI = (OPCODES[name] for name in ("log2", "log10", "ndtr", "ndtri"))
SIN, COS, TAN = (OPCODES[name] for name in ("sin", "cos", "tan"))
WHERE, UNIFORM = (OPCODES[name] for name in ("where", "uniform"))


@inline
def modulo(a: Any, b: Any) -> Any:
    """Remainder with the sign of the divisor, as in Python."""
    r = np.fmod(a, b)
    moved = r + b if (r < 0.0) != (b < 0.0) else r
    return math.copysign(0.0, b) if r == 0.0 else moved


@jit
def arithmetic(op: Any, x: Any, y: Any, out: Any, size: Any) -> None:
    """Operations on two operands."""
    if op == ADD:
        for i in range(size):
            out[i] = x[i] + y[i]
    elif op == SUB:
        for i in range(size):
            out[i] = x[i] - y[i]
    elif op == MUL:
        for i in range(size):
            out[i] = x[i] * y[i]
    elif op == DIV:
        for i in range(size):
            out[i] = x[i] / y[i]
    elif op == MIN:
        for i in range(size):
            out[i] = x[i] if (x[i] < y[i]) | (x[i] != x[i]) else y[i]
    elif op == MAX:
        for i in range(size):
            out[i] = x[i] if (x[i] > y[i]) | (x[i] != x[i]) else y[i]
    elif op == LT:
        for i in range(size):
            out[i] = 1.0 if x[i] < y[i] else 0.0
    elif op == LE:
        for i in range(size):
            out[i] = 1.0 if x[i] <= y[i] else 0.0
    elif op == GT:
        for i in range(size):
            out[i] = 1.0 if x[i] > y[i] else 0.0
    elif op == GE:
        for i in range(size):
            out[i] = 1.0 if x[i] >= y[i] else 0.0
    elif op == EQ:
        for i in range(size):
            out[i] = 1.0 if x[i] == y[i] else 0.0
    elif op == NE:
        for i in range(size):
            out[i] = 1.0 if x[i] != y[i] else 0.0
    elif op == AND:
        for i in range(size):
            out[i] = 1.0 if (x[i] != 0.0) & (y[i] != 0.0) else 0.0
    elif op == OR:
        for i in range(size):
            out[i] = 1.0 if (x[i] != 0.0) | (y[i] != 0.0) else 0.0
    elif op == MOD:
        for i in range(size):
            out[i] = modulo(x[i], y[i])
    elif op == POW:
        for i in range(size):
            out[i] = power(x[i], y[i])


@jit
def functions(op: Any, x: Any, out: Any, size: Any) -> None:
    """Operations on one operand."""
    if op == NEG:
        for i in range(size):
            out[i] = -x[i]
    elif op == NOT:
        for i in range(size):
            out[i] = 1.0 if x[i] == 0.0 else 0.0
    elif op == ABS:
        for i in range(size):
            out[i] = abs(x[i])
    elif op == SQRT:
        for i in range(size):
            out[i] = math.sqrt(x[i])
    elif op == FLOOR:
        for i in range(size):
            out[i] = np.floor(x[i])
    elif op == CEIL:
        for i in range(size):
            out[i] = np.ceil(x[i])
    elif op == ROUND:
        for i in range(size):
            out[i] = np.rint(x[i])
    elif op == EXP:
        for i in range(size):
            out[i] = exp(x[i])
    elif op == LOG:
        for i in range(size):
            out[i] = log(x[i])
    elif op == LOG10:
        for i in range(size):
            out[i] = log10(x[i])
    elif op == LOG2:
        for i in range(size):
            out[i] = log2(x[i])
    elif op == EXPM1:
        for i in range(size):
            out[i] = expm1(x[i])
    elif op == LOG1P:
        for i in range(size):
            out[i] = log1p(x[i])
    elif op == SIN:
        for i in range(size):
            out[i] = sin(x[i])
    elif op == COS:
        for i in range(size):
            out[i] = cos(x[i])
    elif op == TAN:
        for i in range(size):
            out[i] = tan(x[i])
    elif op == NDTR:
        for i in range(size):
            out[i] = ndtr(x[i])
    elif op == NDTRI:
        for i in range(size):
            out[i] = ndtri(x[i])


@jit
def selections(op: Any, x: Any, y: Any, z: Any, out: Any, size: Any) -> None:
    """Operations on three operands."""
    if op == WHERE:
        for i in range(size):
            # Both are read before one is chosen: a load that depends on the condition would
            # have to be made one by one.
            yes, no = y[i], z[i]
            out[i] = yes if x[i] != 0.0 else no
    elif op == UNIFORM:
        low, high = y[0], z[0]
        width = high - low
        for i in range(size):
            value = low + width * x[i]
            out[i] = high if value > high else value
