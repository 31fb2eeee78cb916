"""From the text of a formula to steps in the order they are computed.

Python's own parser finds the structure, but it is given a copy of the text in which every
name and number is a row of underscores and every unit is blank: it sees nothing but
operators, brackets and commas, evaluates nothing, and its positions are those of the text.
"""

from __future__ import annotations

import ast
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from simcost.errors import Problem
from simcost.graph.functions import FUNCTIONS
from simcost.graph.structure import structure_problem
from simcost.graph.tokens import (
    MOST_PROBLEMS,
    NAME,
    NUMBER,
    SIGN,
    WORD,
    Token,
    attach_units,
    cut,
    names,
)
from simcost.units import closest

LONGEST = 4000
MOST_STEPS = 1000

_OPERATIONS: dict[type[ast.AST], str] = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Mod: "mod",
    ast.Pow: "pow", ast.USub: "neg", ast.Not: "not", ast.And: "and", ast.Or: "or",
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Take a number or a name, or apply an operation to the `count` values before.

    Parameters
    ----------
    token : Token
        Number, name, operator or function: where an error points.
    op : str
        An operation of the graph; ``call`` for a function; empty for a number or a name.
    count : int
        Number of operands.
    start, end : int
        Where its whole text stands, operands included.
    """

    token: Token
    op: str
    count: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Syntax:
    """A formula that was read: its steps, its names in order of appearance, what is wrong."""

    text: str
    steps: tuple[Step, ...] = ()
    names: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


class _TooLong(Exception):
    pass


@lru_cache(maxsize=1024)
def read(text: str) -> Syntax:
    """Read a formula; never raises, and evaluates nothing."""
    if len(text) > LONGEST:
        fix = f"the limit is {LONGEST:,}; name parts of it as quantities of their own"
        return Syntax("", problems=(Problem(f"a formula of {len(text):,} characters", fix),))
    tokens, problems = cut(text)
    tokens, more = attach_units(tokens)
    found = tuple(dict.fromkeys(token.text for token in names(tokens)))
    problems += more
    steps: tuple[Step, ...] = ()
    if not problems:
        wrong = structure_problem(text, tokens)
        if wrong is None:
            try:
                steps = tuple(_steps(_parse(text, tokens), tokens))
                problems += _calls(steps)
            except SyntaxError as error:
                wrong = _refusal(error, text)
            except (RecursionError, MemoryError, _TooLong):
                fix = f"the limit is {MOST_STEPS:,} steps; name parts of it as quantities"
                wrong = Problem("the formula is too long or too deeply nested", fix)
        problems += [wrong] if wrong else []
    problems = sorted(problems, key=lambda problem: problem.offset)[:MOST_PROBLEMS]
    return Syntax(text, steps, found, tuple(problems))


def _parse(text: str, tokens: list[Token]) -> ast.expr:
    mask = [" "] * len(text)
    for token in tokens:
        length = len(token.text)
        shown = "_" * length if token.kind in (NAME, NUMBER) else token.text
        mask[token.start : token.start + length] = shown
    # The bracket lets Python accept leading blanks; it moves every position by one.
    return ast.parse(f"({''.join(mask)})", mode="eval").body


def _steps(tree: ast.expr, tokens: list[Token]) -> Iterator[Step]:
    """Yield the steps, operands first; with a stack of our own, since formulas nest deeply."""
    place = _Places(tokens)
    tasks: list[ast.expr | Step] = [tree]
    done = 0
    while tasks:
        task = tasks.pop()
        if isinstance(task, Step):
            done += 1
            if done > MOST_STEPS:
                raise _TooLong
            yield task
        else:
            tasks += reversed(list(_unfold(task, place)))
            if len(tasks) > 4 * LONGEST:
                raise _TooLong


class _Places:
    """Finds the token at, or the operator after, a position in the text given to Python."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.starts = [token.start for token in tokens]

    def at(self, node: ast.expr) -> Token:
        return self.tokens[bisect_left(self.starts, node.col_offset - 1)]

    def after(self, node: ast.expr, word: str = "") -> Token:
        position = bisect_left(self.starts, (node.end_col_offset or 0) - 1)
        while True:
            token = self.tokens[position]
            position += 1
            if token.text == word or (
                not word and token.kind in (SIGN, WORD) and token.text not in "()"
            ):
                return token


def _step(token: Token, op: str, count: int, node: ast.expr) -> Step:
    return Step(token, op, count, node.col_offset - 1, (node.end_col_offset or 0) - 1)


def _unfold(node: ast.expr, place: _Places) -> Iterator[ast.expr | Step]:
    """Yield a node's operands and then its own step."""
    match node:
        case ast.Name():
            token = place.at(node)
            yield Step(token, "", 0, token.start, token.end)
        case ast.BinOp(left, op, right):
            yield from (left, right)
            yield _step(place.after(left), _OPERATIONS[type(op)], 2, node)
        case ast.UnaryOp(ast.UAdd(), operand):
            yield operand
        case ast.UnaryOp(op, operand):
            yield operand
            yield _step(place.at(node), _OPERATIONS[type(op)], 1, node)
        case ast.BoolOp(op, [first, *rest]):
            yield first
            for left, right in zip([first, *rest], rest, strict=False):
                yield right
                yield _step(place.after(left), _OPERATIONS[type(op)], 2, node)
        case ast.Compare(first, ops, rest):
            yield from _chain(first, ops, rest, node, place)
        case ast.IfExp(condition, yes, no):
            yield from (condition, yes, no)
            yield _step(place.after(yes, "if"), "where", 3, node)
        case ast.Call(function, arguments, []):
            yield from arguments
            yield _step(place.at(function), "call", len(arguments), node)
        case _:
            raise SyntaxError("not a formula", ("", 1, node.col_offset + 1, ""))


def _chain(
    first: ast.expr, ops: list[ast.cmpop], rest: list[ast.expr], node: ast.expr, place: _Places
) -> Iterator[ast.expr | Step]:
    """Yield ``a < b < c`` as ``a < b and b < c``."""
    for count, (left, op, right) in enumerate(zip([first, *rest], ops, rest, strict=False)):
        yield from (left, right)
        yield _step(place.after(left), _OPERATIONS[type(op)], 2, node)
        if count:
            yield _step(place.after(left), "and", 2, node)


def _calls(steps: tuple[Step, ...]) -> list[Problem]:
    """Return a problem for each call of a function that does not exist or does not fit."""
    problems: list[Problem] = []
    for step in steps:
        name = step.token.text
        if step.op != "call":
            continue
        if len(problems) >= MOST_PROBLEMS:
            break
        if name not in FUNCTIONS:
            meant = closest(name, FUNCTIONS)
            fix = f"did you mean {meant}?" if meant else f"there are {', '.join(FUNCTIONS)}"
            problems.append(step.token.problem(f"unknown function {step.token.short!r}", fix))
        elif not FUNCTIONS[name].accepts(step.count):
            message = f"{name} does not take {step.count} argument{'s' * (step.count != 1)}"
            problems.append(step.token.problem(message, f"write {FUNCTIONS[name].usage}"))
    return list(dict.fromkeys(problems))


def _refusal(error: SyntaxError, text: str) -> Problem:
    offset = min(max(0, (error.offset or 1) - 2), max(0, len(text) - 1))
    fix = "write a if condition else b" if "else" in str(error) else ""
    return Problem("this is not a complete formula", fix, offset=offset)
