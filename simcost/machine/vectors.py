"""What the written instructions share."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

LANE = ir.IntType(32)


def everywhere(builder: Any, scalar: Any, kind: Any) -> Any:
    """Return a vector of some kind with the same number in every lane."""
    vector = builder.insert_element(ir.Constant(kind, ir.Undefined), scalar, ir.Constant(LANE, 0))
    order = ir.Constant(ir.VectorType(LANE, kind.count), [0] * kind.count)
    return builder.shuffle_vector(vector, vector, order)
