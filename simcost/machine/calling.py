"""A call of compiled code by its address, as an instruction of the compiler."""

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
