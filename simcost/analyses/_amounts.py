"""Targets of several outputs: which, how much, and in which unit."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence

from simcost.errors import ModelError, UsageError
from simcost.result import Result
from simcost.result.names import check_output
from simcost.units import PLAIN, parse_unit

USUAL = ("cost", "emissions", "duration")
_AMOUNT = re.compile(r"([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*)")

Given = Mapping[str, float | str | None] | Iterable[str] | None


def targets_of(result: Result, given: Given) -> dict[str, float | None]:
    """Return what each output is to stay within, in its unit; None where only a name is given.

    Parameters
    ----------
    result : Result
        What they are targets of.
    given : mapping, iterable of str or None
        Amounts by output, as numbers in its unit or as text with one (``"500 kgCO2e"``); names
        alone; None for those of `USUAL` that there are and that vary.

    Raises
    ------
    UsageError
        For an unknown output, fewer than two, or an amount in another kind of unit.
    """
    if given is None:
        found = [name for name in USUAL if name in result.units and _varies(result, name)]
        given = dict.fromkeys(found)
    named = dict(given) if isinstance(given, Mapping) else dict.fromkeys(given)
    for name in named:
        check_output(name, result.outputs)
    if len(named) < 2:
        others = [name for name in result.outputs if _varies(result, name)]
        raise UsageError(
            f"a joint chance takes two outputs or more, not {', '.join(named) or 'none'} alone; "
            f"those that vary are {', '.join(others)}"
        )
    return {
        name: None if amount is None else _amount(name, amount, result.units[name])
        for name, amount in named.items()
    }


def pairs_of(names: Sequence[str]) -> list[tuple[str, str]]:
    """Return every pair of names, in order."""
    return [(a, b) for k, a in enumerate(names) for b in names[k + 1 :]]


def _varies(result: Result, name: str) -> bool:
    values = result.values[name]
    return bool(values.min() < values.max())


def _amount(name: str, given: float | str, unit: str) -> float:
    if not isinstance(given, str):
        return _finite(name, float(given))
    match = _AMOUNT.fullmatch(given.strip())
    if match is None:
        example = f"{name}=150000" + (f", or with a unit: {name}=150000{unit}" if unit else "")
        raise UsageError(f"{name}={given} is no amount; write {example}")
    number = _finite(name, float(match[1].replace("_", "")))
    if not match[2]:
        return number
    try:
        return number * parse_unit(match[2]).factor_to(parse_unit(unit) if unit else PLAIN)
    except ModelError as error:
        problem = error.problems[0]
        fix = problem.fix or f"{name} is in {unit or 'plain numbers'}"
        raise UsageError(f"{name}={given}: {problem.message}; {fix}") from None


def _finite(name: str, value: float) -> float:
    if not math.isfinite(value):
        raise UsageError(f"a target of {name} must be a finite amount, not {value}")
    return value
