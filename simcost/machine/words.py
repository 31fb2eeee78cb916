"""Random words of 96 outcomes at once, as instructions of the compiler.

Threefry is a chain of 60 operations that wait for each other. A compiler turns eight blocks
into one vector and leaves the processor waiting; 32 blocks are four chains (eight where vectors
have four lanes) that fill each other's gaps.

The operations are those of `simcost.designs._threefry`, on whole numbers, so there is nothing to
round.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simcost.designs._threefry import BUNDLE, LANES, LOW_22, ONE_AND_HALF_STEP, PARITY, TOP_BITS
from simcost.machine.vectors import LANE, everywhere, pointers, verify

BUNDLES = 4
WORDS = BUNDLES * BUNDLE
DOUBLE, WORD = ir.DoubleType(), ir.IntType(64)
ROTATIONS = ((16, 42, 12, 31), (16, 32, 24, 21))  # of four rounds in turn


def _mask(order: range) -> Any:
    return ir.Constant(ir.VectorType(LANE, len(order)), [*order])


def _same(like: Any, value: int) -> Any:
    return ir.Constant(like.type, [value] * like.type.count)


def _mixed(builder: Any, x0: Any, x1: Any, rotations: tuple[int, ...]) -> tuple[Any, Any]:
    """Four rounds."""
    for places in rotations:
        x0 = builder.add(x0, x1)
        left = builder.shl(x1, _same(x1, places))
        right = builder.lshr(x1, _same(x1, 64 - places))
        x1 = builder.xor(builder.or_(left, right), x0)
    return x0, x1


def emit(
    builder: Any, key0: Any, key1: Any, bundle: Any, out: Any, bundles: int, uniform: bool
) -> None:
    """Write the instructions for some bundles.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write.
    key0, key1 : uint64
        Key of the stream.
    bundle : uint64
        Number of the first bundle.
    out : pointer to float64[24 bundles]
        The words, as bit patterns of doubles.
    bundles : int
        How many.
    uniform : bool
        Whether to write uniform numbers instead of words.
    """
    chains = ir.VectorType(WORD, bundles * LANES)
    keys = [everywhere(builder, key, chains) for key in (key0, key1)]
    keys.append(builder.xor(builder.xor(keys[0], keys[1]), _same(keys[0], int(PARITY))))
    first = everywhere(builder, builder.mul(bundle, ir.Constant(WORD, LANES)), chains)
    numbers = builder.add(first, ir.Constant(chains, list(range(chains.count))))
    x0, x1 = builder.add(numbers, keys[0]), keys[1]
    for step in range(1, 6):
        x0, x1 = _mixed(builder, x0, x1, ROTATIONS[(step - 1) % 2])
        x0 = builder.add(x0, keys[step % 3])
        x1 = builder.add(x1, builder.add(keys[(step + 1) % 3], _same(x1, step)))
    rest = builder.or_(
        builder.shl(x0, _same(x0, 42)),
        builder.shl(builder.and_(x1, _same(x1, int(LOW_22))), _same(x1, 20)),
    )
    results = [_uniform(builder, each) if uniform else each for each in (x0, x1, rest)]
    for number in range(bundles):
        lanes = _mask(range(number * LANES, (number + 1) * LANES))
        for k, words in enumerate(results):
            target = builder.gep(out, [ir.Constant(WORD, number * BUNDLE + k * LANES)])
            place = builder.bitcast(target, ir.VectorType(words.type.element, LANES).as_pointer())
            builder.store(builder.shuffle_vector(words, words, lanes), place).align = 8


def _uniform(builder: Any, word: Any) -> Any:
    """Make a uniform number of each word, as `coarse_unit` does."""
    top = builder.and_(builder.lshr(word, _same(word, 12)), _same(word, int(TOP_BITS)))
    pattern = builder.or_(top, _same(word, int(ONE_AND_HALF_STEP)))
    number = builder.bitcast(pattern, ir.VectorType(DOUBLE, word.type.count))
    return builder.fsub(number, _same(number, 1))


def check() -> None:
    """Write the instructions once and have them verified; raises whatever goes wrong."""
    ways = ((1, False), (BUNDLES, False), (BUNDLES, True))
    takes = [WORD, WORD, WORD, DOUBLE.as_pointer()]
    verify({partial(emit, bundles=count, uniform=uniform): takes for count, uniform in ways})


def _intrinsic(bundles: int, uniform: bool = False) -> Any:
    """Return a function that writes words, or uniform numbers, to `out` from `at` on."""

    def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        key0, key1, bundle, out, at = pointers(context, builder, signature, args)
        emit(builder, key0, key1, bundle, builder.gep(out, [at]), bundles, uniform)
        return context.get_dummy_value()

    def words(
        typing: Any, key0: Any, key1: Any, bundle: Any, out: Any, at: Any
    ) -> tuple[Any, Callable[..., Any]]:
        return types.void(key0, key1, bundle, out, at), code

    return intrinsic(words)


words, words_of_one = _intrinsic(BUNDLES), _intrinsic(1)
uniforms = _intrinsic(BUNDLES, uniform=True)
