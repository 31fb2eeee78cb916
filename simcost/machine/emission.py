"""Simple operations on eight outcomes, as instructions of the compiler.

Each writes the operation of the same name in `simcost.machine.loops`, with its bits: a NaN, the
sign of a zero, and which of two equal numbers is taken included.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from simcost.machine.fusion import CHOICE, COMPARISONS, Step
from simcost.machine.program import Program

LANES = 8
DOUBLE, INDEX = ir.DoubleType(), ir.IntType(64)
VECTOR = ir.VectorType(DOUBLE, LANES)
_SIGNS = dict(zip(COMPARISONS, ("<", "<=", ">", ">=", "==", "!="), strict=True))


def _everywhere(value: float) -> Any:
    return ir.Constant(VECTOR, [float(value)] * LANES)


ONE, ZERO = _everywhere(1.0), _everywhere(0.0)


class Loop:
    """The body of a loop over one block: values by number, as numbers and as conditions.

    Parameters
    ----------
    builder : llvmlite.ir.IRBuilder
        Where to write.
    program : Program
        Whose constants and triangles the steps refer to.

    Attributes
    ----------
    numbers, conditions : dict of int to llvmlite.ir.Value
        Eight numbers, and whether each is not 0; as far as they were needed.
    """

    def __init__(self, builder: Any, program: Program) -> None:
        self.builder = builder
        self.constants, self.tables = program.constants.tolist(), program.tables
        self.numbers: dict[int, Any] = {}
        self.conditions: dict[int, Any] = {}

    def add(self, number: int, step: Step) -> None:
        """Write one step."""
        if step.op in _SIGNS:
            self.conditions[number] = self._compared(step.op, *map(self.number, step.operands))
        elif step.op in ("and", "or", "not"):
            self.conditions[number] = self._joined(step.op, *map(self.condition, step.operands))
        elif step.op in ("min", "max"):
            self.numbers[number] = self._extreme("<" if step.op == "min" else ">", *step.operands)
        elif step.op == "where":
            chosen, *both = step.operands
            condition, numbers = self.condition(chosen), map(self.number, both)
            self.numbers[number] = self.builder.select(condition, *numbers)
        elif step.op == "uniform":
            self.numbers[number] = self._uniform(*map(self.number, step.operands))
        elif step.op == CHOICE:
            self.numbers[number] = self._choice(self.number(step.operands[0]), step.reference)
        elif step.op == "triangular":
            row = map(_everywhere, self.tables.triangles[step.reference].tolist())
            self.numbers[number] = self._triangular(self.number(step.operands[0]), *row)
        else:
            self.numbers[number] = _PLAIN[step.op](self.builder, *map(self.number, step.operands))

    def number(self, at: int) -> Any:
        """Return a value as eight numbers."""
        if at not in self.numbers:
            self.numbers[at] = (
                _everywhere(self.constants[-1 - at])
                if at < 0
                else self.builder.select(self.conditions[at], ONE, ZERO)
            )
        return self.numbers[at]

    def condition(self, at: int) -> Any:
        """Return whether each of eight numbers is not 0, as a NaN is not."""
        if at not in self.conditions:
            self.conditions[at] = self.builder.fcmp_unordered("!=", self.number(at), ZERO)
        return self.conditions[at]

    def _compared(self, op: str, first: Any, second: Any) -> Any:
        builder = self.builder
        compare = builder.fcmp_unordered if op == "ne" else builder.fcmp_ordered
        return compare(_SIGNS[op], first, second)

    def _joined(self, op: str, first: Any, second: Any = None) -> Any:
        if op == "not":
            return self.builder.not_(first)
        return self.builder.and_(first, second) if op == "and" else self.builder.or_(first, second)

    def _chosen(self, sign: str, first: Any, second: Any, yes: Any, no: Any) -> Any:
        """Return `yes` where a comparison holds, `no` where it does not or there is a NaN."""
        return self.builder.select(self.builder.fcmp_ordered(sign, first, second), yes, no)

    def _extreme(self, sign: str, x: int, y: int) -> Any:
        """Return the smaller or larger of two; a NaN in either is passed on."""
        first, second = self.number(x), self.number(y)
        if y < 0 and self.constants[-1 - y] != 0.0 and self._is_number(y):
            # One instruction instead of three: equal numbers are taken from the other side, which
            # would show for zeros of two signs only.
            return self._chosen(sign, second, first, second, first)
        found = self._chosen(sign, first, second, first, second)
        if self._is_number(x):
            return found
        missing = self.builder.fcmp_unordered("!=", first, first)
        return self.builder.select(missing, first, found)

    def _is_number(self, at: int) -> bool:
        """Return whether a value is a constant that is not NaN."""
        return at < 0 and self.constants[-1 - at] == self.constants[-1 - at]

    def _uniform(self, u: Any, low: Any, high: Any) -> Any:
        builder = self.builder
        value = builder.fadd(low, builder.fmul(builder.fsub(high, low), u))
        return self._chosen(">", value, high, high, value)

    def _choice(self, u: Any, number: int) -> Any:
        """Return the first value whose edge is not below u."""
        first, count = self.tables.step_meta[number, :2].tolist()
        edges = self.tables.step_edges[first : first + count - 1].tolist()
        lowest, *values = map(_everywhere, self.tables.step_values[first : first + count].tolist())
        chosen = self._chosen("==", u, u, lowest, u)
        for edge, value in zip(map(_everywhere, edges), values, strict=True):
            chosen = self._chosen(">", u, edge, value, chosen)
        return chosen

    def _triangular(
        self, u: Any, low: Any, mode: Any, high: Any, below: Any, left: Any, right: Any
    ) -> Any:
        """Return a triangular quantile; see `simcost.machine.triangle`."""
        builder = self.builder
        under = builder.fcmp_ordered("<=", u, below)
        share = builder.select(under, u, builder.fsub(ONE, u))
        root = _root(builder, self._chosen("<", share, ZERO, ZERO, share))
        down = builder.fadd(low, builder.fmul(left, root))
        up = builder.fsub(high, builder.fmul(right, root))
        down, up = self._chosen(">", down, mode, mode, down), self._chosen("<", up, mode, mode, up)
        return self._chosen("==", u, u, builder.select(under, down, up), u)


def _intrinsic(name: str) -> Callable[..., Any]:
    """Return what writes the call of a function of one operand that the compiler knows."""
    full = f"{name}.v{LANES}f64"

    def write(builder: Any, x: Any) -> Any:
        known = builder.module.globals.get(full)
        shape = ir.FunctionType(VECTOR, [VECTOR])
        return builder.call(known or ir.Function(builder.module, shape, full), [x])

    return write


_root = _intrinsic("llvm.sqrt")
_PLAIN: dict[str, Callable[..., Any]] = {
    "add": lambda builder, x, y: builder.fadd(x, y),
    "sub": lambda builder, x, y: builder.fsub(x, y),
    "mul": lambda builder, x, y: builder.fmul(x, y),
    "div": lambda builder, x, y: builder.fdiv(x, y),
    "neg": lambda builder, x: builder.fneg(x),
    "abs": _intrinsic("llvm.fabs"),
    "sqrt": _root,
}
