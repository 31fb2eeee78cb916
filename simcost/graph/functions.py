"""The closed list of functions that formulas may call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from math import pi

from simcost.graph.node import const
from simcost.graph.quantity import Quantity
from simcost.graph.rules import Q, apply


@dataclass(frozen=True, slots=True)
class Function:
    """A function of formulas.

    Parameters
    ----------
    usage : str
        How to write it: ``"clip(x, low, high)"``.
    least, most : int
        Number of arguments; `most` is 0 where there is no upper limit.
    build : callable
        Makes a quantity from the arguments.
    doc : str
        What it does, in one line.
    """

    usage: str
    least: int
    most: int
    build: Callable[[Sequence[Q]], Q]
    doc: str

    def accepts(self, count: int) -> bool:
        """Say whether it can be called with so many arguments."""
        return self.least <= count and (not self.most or count <= self.most)


def _fold(op: str, arguments: Sequence[Q]) -> Q:
    return reduce(partial(apply, op), arguments)


def _direct(op: str, arguments: Sequence[Q]) -> Q:
    return apply(op, *arguments)


def _mean(arguments: Sequence[Q]) -> Q:
    return apply("div", _fold("add", arguments), Quantity(const(len(arguments))))


def _clip(arguments: Sequence[Q]) -> Q:
    x, low, high = arguments
    return apply("min", apply("max", x, low), high)


def _same(arguments: Sequence[Q]) -> Q:
    return arguments[0]


def _many(name: str, op: str, doc: str) -> Function:
    return Function(f"{name}(a, b, …)", 1, 0, partial(_fold, op), doc)


def _one(name: str, doc: str) -> Function:
    return Function(f"{name}(x)", 1, 1, partial(_direct, name), doc)


FUNCTIONS: Mapping[str, Function] = {
    "min": _many("min", "min", "smallest of its arguments"),
    "max": _many("max", "max", "largest of its arguments"),
    "sum": _many("sum", "add", "sum of its arguments"),
    "prod": _many("prod", "mul", "product of its arguments"),
    "mean": Function("mean(a, b, …)", 1, 0, _mean, "average of its arguments"),
    "abs": _one("abs", "size without sign"),
    "sqrt": _one("sqrt", "square root"),
    "exp": _one("exp", "e to the power x"),
    "log": _one("log", "natural logarithm"),
    "log2": _one("log2", "logarithm to base 2"),
    "log10": _one("log10", "logarithm to base 10"),
    "expm1": _one("expm1", "exp(x) - 1, exact for small x"),
    "log1p": _one("log1p", "log(1 + x), exact for small x"),
    "floor": _one("floor", "next whole number downwards, in the unit of x"),
    "ceil": _one("ceil", "next whole number upwards, in the unit of x"),
    "round": _one("round", "nearest whole number in the unit of x, halves to the even one"),
    "sin": _one("sin", "sine of x in radians"),
    "cos": _one("cos", "cosine of x in radians"),
    "tan": _one("tan", "tangent of x in radians"),
    "clip": Function("clip(x, low, high)", 3, 3, _clip, "x, but not below low nor above high"),
    "where": Function(
        "where(condition, yes, no)", 3, 3, partial(_direct, "where"), "yes if condition else no"
    ),
}

# Numbers with a name; a model may give the name another meaning.
CONSTANTS: Mapping[str, float] = {"pi": pi}
