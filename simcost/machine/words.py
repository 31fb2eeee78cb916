"""Random words of 64 outcomes at once, as instructions of the compiler.

Threefry is a chain of 60 operations that wait for each other. A compiler turns eight blocks
into one vector and leaves the processor waiting; 32 blocks are four chains (eight where vectors
have four lanes) that fill each other's gaps.

The operations are those of `simcost.designs._threefry`, on whole numbers, so there is nothing to
round.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simcost.designs._threefry import PARITY
from simcost.machine.vectors import LANE, everywhere

BLOCKS = 32
WORDS = 2 * BLOCKS
LANES = 8  # doubles stored at once
DOUBLE, WORD = ir.DoubleType(), ir.IntType(64)
ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))  # of four rounds in turn
CHAINS = ir.VectorType(WORD, BLOCKS)


def _mask(order: list[int]) -> Any:
    return ir.Constant(ir.VectorType(LANE, len(order)), order)


def _constant(value: int) -> Any:
    return ir.Constant(CHAINS, [value] * BLOCKS)


def _mixed(builder: Any, x0: Any, x1: Any, rotations: tuple[int, ...]) -> tuple[Any, Any]:
    """Four rounds."""
    for places in rotations:
        x0 = builder.add(x0, x1)
        left = builder.shl(x1, _constant(places))
        right = builder.lshr(x1, _constant(64 - places))
        x1 = builder.xor(builder.or_(left, right), x0)
    return x0, x1


def emit(builder: Any, key0: Any, key1: Any, block: Any, out: Any) -> None:
    """Write the instructions for 32 blocks.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write.
    key0, key1 : uint64
        Key of the stream.
    block : uint64
        Number of the first block.
    out : pointer to float64[64]
        The words, as bit patterns of doubles.
    """
    keys = [everywhere(builder, key, CHAINS) for key in (key0, key1)]
    keys.append(builder.xor(builder.xor(keys[0], keys[1]), _constant(int(PARITY))))
    numbers = ir.Constant(CHAINS, list(range(BLOCKS)))
    x0 = builder.add(builder.add(everywhere(builder, block, CHAINS), numbers), keys[0])
    x1 = keys[1]
    for step in range(1, 6):
        x0, x1 = _mixed(builder, x0, x1, ROTATIONS[(step - 1) % 2])
        x0 = builder.add(x0, keys[step % 3])
        x1 = builder.add(x1, builder.add(keys[(step + 1) % 3], _constant(step)))
    # Outcomes 2 k and 2 k + 1 share block k.
    order = [lane for k in range(BLOCKS) for lane in (k, BLOCKS + k)]
    for first in range(0, WORDS, LANES):
        part = builder.shuffle_vector(x0, x1, _mask(order[first : first + LANES]))
        target = builder.gep(out, [ir.Constant(WORD, first)])
        place = builder.bitcast(target, ir.VectorType(WORD, LANES).as_pointer())
        builder.store(part, place).align = 8


def check() -> None:
    """Write the instructions once and have them verified; raises whatever goes wrong."""
    module = ir.Module()
    takes = [WORD, WORD, WORD, DOUBLE.as_pointer()]
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), takes), "words")
    builder = ir.IRBuilder(function.append_basic_block())
    emit(builder, *function.args)
    builder.ret_void()
    llvm.parse_assembly(str(module)).verify()


def _code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    key0, key1, block, out, at = args
    array = context.make_array(signature.args[3])(context, builder, out)
    emit(builder, key0, key1, block, builder.gep(array.data, [at]))
    return context.get_dummy_value()


@intrinsic  # type: ignore[untyped-decorator]
def words(
    typing: Any, key0: Any, key1: Any, block: Any, out: Any, at: Any
) -> tuple[Any, Callable[..., Any]]:
    """Write the words of the blocks `block` … `block` + 31 to `out` from `at` on; see `emit`."""
    return types.void(key0, key1, block, out, at), _code
