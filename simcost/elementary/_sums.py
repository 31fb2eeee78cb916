"""Sums whose order is fixed: libraries of linear algebra and reductions choose their own."""

from __future__ import annotations

import numpy as np

from simcost.elementary._bits import Vector


def total(x: Vector) -> Vector:
    """Sum over the first axis, by folding the upper half onto the lower one.

    Only element-wise additions, so the order is part of this code; the error grows with the
    logarithm of the length.

    Parameters
    ----------
    x : float64[n, ...]

    Returns
    -------
    float64[...]
    """
    x = np.asarray(x, dtype=np.float64)
    if not len(x):
        return np.zeros(x.shape[1:])
    while len(x) > 1:
        half = (len(x) + 1) // 2
        folded = x[:half].copy()
        folded[: len(x) - half] += x[half:]
        x = folded
    return np.asarray(x[0])


def dot(x: Vector, y: Vector) -> float:
    """Sum of products of two vectors of one length."""
    return float(total(x * y))


def product(a: Vector, b: Vector) -> Vector:
    """Matrix product, added up in the order of the inner index, which should be short."""
    out: Vector = a[:, :1] * b[0]
    for k in range(1, len(b)):
        out += a[:, k : k + 1] * b[k]
    return out
