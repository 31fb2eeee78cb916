"""Eight rows of coefficients turned into eight lanes, as instructions of the compiler.

A look-up reads one row of 32 bytes for every outcome. Eight rows are four vectors of two; a
transposition in registers then gives, for each coefficient, those of eight outcomes, and the
polynomials are evaluated side by side. Compilers do not find this by themselves: they load the
coefficients one by one.

The operations on each lane are those of the plain loop, in the same order, so the bits are too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simcost.machine.packing import PAIRS, ROW_WIDTH
from simcost.machine.vectors import LANE, everywhere

LANES = 8
DOUBLE, INDEX = ir.DoubleType(), ir.IntType(64)
VECTOR, PATTERN = ir.VectorType(DOUBLE, LANES), ir.VectorType(INDEX, LANES)
ROW = ir.VectorType(DOUBLE, ROW_WIDTH)

# Pairs of outcomes whose rows share a vector. Two vectors are zipped, which puts numbers of four
# outcomes side by side in twos; two of these give one number of eight outcomes, in order.
TOGETHER = ((0, 2), (1, 3), (4, 6), (5, 7))
EVEN = (0, 8, 2, 10, 4, 12, 6, 14)
ODD = (1, 9, 3, 11, 5, 13, 7, 15)
FIRST = (0, 1, 4, 5, 8, 9, 12, 13)
SECOND = (2, 3, 6, 7, 10, 11, 14, 15)


def _shuffled(builder: Any, a: Any, b: Any, order: tuple[int, ...]) -> Any:
    mask = ir.Constant(ir.VectorType(LANE, LANES), list(order))
    return builder.shuffle_vector(a, b, mask)


def _vector_at(builder: Any, pointer: Any, kind: Any = VECTOR) -> Any:
    vector = builder.load(builder.bitcast(pointer, kind.as_pointer()))
    vector.align = 8
    return vector


def _coefficients(builder: Any, rows: list[Any]) -> list[Any]:
    """Six coefficients, of eight outcomes each, from eight rows."""
    both = [_shuffled(builder, rows[a], rows[b], tuple(range(LANES))) for a, b in TOGETHER]
    (c0, c2), (c1, c3) = (
        [_shuffled(builder, near, far, part) for part in (FIRST, SECOND)]
        for near, far in (
            [_shuffled(builder, both[k], both[k + 1], order) for k in (0, 2)]
            for order in (EVEN, ODD)
        )
    )
    c5, c4 = (
        _behind(builder, leading, size)
        for leading, (_, _, size) in zip((c2, c3), PAIRS, strict=True)
    )
    return [c0, c1, c2, c3, c4, c5]


def _behind(builder: Any, leading: Any, size: int) -> Any:
    """Return the coefficients in the last bits of others."""
    pattern = builder.bitcast(leading, PATTERN)
    up = ir.Constant(PATTERN, [64 - size] * LANES)
    return builder.bitcast(builder.shl(pattern, up), VECTOR)


def emit(
    builder: Any, found: Any, places: Any, u: Any, rows: Any, low: Any, high: Any, out: Any
) -> None:
    """Write the instructions for eight outcomes.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write.
    found : pointer to int64[8]
        Where each row starts in `rows`.
    places : pointer to float64[8]
        Position in each cell.
    u : pointer to float64[8]
        Arguments; where one is NaN, so is the result.
    rows : pointer to float64
        The table.
    low, high : float64
        Bounds of the results.
    out : pointer to float64[8]
        Results.
    """
    t = _vector_at(builder, places)
    loaded = []
    for lane in range(LANES):
        start = builder.load(builder.gep(found, [ir.Constant(INDEX, lane)]))
        loaded.append(_vector_at(builder, builder.gep(rows, [start]), ROW))
    coefficients = _coefficients(builder, loaded)
    x = coefficients.pop()
    while coefficients:
        x = builder.fadd(builder.fmul(x, t), coefficients.pop())
    low, high = everywhere(builder, low, VECTOR), everywhere(builder, high, VECTOR)
    x = builder.select(builder.fcmp_ordered("<", x, low), low, x)
    x = builder.select(builder.fcmp_ordered(">", x, high), high, x)
    argument = _vector_at(builder, u)
    x = builder.select(builder.fcmp_ordered("==", argument, argument), x, argument)
    store = builder.store(x, builder.bitcast(out, VECTOR.as_pointer()))
    store.align = 8


def check() -> None:
    """Write the instructions once and have them verified; raises whatever goes wrong."""
    module = ir.Module()
    numbers, integers = DOUBLE.as_pointer(), INDEX.as_pointer()
    takes = [integers, numbers, numbers, numbers, DOUBLE, DOUBLE, numbers]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), takes), "eight")
    builder = ir.IRBuilder(function.append_basic_block())
    emit(builder, *function.args)
    builder.ret_void()
    llvm.parse_assembly(str(module)).verify()


def _code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    *fields, at = args

    def pointer(number: int) -> Any:
        array = context.make_array(signature.args[number])(context, builder, fields[number])
        return array.data

    def here(number: int) -> Any:
        return builder.gep(pointer(number), [at])

    emit(builder, here(0), here(1), here(2), pointer(3), fields[4], fields[5], here(6))
    return context.get_dummy_value()


@intrinsic  # type: ignore[untyped-decorator]
def eight(
    typing: Any, found: Any, places: Any, u: Any, rows: Any, low: Any, high: Any, out: Any, at: Any
) -> tuple[Any, Callable[..., Any]]:
    """Look up the outcomes `at` … `at` + 7; see `emit`."""
    return types.void(found, places, u, rows, low, high, out, at), _code
