"""Code and numbers by their address, as instructions of the compiler."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

INDEX = ir.IntType(64)


def _code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    address, memory, size = args
    shape = ir.FunctionType(ir.VoidType(), [INDEX, INDEX])
    builder.call(builder.inttoptr(address, shape.as_pointer()), [memory, size])
    return context.get_dummy_value()


@intrinsic  # type: ignore[untyped-decorator]
def call(typing: Any, address: Any, memory: Any, size: Any) -> Any:
    """Call what `simcost.machine.native` compiled, for slots at an address and so many outcomes."""
    return types.void(types.int64, types.int64, types.int64), _code


def _point(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    return builder.inttoptr(args[0], context.get_value_type(signature.return_type))


@intrinsic  # type: ignore[untyped-decorator]
def numbers_at(typing: Any, address: Any) -> Any:
    """Return a pointer to the float64 at an address, as `numba.carray` takes it."""
    return types.CPointer(types.float64)(types.int64), _point
