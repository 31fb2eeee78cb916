"""Eight rows of coefficients turned into eight lanes, as instructions of the compiler.

A look-up reads one row of six coefficients for every outcome. Eight rows of 64 bytes are eight
vector loads; a transposition in registers then gives, for each power, the coefficients of eight
outcomes, and the polynomials are evaluated side by side. Compilers do not find this by
themselves: they load the coefficients one by one.

The operations on each lane are those of the plain loop, in the same order, so the bits are too.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 8  # and as many doubles in a row of the table, the last two of them unused
DOUBLE, INDEX, LANE = ir.DoubleType(), ir.IntType(64), ir.IntType(32)
VECTOR = ir.VectorType(DOUBLE, LANES)

# Pairs of rows are zipped, pairs of pairs are zipped in twos, and so on.
EVEN = (0, 8, 2, 10, 4, 12, 6, 14)
ODD = (1, 9, 3, 11, 5, 13, 7, 15)
LOW_TWOS = (0, 1, 8, 9, 4, 5, 12, 13)
HIGH_TWOS = (2, 3, 10, 11, 6, 7, 14, 15)
LOW_FOURS = (0, 1, 2, 3, 8, 9, 10, 11)
HIGH_FOURS = (4, 5, 6, 7, 12, 13, 14, 15)


def _shuffled(builder: Any, a: Any, b: Any, order: tuple[int, ...]) -> Any:
    mask = ir.Constant(ir.VectorType(LANE, LANES), list(order))
    return builder.shuffle_vector(a, b, mask)


def _everywhere(builder: Any, scalar: Any) -> Any:
    """Return a vector of one number."""
    nothing = ir.Constant(VECTOR, ir.Undefined)
    vector = builder.insert_element(nothing, scalar, ir.Constant(LANE, 0))
    return _shuffled(builder, vector, vector, (0,) * LANES)


def _vector_at(builder: Any, pointer: Any, align: int = 8) -> Any:
    vector = builder.load(builder.bitcast(pointer, VECTOR.as_pointer()))
    vector.align = align
    return vector


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Columns 0 … 5 of eight rows."""

    def columns(order: tuple[int, ...]) -> list[Any]:
        pairs = [_shuffled(builder, rows[k], rows[k + 1], order) for k in range(0, LANES, 2)]
        near = [_shuffled(builder, pairs[k], pairs[k + 1], LOW_TWOS) for k in (0, 2)]
        far = [_shuffled(builder, pairs[k], pairs[k + 1], HIGH_TWOS) for k in (0, 2)]
        return [
            _shuffled(builder, near[0], near[1], LOW_FOURS),
            _shuffled(builder, far[0], far[1], LOW_FOURS),
            _shuffled(builder, near[0], near[1], HIGH_FOURS),
        ]

    even, odd = columns(EVEN), columns(ODD)
    return [even[0], odd[0], even[1], odd[1], even[2], odd[2]]


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
        loaded.append(_vector_at(builder, builder.gep(rows, [start])))
    coefficients = _transposed(builder, loaded)
    x = coefficients.pop()
    while coefficients:
        x = builder.fadd(builder.fmul(x, t), coefficients.pop())
    low, high = _everywhere(builder, low), _everywhere(builder, high)
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
