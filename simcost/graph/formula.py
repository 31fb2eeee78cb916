"""Formulas: from text to an expression, with every error at its place in the text."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import replace
from math import isfinite

from simcost.errors import ModelError, Problem
from simcost.graph.expression import Expression
from simcost.graph.functions import CONSTANTS, FUNCTIONS
from simcost.graph.node import const
from simcost.graph.rules import apply
from simcost.graph.syntax import Step, Syntax, read
from simcost.graph.tokens import MOST_PROBLEMS, NUMBER, RESERVED
from simcost.units import closest, is_unit_name


def parse(text: str) -> Syntax:
    """Read a formula without looking up its names.

    Raises
    ------
    ModelError
        With every problem that can be told from the text alone.
    """
    syntax = read(text)
    if syntax.problems:
        raise ModelError(syntax.problems)
    return syntax


def names_in(text: str) -> tuple[str, ...]:
    """Return the names that a formula uses, in order of appearance.

    Functions and units are not among them; ``pi`` is. Never raises: what is wrong with the
    formula is for `evaluate` to say.
    """
    return read(text).names


def name_problem(name: str) -> str:
    """Return why formulas could not use `name`, or ``""`` when they can.

    The names of functions are free: a function is known by its bracket.
    """
    if not name.isidentifier():
        return "a name has letters, digits and _ only, and does not start with a digit"
    if name in RESERVED:
        return f"{name!r} is a reserved word"
    return ""


def evaluate(text: str, names: Mapping[str, Expression]) -> Expression:
    """Return what a formula means.

    Parameters
    ----------
    text : str
        ``"hours * wage + 5 USD"``.
    names : mapping of str to Expression
        Everything the formula may use.

    Raises
    ------
    ModelError
        With every problem of the formula; `Problem.offset` counts from its start.
    """
    expression, problems = examine(text, names)
    if expression is None:
        raise ModelError(problems)
    return expression


def examine(
    text: str, names: Mapping[str, Expression], broken: Container[str] = ()
) -> tuple[Expression | None, tuple[Problem, ...]]:
    """Return what a formula means, or everything that is wrong with it.

    Parameters
    ----------
    text : str
    names : mapping of str to Expression
    broken : container of str
        Names that exist but could not be understood. A formula that uses one comes to
        nothing, without a problem of its own.

    Returns
    -------
    expression : Expression or None
        `None` where there are problems or a broken name.
    problems : tuple of Problem
    """
    syntax = read(text)
    run = _Evaluation(text, names, broken)
    run.problems += syntax.problems
    for step in syntax.steps:
        run.take(step)
    ordered = sorted(run.problems, key=lambda problem: problem.offset)
    problems = tuple(dict.fromkeys(ordered))[:MOST_PROBLEMS]
    if problems or not run.values or run.values[-1][0] is None:
        return None, problems
    return run.values[-1][0], ()


class _Evaluation:
    """A stack of values, each with its place; `None` stands for one that went wrong."""

    def __init__(self, text: str, names: Mapping[str, Expression], broken: Container[str]) -> None:
        self.text = text
        self.names = names
        self.broken = broken
        self.problems: list[Problem] = []
        self.values: list[tuple[Expression | None, int, int]] = []
        self.unknown: set[str] = set()

    def take(self, step: Step) -> None:
        if not step.count and step.op != "call":
            value = self._number(step) if step.token.kind == NUMBER else self._name(step)
            self.values.append((value, step.start, step.end))
            return
        operands = self.values[len(self.values) - step.count :]
        del self.values[len(self.values) - step.count :]
        start = min([step.start, *(place for _, place, _ in operands)])
        end = max([step.end, *(place for _, _, place in operands)])
        value = self._result(step, [value for value, _, _ in operands])
        if value is not None:
            value = value.named(self.text[start:end])
        self.values.append((value, start, end))

    def _number(self, step: Step) -> Expression | None:
        token = step.token
        for word, place in token.words:
            if word in self.names or word in self.broken:
                before = self.text[token.start : place].rstrip()
                fix = f"write ({before[:-1].rstrip()}) {before[-1]} {word} to mean the name"
                message = f"{word} is both a unit and a name of the model"
                self.problems.append(Problem(message, fix, offset=place, length=len(word)))
                return None
        value = float(token.text.replace("_", ""))
        if not isfinite(value):
            self.problems.append(
                token.problem(f"{token.short} is infinite", "numbers go up to about 1.8e308")
            )
            return None
        return Expression(const(value), token.unit, label=self.text[token.start : token.end])

    def _name(self, step: Step) -> Expression | None:
        name = step.token.text
        if name in self.names:
            return self.names[name].named(name)
        if name in CONSTANTS:
            return Expression(const(CONSTANTS[name]), label=name)
        if name not in self.broken and name not in self.unknown:
            self.unknown.add(name)
            fix = self._meant(name) if len(self.problems) < MOST_PROBLEMS else ""
            self.problems.append(step.token.problem(f"unknown name {step.token.short!r}", fix))
        return None

    def _meant(self, name: str) -> str:
        if name in FUNCTIONS:
            return f"write {FUNCTIONS[name].usage}"
        meant = closest(name, [*self.names, *CONSTANTS])
        if meant:
            return f"did you mean {meant}?"
        if is_unit_name(name):
            return f"a unit follows a number: 1 {name}"
        return "give it as an input or a quantity"

    def _result(self, step: Step, operands: list[Expression | None]) -> Expression | None:
        whole = [operand for operand in operands if operand is not None]
        if len(whole) < len(operands):
            return None
        try:
            if step.op != "call":
                return apply(step.op, *whole)
            name = step.token.text
            if name not in FUNCTIONS or not FUNCTIONS[name].accepts(len(whole)):
                return None  # told by the reader already
            return FUNCTIONS[name].build(whole)
        except ModelError as error:
            place, length = step.token.start, step.token.end - step.token.start
            self.problems += [replace(p, offset=place, length=length) for p in error.problems]
            return None
