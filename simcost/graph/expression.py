"""Quantities that Python's operators and NumPy's functions work on."""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite
from numbers import Real
from typing import Any, NoReturn

import numpy as np

from simcost.errors import ModelError, Problem
from simcost.graph.functions import FUNCTIONS
from simcost.graph.node import const
from simcost.graph.quantity import Quantity
from simcost.graph.rules import apply, convert
from simcost.units import Unit, parse_unit

_UFUNCS = {
    np.add: "add", np.subtract: "sub", np.multiply: "mul", np.divide: "div",
    np.remainder: "mod", np.power: "pow", np.float_power: "pow",
    np.minimum: "min", np.maximum: "max",
    np.less: "lt", np.less_equal: "le", np.greater: "gt", np.greater_equal: "ge",
    np.equal: "eq", np.not_equal: "ne",
    np.logical_and: "and", np.logical_or: "or", np.logical_not: "not",
    np.bitwise_and: "and", np.bitwise_or: "or", np.invert: "not",
    np.negative: "neg", np.absolute: "abs", np.fabs: "abs", np.sqrt: "sqrt",
    np.exp: "exp", np.expm1: "expm1", np.log: "log", np.log1p: "log1p",
    np.log2: "log2", np.log10: "log10",
    np.floor: "floor", np.ceil: "ceil", np.rint: "round",
    np.sin: "sin", np.cos: "cos", np.tan: "tan",
}  # fmt: skip
_ARRAY_FUNCTIONS: dict[Callable[..., Any], str] = {
    np.where: "where",
    np.clip: "clip",
    np.round: "round",
    np.around: "round",
}


class Expression(Quantity):
    """A quantity to calculate with: an input, a quantity, or anything made of them.

    Parameters
    ----------
    node : Node
        How the number comes about.
    unit : Unit
        What it is measured in; a plain number by default.
    constant : float or None
        Its value where known in advance.
    label : str
        What error messages call it.

    Examples
    --------
    >>> from simcost.graph.node import quantile, stream
    >>> hours = samples / rate                              # doctest: +SKIP
    >>> np.maximum(hours, 10 * one_hour).to("month")        # doctest: +SKIP
    """

    __slots__ = ()

    def to(self, unit: str | Unit) -> Expression:
        """Return the same quantity measured in another unit.

        Raises
        ------
        UnitError
            When the unit is unknown or of another dimension.
        """
        return convert(self, parse_unit(unit) if isinstance(unit, str) else unit)

    def named(self, label: str) -> Expression:
        """Return the same quantity under another name in error messages."""
        return self.like(self.node, self.unit, self.constant, label)

    def __add__(self, other: object) -> Expression:
        return _binary("add", self, other)

    def __radd__(self, other: object) -> Expression:
        return _binary("add", other, self)

    def __sub__(self, other: object) -> Expression:
        return _binary("sub", self, other)

    def __rsub__(self, other: object) -> Expression:
        return _binary("sub", other, self)

    def __mul__(self, other: object) -> Expression:
        return _binary("mul", self, other)

    def __rmul__(self, other: object) -> Expression:
        return _binary("mul", other, self)

    def __truediv__(self, other: object) -> Expression:
        return _binary("div", self, other)

    def __rtruediv__(self, other: object) -> Expression:
        return _binary("div", other, self)

    def __mod__(self, other: object) -> Expression:
        return _binary("mod", self, other)

    def __rmod__(self, other: object) -> Expression:
        return _binary("mod", other, self)

    def __pow__(self, other: object) -> Expression:
        return _binary("pow", self, other)

    def __rpow__(self, other: object) -> Expression:
        return _binary("pow", other, self)

    def __lt__(self, other: object) -> Expression:
        return _binary("lt", self, other)

    def __le__(self, other: object) -> Expression:
        return _binary("le", self, other)

    def __gt__(self, other: object) -> Expression:
        return _binary("gt", self, other)

    def __ge__(self, other: object) -> Expression:
        return _binary("ge", self, other)

    def __eq__(self, other: object) -> Expression:  # type: ignore[override]
        return _binary("eq", self, other)

    def __ne__(self, other: object) -> Expression:  # type: ignore[override]
        return _binary("ne", self, other)

    def __and__(self, other: object) -> Expression:
        return _binary("and", self, other)

    def __rand__(self, other: object) -> Expression:
        return _binary("and", other, self)

    def __or__(self, other: object) -> Expression:
        return _binary("or", self, other)

    def __ror__(self, other: object) -> Expression:
        return _binary("or", other, self)

    def __neg__(self) -> Expression:
        return apply("neg", self)

    def __pos__(self) -> Expression:
        return self

    def __abs__(self) -> Expression:
        return apply("abs", self)

    def __invert__(self) -> Expression:
        return apply("not", self)

    def __round__(self, digits: int = 0) -> Expression:
        return _rounded(self, digits)

    # `==` makes an expression, so sets and dictionaries can only go by identity.
    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "an expression has a different truth in every outcome; "
            "write where(condition, yes, no) for if, & for and, | for or, ~ for not"
        )

    def __float__(self) -> NoReturn:
        raise TypeError("an expression has a different value in every outcome; run the model")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        op = _UFUNCS.get(ufunc)
        if op is None or method != "__call__" or options:
            return NotImplemented
        return apply(op, *map(lift, inputs))

    def __array_function__(
        self, function: Callable[..., Any], types: Any, inputs: Any, options: Any
    ) -> Any:
        name = _ARRAY_FUNCTIONS.get(function)
        if name == "round":
            return _rounded(*inputs, **options)
        if name is None or options or not FUNCTIONS[name].accepts(len(inputs)):
            return NotImplemented
        return FUNCTIONS[name].build([lift(value) for value in inputs])


def lift(value: object) -> Expression:
    """Return a number as an expression; an expression comes back as it is.

    Raises
    ------
    TypeError
        For anything that is not one number.
    ModelError
        For a NaN or an infinity.
    """
    if isinstance(value, Expression):
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if not isinstance(value, Real | np.bool_):
        raise TypeError(
            f"an expression stands for one number an outcome; {type(value).__name__} does not fit"
        )
    number = float(value)
    if not isfinite(number):
        raise ModelError([Problem(f"{number} is not a finite number")])
    return Expression(const(number))


def _binary(op: str, left: object, right: object) -> Expression:
    try:
        operands = lift(left), lift(right)
    except TypeError:
        return NotImplemented  # type: ignore[no-any-return]
    return apply(op, *operands)


def _rounded(value: Expression, decimals: int = 0) -> Expression:
    if decimals:
        raise TypeError("expressions are rounded to whole numbers only; scale before and after")
    return apply("round", value)
