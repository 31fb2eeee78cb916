"""What the written instructions share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import llvmlite.binding as llvm
import numba
from llvmlite import ir
from numba import types

LANE = ir.IntType(32)


def everywhere(builder: Any, scalar: Any, kind: Any) -> Any:
    """Return a vector of some kind with the same number in every lane."""
    vector = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.Constant(LANE, 0))
    order = ir.Constant(ir.VectorType(LANE, kind.count), [0] * kind.count)
    return builder.shuffle_vector(vector, vector, order)


def pointers(context: Any, builder: Any, signature: Any, args: Any) -> list[Any]:
    """Return the arguments of an intrinsic, where an array begins in place of the array."""
    return [
        context.make_array(kind)(context, builder, arg).data
        if isinstance(kind, types.Array)
        else arg
        for kind, arg in zip(signature.args, args, strict=True)
    ]


def verify(shapes: Mapping[Callable[..., Any], list[Any]]) -> None:
    """Write instructions once and have them verified; raises whatever goes wrong.

    Parameters
    ----------
    shapes : mapping of callable to list of llvmlite.ir.Type
        What each takes besides the builder.
    """
    for write, takes in shapes.items():
        module = ir.Module()
        function = ir.Function(module, ir.FunctionType(ir.VoidType(), takes), "instructions")
        builder = ir.IRBuilder(function.append_basic_block())
        write(builder, *function.args)
        builder.ret_void()
        llvm.parse_assembly(str(module)).verify()


@cache
def target() -> tuple[str, str]:
    """Return the processor that numba compiles for, and what it can do."""
    cpu, features = numba.config.CPU_NAME, numba.config.CPU_FEATURES
    host = llvm.get_host_cpu_features().flatten() if features is None else features
    return cpu or llvm.get_host_cpu_name(), host


def second_adder(builder: Any, kind: Any) -> Callable[[Any, Any], Any]:
    """Return what writes an addition that the multipliers of the processor do, where it has such.

    Adders are few, and long sums leave the multipliers idle. ``x * 1 + y`` in one instruction is
    ``x + y``, rounded once, to the bit. The compiler is not told that the factor is 1, or it would
    go back to the adders.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write, and where the factor is made.
    kind : llvmlite.ir.VectorType
        Of what is added.
    """
    if "+fma," not in f"{target()[1]},":
        return lambda x, y: builder.fadd(x, y)
    scalar = kind.element
    one = builder.asm(
        ir.FunctionType(scalar, [scalar]), "", "=x,0", [ir.Constant(scalar, 1.0)], False
    )
    factor = everywhere(builder, one, kind)
    name = f"llvm.fma.v{kind.count}f64"
    shape = ir.FunctionType(kind, [kind] * 3)
    fma = builder.module.globals.get(name) or ir.Function(builder.module, shape, name)
    return lambda x, y: builder.call(fma, [x, factor, y])
