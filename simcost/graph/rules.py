"""Operations on quantities: which units they accept, and which unit comes out.

Addition, comparison and choice want one dimension and convert to the first operand's unit;
products multiply units; ``exp`` and its like want plain numbers. Conversions are ordinary
multiplications in the graph. The number 0 fits every unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import isfinite
from typing import TypeVar

from simcost.errors import ModelError, Problem, UnitError
from simcost.graph.constants import fold
from simcost.graph.node import const, make
from simcost.graph.quantity import Quantity
from simcost.units import PLAIN, Unit
from simcost.units.unit import mismatch

Q = TypeVar("Q", bound=Quantity)
Checked = tuple[Sequence[Quantity], Unit]
Rule = Callable[[str, Sequence[Quantity]], Checked]

# How an operation reads in "cannot … ".
_ACTIONS = {
    "add": "add {0} to {1}",
    "sub": "subtract {1} from {0}",
    "mod": "take {0} modulo {1}",
    "where": "choose between {0} and {1}",
}
_NEEDS_PLAIN = {"pow": "a power", "where": "a condition"}
_SIGNS = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "**",
    "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!=",
    "and": "and", "or": "or",
}  # fmt: skip


def apply(op: str, first: Q, *others: Quantity) -> Q:
    """Return the quantity that an operation makes of others.

    Parameters
    ----------
    op : str
        An operation of `simcost.graph.node` that a user can ask for.
    first, *others : Quantity
        Its operands. The result has the type of the first.

    Raises
    ------
    UnitError
        When the operands' units do not fit.
    ModelError
        When operands known in advance make an infinity or no number.
    """
    given: tuple[Quantity, ...] = (first, *others)
    operands, unit = _RULES[op](op, given)
    known = [operand.fixed for operand in operands]
    value = fold(op, known)
    if op in ("div", "mod") and known[1] == 0:
        text = f"{given[0].name} {_SIGNS[op]} {given[1].name}"
        raise ModelError([Problem(f"{text} divides by zero")])
    if value is not None and not isfinite(value):
        raise _not_finite(op, given, value)
    if op == "where" and _is_decided(operands[0]):
        # A switch: what is not chosen is neither drawn nor counted among what a result rests on.
        kept = operands[1] if known[0] else operands[2]
        return first.like(kept.node, unit, kept.constant)
    node = make(op, *(operand.node for operand in operands))
    return first.like(node, unit, value)


def _is_decided(condition: Quantity) -> bool:
    """Whether a condition compares two fixed numbers, so that every engine decides it alike."""
    node = condition.node
    return node.op == "eq" and all(operand.op == "const" for operand in node.args)


def convert(quantity: Q, unit: Unit) -> Q:
    """Return the same quantity measured in `unit`.

    Raises
    ------
    UnitError
        When the dimensions differ.
    """
    if quantity.unit == unit:
        return quantity
    factor = quantity.unit.factor_to(unit)
    bare = quantity.like(quantity.node, PLAIN, quantity.constant, quantity.label)
    if factor != 1:
        back = unit.factor_to(quantity.unit)
        # 90 minute is 90 / 60 hour, correctly rounded; 90 * (1/60) would round twice.
        divide = factor < 1 and back.is_integer() and 1 / back == factor
        other = Quantity(const(back if divide else factor))
        bare = apply("div" if divide else "mul", bare, other)
    return bare.like(bare.node, unit, bare.constant, quantity.label)


def _plain(op: str, operands: Sequence[Quantity]) -> Checked:
    """Return the operands as plain numbers."""
    for operand in operands:
        if not operand.unit.is_plain and not operand.unit.is_dimensionless:
            unit, name = operand.unit, operand.name
            fix = f"divide by a quantity in {unit} first, for example by (1 {unit})"
            if op in ("and", "or", "not", "where"):
                fix = f"write a condition, for example {name} > 0"
            raise UnitError(
                f"{_NEEDS_PLAIN.get(op, op)} needs a plain number but {name} is in {unit}", fix
            )
    return [convert(operand, PLAIN) for operand in operands], PLAIN


def _fits_any(operand: Quantity) -> bool:
    return operand.fixed == 0 and operand.unit.is_plain


def _alike(op: str, operands: Sequence[Quantity]) -> Checked:
    """Return the operands in the unit of the first that has one."""
    main = next((operand for operand in operands if not _fits_any(operand)), operands[0])
    for operand in operands:
        if not _fits_any(operand) and not main.unit.same_dimension(operand.unit):
            raise _misfit(op, operands[0], operands[1])
    same = [
        operand.like(operand.node, main.unit, operand.constant, operand.label)
        if _fits_any(operand)
        else convert(operand, main.unit)
        for operand in operands
    ]
    return same, main.unit


def _compare(op: str, operands: Sequence[Quantity]) -> Checked:
    return _alike(op, operands)[0], PLAIN


def _keep(op: str, operands: Sequence[Quantity]) -> Checked:
    return operands, operands[0].unit


def _product(op: str, operands: Sequence[Quantity]) -> Checked:
    left, right = operands
    # "percent" in front of a unit would only make the unit longer and the number odd.
    if left.unit.is_ratio != right.unit.is_ratio:
        left, right = (convert(q, PLAIN) if q.unit.is_ratio else q for q in operands)
    unit = left.unit * right.unit if op == "mul" else left.unit / right.unit
    return (left, right), unit


def _power(op: str, operands: Sequence[Quantity]) -> Checked:
    base, exponent = operands
    (exponent,), _ = _plain(op, [exponent])
    if base.unit.is_plain or base.unit.is_dimensionless:
        return (convert(base, PLAIN), exponent), PLAIN
    if exponent.fixed is None:
        message = f"{base.name} is in {base.unit}, so its exponent has to be a fixed number"
        raise UnitError(message, f"divide {base.name} by a quantity in {base.unit} first")
    power = Fraction(exponent.fixed).limit_denominator(12)
    if float(power) != exponent.fixed:
        message = f"{base.name} is in {base.unit} and cannot be raised to {exponent.fixed:g}"
        raise UnitError(message, "use a whole number or a simple fraction such as 1/2")
    return (base, exponent), base.unit**power


def _root(op: str, operands: Sequence[Quantity]) -> Checked:
    return operands, operands[0].unit ** Fraction(1, 2)


def _choice(op: str, operands: Sequence[Quantity]) -> Checked:
    condition, _ = _plain(op, operands[:1])
    branches, unit = _alike(op, operands[1:])
    return (*condition, *branches), unit


_RULES: dict[str, Rule] = {
    **dict.fromkeys(("add", "sub", "mod", "min", "max"), _alike),
    **dict.fromkeys(("lt", "le", "gt", "ge", "eq", "ne"), _compare),
    **dict.fromkeys(("neg", "abs", "floor", "ceil", "round"), _keep),
    **dict.fromkeys(("exp", "log", "log10", "log2", "expm1", "log1p"), _plain),
    **dict.fromkeys(("sin", "cos", "tan", "and", "or", "not"), _plain),
    **dict.fromkeys(("mul", "div"), _product),
    "pow": _power,
    "sqrt": _root,
    "where": _choice,
}


def _misfit(op: str, left: Quantity, right: Quantity) -> UnitError:
    if left.unit.is_plain or right.unit.is_plain:
        plain, other = (left, right) if left.unit.is_plain else (right, left)
        fix = f"write {plain.name} {other.unit}"
        if plain.node.op != "const":
            fix = f"give {plain.name} a unit, or multiply it by (1 {other.unit})"
        name = plain.name
        return UnitError(f"{other.name} is in {other.unit} but {name} is a plain number", fix)
    error = mismatch(_ACTIONS.get(op, "compare {0} with {1}"), left.unit, right.unit)
    problem = error.problems[0]
    if left.label and right.label:
        places = f"{left.name} is in {left.unit}, {right.name} in {right.unit}"
        return UnitError(f"{problem.message}: {places}", problem.fix)
    return error


def _not_finite(op: str, operands: Sequence[Quantity], value: float) -> ModelError:
    names = [operand.name for operand in operands]
    text = f" {_SIGNS.get(op)} ".join(names) if op in _SIGNS else f"{op}({', '.join(names)})"
    if value != value:
        return ModelError([Problem(f"{text} is not a number")])
    return ModelError([Problem(f"{text} is infinite", "numbers go up to about 1.8e308")])
