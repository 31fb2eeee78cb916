"""Sums, counts and look-outs over many outcomes in sixteen lanes, as instructions of the compiler.

Lane k takes the outcomes k, k + 16, k + 32 …, one after the other, so that the order of every
addition is fixed and still sixteen of them go side by side. Compilers do not find this by
themselves: they may not change the order of additions. The same order in NumPy is a sum over the
rows of a table of sixteen columns, see `simcost.result.tools`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simcost.machine.vectors import everywhere, pointers, second_adder, verify

LANES = 16
DOUBLE, INDEX, BIT = ir.DoubleType(), ir.IntType(64), ir.IntType(1)
VECTOR, COUNTS = ir.VectorType(DOUBLE, LANES), ir.VectorType(INDEX, LANES)
MASK = ir.IntType(LANES)


def _zeros(kind: Any, value: float = 0) -> Any:
    return ir.Constant(kind, [value] * LANES)


def _load(builder: Any, array: Any, at: Any) -> Any:
    pointer = builder.bitcast(builder.gep(array, [at]), VECTOR.as_pointer())
    loaded = builder.load(pointer)
    loaded.align = 8
    return loaded


def _store(builder: Any, row: int, vector: Any, array: Any) -> None:
    target = builder.gep(array, [ir.Constant(INDEX, row * LANES)])
    builder.store(vector, builder.bitcast(target, vector.type.as_pointer())).align = 8


@contextmanager
def _rounds(builder: Any, size: Any, start: Sequence[Any]) -> Iterator[tuple[Any, list[Any]]]:
    """Write a loop over the outcomes, sixteen at a time, that carries vectors along.

    Yields where the sixteen begin, and a list of the vectors; what the body leaves in the list
    is carried on, and what the last round leaves is in it afterwards.
    """
    before = builder.block
    head, body, after = (builder.append_basic_block(name) for name in ("head", "body", "after"))
    builder.branch(head)
    builder.position_at_end(head)
    at = builder.phi(INDEX)
    at.add_incoming(ir.Constant(INDEX, 0), before)
    carried = [builder.phi(first.type) for first in start]
    for phi, first in zip(carried, start, strict=True):
        phi.add_incoming(first, before)
    builder.cbranch(builder.icmp_unsigned("<", at, size), body, after)
    builder.position_at_end(body)
    vectors = list(carried)
    yield at, vectors
    for phi, last in zip(carried, vectors, strict=True):
        phi.add_incoming(last, builder.block)
    at.add_incoming(builder.add(at, ir.Constant(INDEX, LANES)), builder.block)
    builder.branch(head)
    builder.position_at_end(after)
    vectors[:] = carried


def _counted(builder: Any, met: Any, count: Any) -> Any:
    return builder.add(count, builder.zext(met, COUNTS))


def emit_look(builder: Any, x: Any, size: Any, centre: Any, out: Any) -> None:
    """Sum the first four powers of the distances from a centre; smallest and largest."""
    middle, plus = everywhere(builder, centre, VECTOR), second_adder(builder, VECTOR)
    start = [_zeros(VECTOR)] * 4 + [_zeros(VECTOR, float("inf")), _zeros(VECTOR, float("-inf"))]
    with _rounds(builder, size, start) as (at, sums):
        value = _load(builder, x, at)
        d = builder.fsub(value, middle)
        square = builder.fmul(d, d)
        terms = (d, square, builder.fmul(d, square), builder.fmul(square, square))
        for power, (add, term) in enumerate(zip((plus, builder.fadd) * 2, terms, strict=True)):
            sums[power] = add(term, sums[power])
        for row, sign in ((4, "<"), (5, ">")):
            further = builder.fcmp_ordered(sign, value, sums[row])
            sums[row] = builder.select(further, value, sums[row])
    for row, vector in enumerate(sums):
        _store(builder, row, vector, out)


def emit_total(builder: Any, x: Any, size: Any, coarse: Any, fine: Any, out: Any) -> None:
    """Sum outcomes rounded to a coarse grid, what is left of them to a fine one, and the rest."""
    grids = everywhere(builder, coarse, VECTOR), everywhere(builder, fine, VECTOR)
    plus = second_adder(builder, VECTOR)
    with _rounds(builder, size, [_zeros(VECTOR)] * 3) as (at, sums):
        rest = _load(builder, x, at)
        for row, grid in enumerate(grids):
            part = builder.fsub(plus(rest, grid), grid)
            sums[row] = plus(part, sums[row])
            rest = builder.fsub(rest, part)
        sums[2] = builder.fadd(sums[2], rest)
    for row, vector in enumerate(sums):
        _store(builder, row, vector, out)


def emit_excess(builder: Any, x: Any, size: Any, level: Any, out: Any) -> None:
    """Sum the distances above a level, and their squares."""
    floor, nothing = everywhere(builder, level, VECTOR), _zeros(VECTOR)
    plus = second_adder(builder, VECTOR)
    with _rounds(builder, size, [nothing] * 2) as (at, sums):
        d = builder.fsub(_load(builder, x, at), floor)
        d = builder.select(builder.fcmp_ordered(">", d, nothing), d, nothing)
        sums[0] = plus(d, sums[0])
        sums[1] = builder.fadd(sums[1], builder.fmul(d, d))
    for row, vector in enumerate(sums):
        _store(builder, row, vector, out)


def emit_products(
    builder: Any, x: Any, y: Any, size: Any, middle_x: Any, middle_y: Any, out: Any
) -> None:
    """Sum the products of two distances from their centres."""
    middles = everywhere(builder, middle_x, VECTOR), everywhere(builder, middle_y, VECTOR)
    with _rounds(builder, size, [_zeros(VECTOR)]) as (at, sums):
        left, right = (
            builder.fsub(_load(builder, array, at), middle)
            for array, middle in zip((x, y), middles, strict=True)
        )
        sums[0] = builder.fadd(sums[0], builder.fmul(left, right))
    _store(builder, 0, sums[0], out)


def _emit_counts(*signs: str) -> Callable[..., None]:
    """Return what counts the outcomes that are on some sides of a level, one row for each."""

    def emit(builder: Any, x: Any, size: Any, level: Any, out: Any) -> None:
        limit = everywhere(builder, level, VECTOR)
        with _rounds(builder, size, [_zeros(COUNTS)] * len(signs)) as (at, counts):
            value = _load(builder, x, at)
            for row, sign in enumerate(signs):
                met = builder.fcmp_ordered(sign, value, limit)
                counts[row] = _counted(builder, met, counts[row])
        for row, vector in enumerate(counts):
            _store(builder, row, vector, out)

    return emit


emit_at_most, emit_level = _emit_counts("<="), _emit_counts("<", "<=")


def emit_span(
    builder: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """Count below, up to and beyond two values; collect what lies strictly between them.

    Returns
    -------
    int64
        How many were collected.
    """
    ends = everywhere(builder, low, VECTOR), everywhere(builder, high, VECTOR)
    found = builder.alloca(INDEX)
    builder.store(ir.Constant(INDEX, 0), found)
    with _rounds(builder, size, [_zeros(COUNTS)] * 4) as (at, counts):
        value = _load(builder, x, at)
        met = [builder.fcmp_ordered(sign, value, end) for end in ends for sign in ("<", "<=")]
        for row, mask in enumerate(met):
            counts[row] = _counted(builder, mask, counts[row])
        inside = builder.and_(met[2], builder.not_(met[1]))
        _collect(builder, x, at, builder.bitcast(inside, MASK), found, near, places)
    for row, vector in enumerate(counts):
        _store(builder, row, vector, out)
    return builder.load(found)


def emit_between(
    builder: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """Count below the first of two values and up to the second; collect from one to the other.

    Half the comparisons of `emit_span`, and the sooner where few outcomes lie on the ends.

    Returns
    -------
    int64
        How many were collected.
    """
    start, end = everywhere(builder, low, VECTOR), everywhere(builder, high, VECTOR)
    found = builder.alloca(INDEX)
    builder.store(ir.Constant(INDEX, 0), found)
    with _rounds(builder, size, [_zeros(COUNTS)] * 2) as (at, counts):
        value = _load(builder, x, at)
        below = builder.fcmp_ordered("<", value, start)
        upto = builder.fcmp_ordered("<=", value, end)
        for row, mask in enumerate((below, upto)):
            counts[row] = _counted(builder, mask, counts[row])
        inside = builder.and_(upto, builder.not_(below))
        _collect(builder, x, at, builder.bitcast(inside, MASK), found, near, places)
    for row, vector in enumerate(counts):
        _store(builder, row, vector, out)
    return builder.load(found)


def emit_between_together(
    builder: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """Do what `emit_between` does, but count in the first lane what all lanes hold.

    Bits are counted by other parts of the processor than those that compare.
    """
    start, end = everywhere(builder, low, VECTOR), everywhere(builder, high, VECTOR)
    found = builder.alloca(INDEX)
    nothing = ir.Constant(INDEX, 0)
    builder.store(nothing, found)
    with _rounds(builder, size, [nothing] * 2) as (at, counts):
        value = _load(builder, x, at)
        below = builder.bitcast(builder.fcmp_ordered("<", value, start), MASK)
        upto = builder.bitcast(builder.fcmp_ordered("<=", value, end), MASK)
        for row, mask in enumerate((below, upto)):
            counts[row] = builder.add(counts[row], builder.zext(builder.ctpop(mask), INDEX))
        _collect(builder, x, at, builder.xor(upto, below), found, near, places)
    for row, count in enumerate(counts):
        _store(builder, row, _zeros(COUNTS), out)
        builder.store(count, builder.gep(out, [ir.Constant(INDEX, row * LANES)]))
    return builder.load(found)


def _collect(builder: Any, x: Any, at: Any, mask: Any, found: Any, near: Any, places: Any) -> None:
    """Write the few of sixteen outcomes that a mask tells, and where they stand."""
    before = builder.block
    head, body, after = (builder.append_basic_block(name) for name in ("one", "take", "taken"))
    builder.branch(head)
    builder.position_at_end(head)
    rest = builder.phi(MASK)
    rest.add_incoming(mask, before)
    builder.cbranch(builder.icmp_unsigned("!=", rest, ir.Constant(MASK, 0)), body, after)
    builder.position_at_end(body)
    lane = builder.zext(builder.cttz(rest, ir.Constant(BIT, 1)), INDEX)
    place = builder.add(at, lane)
    number = builder.load(found)
    builder.store(builder.load(builder.gep(x, [place])), builder.gep(near, [number]))
    builder.store(place, builder.gep(places, [number]))
    builder.store(builder.add(number, ir.Constant(INDEX, 1)), found)
    fewer = builder.and_(rest, builder.sub(rest, ir.Constant(MASK, 1)))
    rest.add_incoming(fewer, builder.block)
    builder.branch(head)
    builder.position_at_end(after)


_NUMBERS, _INTEGERS = DOUBLE.as_pointer(), INDEX.as_pointer()
_SHAPES: dict[Callable[..., Any], list[Any]] = {
    emit_look: [_NUMBERS, INDEX, DOUBLE, _NUMBERS],
    emit_total: [_NUMBERS, INDEX, DOUBLE, DOUBLE, _NUMBERS],
    emit_excess: [_NUMBERS, INDEX, DOUBLE, _NUMBERS],
    emit_products: [_NUMBERS, _NUMBERS, INDEX, DOUBLE, DOUBLE, _NUMBERS],
    emit_at_most: [_NUMBERS, INDEX, DOUBLE, _INTEGERS],
    emit_level: [_NUMBERS, INDEX, DOUBLE, _INTEGERS],
    emit_span: [_NUMBERS, INDEX, DOUBLE, DOUBLE, _INTEGERS, _NUMBERS, _INTEGERS],
    emit_between: [_NUMBERS, INDEX, DOUBLE, DOUBLE, _INTEGERS, _NUMBERS, _INTEGERS],
    emit_between_together: [_NUMBERS, INDEX, DOUBLE, DOUBLE, _INTEGERS, _NUMBERS, _INTEGERS],
}


def check() -> None:
    """Write the instructions once and have them verified; raises whatever goes wrong."""
    verify(_SHAPES)


def _code(emit: Callable[..., Any]) -> Callable[..., Any]:
    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        result = emit(builder, *pointers(context, builder, signature, args))
        return context.get_dummy_value() if result is None else result

    return code


@intrinsic  # type: ignore[untyped-decorator]
def look(typing: Any, x: Any, size: Any, centre: Any, out: Any) -> Any:
    """See `emit_look`; `size` is a multiple of sixteen, `out` float64[96]."""
    return types.void(x, types.int64, centre, out), _code(emit_look)


@intrinsic  # type: ignore[untyped-decorator]
def total(typing: Any, x: Any, size: Any, coarse: Any, fine: Any, out: Any) -> Any:
    """See `emit_total`; `out` is float64[48]."""
    return types.void(x, types.int64, coarse, fine, out), _code(emit_total)


@intrinsic  # type: ignore[untyped-decorator]
def excess(typing: Any, x: Any, size: Any, level: Any, out: Any) -> Any:
    """See `emit_excess`; `out` is float64[32]."""
    return types.void(x, types.int64, level, out), _code(emit_excess)


@intrinsic  # type: ignore[untyped-decorator]
def products(typing: Any, x: Any, y: Any, size: Any, middle_x: Any, middle_y: Any, out: Any) -> Any:
    """See `emit_products`; `out` is float64[16]."""
    return types.void(x, y, types.int64, middle_x, middle_y, out), _code(emit_products)


@intrinsic  # type: ignore[untyped-decorator]
def at_most(typing: Any, x: Any, size: Any, level: Any, out: Any) -> Any:
    """Count what is at most a level; `out` is int64[16]."""
    return types.void(x, types.int64, level, out), _code(emit_at_most)


@intrinsic  # type: ignore[untyped-decorator]
def level(typing: Any, x: Any, size: Any, value: Any, out: Any) -> Any:
    """Count below a value and up to it; `out` is int64[32]."""
    return types.void(x, types.int64, value, out), _code(emit_level)


@intrinsic  # type: ignore[untyped-decorator]
def span(
    typing: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """See `emit_span`; `out` is int64[64], `near` and `places` have room for all."""
    return types.int64(x, types.int64, low, high, out, near, places), _code(emit_span)


@intrinsic  # type: ignore[untyped-decorator]
def between(
    typing: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """See `emit_between`; `out` is int64[32], `near` and `places` have room for all."""
    return types.int64(x, types.int64, low, high, out, near, places), _code(emit_between)


@intrinsic  # type: ignore[untyped-decorator]
def between_together(
    typing: Any, x: Any, size: Any, low: Any, high: Any, out: Any, near: Any, places: Any
) -> Any:
    """See `emit_between_together`; arrays as for `between`."""
    return types.int64(x, types.int64, low, high, out, near, places), _code(emit_between_together)
