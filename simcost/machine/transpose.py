"""Eight rows of coefficients turned into eight lanes, as instructions of the compiler.

A look-up reads one row of 32 bytes for every outcome. Eight rows are four vectors of two; a
transposition in registers then gives, for each coefficient, those of eight outcomes, and the
polynomials are evaluated side by side. Compilers do not find this by themselves: they load the
coefficients one by one.

A polynomial is a chain of ten operations that wait for each other, and a processor looks ahead only
so far. Three chains, step by step in turn, fill each other's gaps.

The operations on each lane are those of the plain loop, in the same order, so the bits are too.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simcost.machine.packing import PAIRS, ROW_WIDTH
from simcost.machine.vectors import LANE, everywhere, pointers, verify

LANES = 8
AT_ONCE = 3 * LANES
CHAINS = range(0, AT_ONCE, LANES)  # where each begins
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
    """Write the instructions for 24 outcomes.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write.
    found : pointer to int64[24]
        Where each row starts in `rows`.
    places : pointer to float64[24]
        Position in each cell.
    u : pointer to float64[24]
        Arguments; where one is NaN, so is the result.
    rows : pointer to float64
        The table.
    low, high : float64
        Bounds of the results.
    out : pointer to float64[24]
        Results.
    """
    bounds = [("<", everywhere(builder, low, VECTOR)), (">", everywhere(builder, high, VECTOR))]
    for first, value in zip(CHAINS, _polynomials(builder, found, places, rows), strict=True):
        for sign, bound in bounds:
            beyond = builder.fcmp_ordered(sign, value, bound)
            value = builder.select(beyond, bound, value)
        argument = _vector_at(builder, _further(builder, u, first))
        known = builder.fcmp_ordered("==", argument, argument)
        _write(builder, builder.select(known, value, argument), out, first)


def emit_curve(builder: Any, found: Any, places: Any, rows: Any, out: Any) -> None:
    """Write the instructions for 24 outcomes whose results need not be looked after."""
    for first, value in zip(CHAINS, _polynomials(builder, found, places, rows), strict=True):
        _write(builder, value, out, first)


def _polynomials(builder: Any, found: Any, places: Any, rows: Any) -> list[Any]:
    t = [_vector_at(builder, _further(builder, places, first)) for first in CHAINS]
    left = [_coefficients(builder, _rows(builder, found, rows, first)) for first in CHAINS]
    x = [coefficients.pop() for coefficients in left]
    while left[0]:
        x = [builder.fmul(*pair) for pair in zip(x, t, strict=True)]
        x = [builder.fadd(each, c.pop()) for each, c in zip(x, left, strict=True)]
    return x


def _write(builder: Any, value: Any, out: Any, first: int) -> None:
    target = builder.bitcast(_further(builder, out, first), VECTOR.as_pointer())
    builder.store(value, target).align = 8


def _further(builder: Any, pointer: Any, places: int) -> Any:
    return builder.gep(pointer, [ir.Constant(INDEX, places)])


def _rows(builder: Any, found: Any, rows: Any, first: int) -> list[Any]:
    """Return eight rows."""
    starts = [builder.load(_further(builder, found, first + lane)) for lane in range(LANES)]
    return [_vector_at(builder, builder.gep(rows, [start]), ROW) for start in starts]


def check() -> None:
    """Write the instructions once and have them verified; raises whatever goes wrong."""
    numbers, integers = DOUBLE.as_pointer(), INDEX.as_pointer()
    verify(
        {
            emit: [integers, numbers, numbers, numbers, DOUBLE, DOUBLE, numbers],
            emit_curve: [integers, numbers, numbers, numbers],
        }
    )


def _code(write: Callable[..., None], everyone: Container[int]) -> Callable[..., Any]:
    """Return what writes instructions for the outcomes from `at` on.

    Parameters
    ----------
    write : callable
        Takes a pointer for each array and what else there is.
    everyone : container of int
        Which arguments do not have one number for each outcome.
    """

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        *given, at = pointers(context, builder, signature, args)
        for number, pointer in enumerate(given):
            if number not in everyone:
                given[number] = builder.gep(pointer, [at])
        write(builder, *given)
        return context.get_dummy_value()

    return code


@intrinsic  # type: ignore[untyped-decorator]
def look_up(
    typing: Any, found: Any, places: Any, u: Any, rows: Any, low: Any, high: Any, out: Any, at: Any
) -> tuple[Any, Callable[..., Any]]:
    """Look up the outcomes `at` … `at` + 23; see `emit`."""
    return types.void(found, places, u, rows, low, high, out, at), _code(emit, (3, 4, 5))


@intrinsic  # type: ignore[untyped-decorator]
def look_up_curve(
    typing: Any, found: Any, places: Any, rows: Any, out: Any, at: Any
) -> tuple[Any, Callable[..., Any]]:
    """Look up the outcomes `at` … `at` + 23; see `emit_curve`."""
    return types.void(found, places, rows, out, at), _code(emit_curve, (2,))
