"""Targets of a reverse stress, from text: ``P90 * 1.2``, ``chance > 136750 = 30%``.

A target is a figure, what it is a figure of, and what it is to be::

    P90 * 1.2                           a percentile of the output that is asked about
    P90 of duration = 12 month          of another quantity, or of any formula
    chance > 136750 = 30%               the chance that the output exceeds a number
    chance cost > 1e5 USD and duration > 6 month = 10%
    CVaR90 = 400000                     the mean beyond a percentile
    mean of min(cost, 500000 USD) * 1.1
    mean of score(samples) = 0.5        normal score of the rank: 0 in the base, whatever the law
    sd of log(samples) * 1.25
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from simcost.errors import ModelError, UsageError
from simcost.graph import formula
from simcost.graph.expression import Expression
from simcost.graph.node import Node
from simcost.units import PLAIN, parse_unit

_NUMBER = r"[-+]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_CHANGE = re.compile(rf"^(?P<what>.*\S)\s*(?P<sign>[*+-])\s*(?P<by>{_NUMBER})\s*(?P<unit>%?)$")
_VALUE = re.compile(r"^(?P<what>.*[^=<>!\s])\s*(?<![=<>!])=(?!=)\s*(?P<value>.+)$")
_FIGURE = re.compile(r"^(?P<figure>[A-Za-z]+)(?P<percent>[\d.]*)(?:\s+of\s+(?P<of>.+))?$")
_SCORE = re.compile(r"^score\s*\((?P<of>.*)\)$")
_COMPARED = re.compile(r"^(?:[<>]=?)")

SYNTAX = (
    "Write P90 * 1.2, P90 = 250000, chance > 136750 = 30%, CVaR90 * 1.5, "
    "mean of min(cost, 500000 USD) * 1.1 or mean of score(samples) = 0.5"
)


@dataclass(frozen=True, slots=True)
class Target:
    """A figure and what it is to be.

    Parameters
    ----------
    text : str
        As written.
    figure : str
        ``quantile``, ``chance``, ``cvar``, ``mean`` or ``sd``.
    percent : float
        Of a percentile or a mean beyond one; 0 otherwise.
    quantity : Expression
        What it is a figure of; of a chance, the condition.
    score : bool
        Whether the figure is of the normal score of the quantity's rank.
    name : str
        How to call the figure: ``P90 of cost``.
    change : str
        ``=``, ``*``, ``+`` or ``%`` (a relative change).
    amount : float
        The value or the change, in the unit of the quantity.
    """

    text: str
    figure: str
    percent: float
    quantity: Expression
    score: bool
    name: str
    change: str
    amount: float

    def settle(self, base: float) -> float:
        """Return what the figure is to be, given what it is."""
        if self.change == "*":
            return base * self.amount
        if self.change == "%":
            return base * (1.0 + self.amount)
        return self.amount if self.change == "=" else base + self.amount


def parse_target(text: str, output: str, names: Mapping[str, Expression]) -> Target:
    """Return what a text asks for.

    Parameters
    ----------
    text : str
        A target.
    output : str
        What a figure is of where the text does not say.
    names : mapping of str to Expression
        What formulas may use.

    Raises
    ------
    UsageError
        With what is wrong and what to write.
    """
    text = " ".join(text.split())
    what, change, amount = _split(text)
    if re.match(r"^chance\b", what):
        return _chance(text, what, output, names, (change, amount))
    match = _FIGURE.match(what)
    kinds = {"p": "quantile", "cvar": "cvar", "mean": "mean", "sd": "sd"}
    kind = kinds.get(match["figure"].lower(), "") if match else ""
    needs_percent = kind in ("quantile", "cvar")
    if not match or not kind or needs_percent != bool(match["percent"]):
        raise UsageError(f"the target {text!r} names no figure. {SYNTAX}")
    of = (match["of"] or output).strip()
    scored = _SCORE.match(of)
    quantity = _evaluate(text, scored["of"] if scored else of, names)
    percent = _percent(text, match["percent"]) if needs_percent else 0.0
    if scored and kind not in ("mean", "sd"):
        raise UsageError(f"the target {text!r}: of a score, only mean and sd can be stated")
    if scored and change in ("*", "%") and kind == "mean":
        raise UsageError(f"the target {text!r}: a mean score is 0 as it is; write = 0.5")
    plain = bool(scored) or change in ("*", "%")
    value = _number(text, amount, None if plain else quantity)
    return Target(text, kind, percent, quantity, bool(scored), what, change, value)


def _split(text: str) -> tuple[str, str, str]:
    """Return the figure, how it is to change, and by what."""
    match = _VALUE.match(text)
    if match:
        return match["what"].strip(), "=", match["value"].strip()
    match = _CHANGE.match(text)
    if not match:
        raise UsageError(f"the target {text!r} does not say what the figure is to be. {SYNTAX}")
    sign, by, unit = match["sign"], match["by"], match["unit"]
    if sign == "*":
        return match["what"].strip(), "*", by + unit
    number = by if sign == "+" else f"-{by}"
    return match["what"].strip(), "%" if unit else "+", number + unit


def _chance(
    text: str, what: str, output: str, names: Mapping[str, Expression], change: tuple[str, str]
) -> Target:
    condition = what.removeprefix("chance").strip().removeprefix("of ").strip()
    if change[0] in ("+", "%"):
        raise UsageError(f"the target {text!r}: state a chance as = 30%, or as * 2")
    if not condition:
        raise UsageError(f"the target {text!r} does not say of what. {SYNTAX}")
    if _COMPARED.match(condition):
        condition = _with_unit(f"{output} {condition}", names.get(output))
    quantity = _evaluate(text, condition, names)
    if quantity.node.op not in _YES_OR_NO:
        raise UsageError(
            f"the target {text!r}: {condition!r} is no condition. Write cost > 100000 USD, say"
        )
    amount = _number(text, change[1], None)
    return Target(
        text, "chance", 0.0, quantity, False, f"chance of {condition}", *change[:1], amount
    )


_YES_OR_NO = frozenset(("lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not"))


def _with_unit(condition: str, output: Expression | None) -> str:
    """Give a bare number after a comparison the unit of the output."""
    if output is None or output.unit.is_plain:
        return condition
    match = re.match(rf"^(.*[<>]=?\s*)({_NUMBER})$", condition)
    return f"{match[1]}{match[2]} {output.unit}" if match else condition


def _evaluate(text: str, of: str, names: Mapping[str, Expression]) -> Expression:
    try:
        return formula.evaluate(of, names)
    except ModelError as error:
        first = error.problems[0]
        fix = f". {first.fix[:1].upper()}{first.fix[1:]}" if first.fix else ""
        raise UsageError(f"the target {text!r}: {first.message}{fix}") from None


def _number(text: str, given: str, quantity: Expression | None) -> float:
    """Return a number, a percentage, or an amount in the unit of the quantity."""
    percent = given.endswith("%")
    try:
        number = float(given.removesuffix("%").strip().replace("_", "")) / (100 if percent else 1)
        if number == number and abs(number) != float("inf"):
            return number
    except ValueError:
        pass
    try:
        stated = formula.evaluate(given, {})
        if quantity is not None and stated.fixed is not None:
            return float(stated.to(quantity.unit).fixed or 0.0)
    except ModelError as error:
        raise UsageError(f"the target {text!r}: {error.problems[0].message}") from None
    raise UsageError(f"the target {text!r}: {given!r} is no number")


def _percent(text: str, digits: str) -> float:
    try:
        percent = float(digits)
    except ValueError:
        percent = 0.0
    if not 0.0 < percent < 100.0:
        raise UsageError(f"the target {text!r}: a percentile lies between P0 and P100")
    return percent


def names_of(labels: Mapping[str, Node], units: Mapping[str, str]) -> dict[str, Expression]:
    """Return the named nodes of a plan as expressions that formulas may use."""
    return {
        name: Expression(node, parse_unit(units[name]) if units.get(name) else PLAIN)
        for name, node in labels.items()
        if not formula.name_problem(name)
    }
