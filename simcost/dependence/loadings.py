"""The couplings of a graph read back, and made anew for another order of their inputs.

A coupled input's uniform draws are Φ(z) or T(z · mixing), with z a linear combination of
independent normals (see `blocks`). Its coefficients are its loadings; the correlation of two
inputs' normals is the scalar product of theirs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np

from simcost.dependence.blocks import U_MIN
from simcost.dependence.eigen import Matrix
from simcost.graph.node import Node, const, make


@dataclass(frozen=True, slots=True)
class Loadings:
    """How an input's draws arise from independent ones.

    Parameters
    ----------
    weights : mapping of str to float
        Coefficient of each stream's normal.
    mixing : Node or None
        The factor that a t copula multiplies z with.
    df : float
        Its degrees of freedom; 0 for a Gaussian copula.
    """

    weights: Mapping[str, float]
    mixing: Node | None = None
    df: float = 0.0


def loadings(uniform: Node) -> Loadings:
    """Read an input's uniform draws back.

    Raises
    ------
    ValueError
        For a node that `couple` does not make.
    """
    if uniform.op == "stream":
        return Loadings({uniform.name: 1.0})
    if uniform.op != "min" or uniform.args[0].op != "max":
        raise ValueError(f"{uniform.op!r} is no coupling")
    inner = uniform.args[0].args[0]
    if inner.op == "ndtr":
        return Loadings(_linear(inner.args[0]))
    if inner.op == "student_cdf":
        z, mixing = inner.args[0].args
        return Loadings(_linear(z), mixing, inner.value)
    raise ValueError(f"{inner.op!r} is no coupling")


def _linear(node: Node) -> dict[str, float]:
    weights: dict[str, float] = {}
    stack = [(node, 1.0)]
    while stack:
        one, factor = stack.pop()
        if one.op == "add":
            stack += [(arg, factor) for arg in one.args]
        elif one.op == "mul" and one.args[0].op == "const":
            stack.append((one.args[1], factor * one.args[0].value))
        elif one.op == "ndtri" and one.args[0].op == "stream":
            name = one.args[0].name
            weights[name] = weights.get(name, 0.0) + factor
        else:
            raise ValueError(f"{one.op!r} is no coupling")
    return weights


def correlation(parts: Sequence[Loadings]) -> Matrix:
    """Return the correlation of the normals behind some inputs, float64[n, n]."""
    names = sorted({name for part in parts for name in part.weights})
    rows = np.array([[part.weights.get(name, 0.0) for name in names] for part in parts])
    matrix: Matrix = rows @ rows.T
    scale = np.sqrt(np.diag(matrix))
    unit: Matrix = matrix / np.outer(scale, scale)
    return unit


def coupled(streams: Sequence[Node], weights: Sequence[float], like: Loadings) -> Node:
    """Return uniform draws with given loadings on given streams.

    Parameters
    ----------
    streams : sequence of Node
        Independent uniform draws.
    weights : sequence of float
        Coefficients of their normals, squares adding up to 1.
    like : Loadings
        Of which copula; its mixing factor is taken over.
    """
    terms = [
        make("mul", const(weight), make("ndtri", u))
        for u, weight in zip(streams, weights, strict=True)
    ]
    z = reduce(lambda total, term: make("add", total, term), terms)
    if like.mixing is None:
        u = make("ndtr", z)
    else:
        u = make("student_cdf", make("mul", z, like.mixing), value=like.df)
    return make("min", make("max", u, const(U_MIN)), const(1.0 - U_MIN))
