"""Arithmetic on numbers known before any draw, to find infinities and read exponents.

The graph itself is not simplified: the machine computes constants with its own functions,
so that a formula has the same bits however its author wrote it. One exception is in `rules`: a
choice whose condition compares two fixed numbers is the chosen value, which has the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

_OPERATIONS: dict[str, Callable[..., np.float64 | np.bool_]] = {
    "neg": np.negative,
    "not": np.logical_not,
    "abs": np.abs,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "log2": np.log2,
    "expm1": np.expm1,
    "log1p": np.log1p,
    "sqrt": np.sqrt,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "mod": np.mod,
    "pow": np.power,
    "min": np.minimum,
    "max": np.maximum,
    "lt": np.less,
    "le": np.less_equal,
    "gt": np.greater,
    "ge": np.greater_equal,
    "eq": np.equal,
    "ne": np.not_equal,
    "and": np.logical_and,
    "or": np.logical_or,
    "where": lambda condition, yes, no: yes if condition else no,
}


def fold(op: str, operands: Sequence[float | None]) -> float | None:
    """Return what `op` makes of numbers, or `None` where one of them is unknown."""
    known = [np.float64(operand) for operand in operands if operand is not None]
    if len(known) < len(operands):
        return None
    with np.errstate(all="ignore"):
        return float(_OPERATIONS[op](*known))
