"""From the table of a model file to a distribution."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import isnan
from pathlib import Path
from typing import Any

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families._base import Family
from simcost.families._distribution import Bound, Constant, Distribution
from simcost.families._elicit import resolve
from simcost.families._number import fail, number
from simcost.families._part import Truncated
from simcost.families._text import did_you_mean, listed
from simcost.registry import collect

_START = "Write one, such as lognormal = { p10 = 1, p90 = 4 }, or a fixed number: value = 5."


@cache
def families() -> Mapping[str, Family]:
    """Return every family by name. The first call imports their files."""
    return collect("simcost.families", "FAMILY")


def distribution(name: str, /, **params: Any) -> Distribution:
    """Return a distribution of the family `name`, ``distribution("gamma", mean=3, sd=1)``.

    Raises
    ------
    ModelError
        As `build`.
    """
    return build({name: params})


def build(spec: Mapping[str, Any], *, folder: Path | None = None) -> Distribution:
    """Return the distribution that a table describes.

    Parameters
    ----------
    spec : mapping
        ``{"lognormal": {"p10": 1, "p90": 4}, "within": [0, 10]}``: one family, and a window
        beside it if wanted (its ends may be infinite); or ``{"value": 5}``.
    folder : Path, optional
        Where relative file names in the table start from.

    Returns
    -------
    Distribution

    Raises
    ------
    ParameterError
        For one problem; its path starts inside `spec`.
    ModelError
        For several.
    """
    if not isinstance(spec, Mapping):
        raise ParameterError(f"{spec!r} is not a distribution", _START)
    name = _family_name(spec)
    problems: list[Problem] = []
    base = window = None
    try:
        base = _base(name, spec[name], folder)
    except ModelError as error:
        problems += error.problems
    if "within" in spec:
        try:
            window = _window(spec["within"])
        except ModelError as error:
            problems += error.problems
    if base is None or problems:
        raise fail(problems)
    return base if window is None else Truncated(base, *window)


def cut(base: Distribution, ends: Any) -> Distribution:
    """Return a distribution truncated to ``within = [a, b]``.

    Raises
    ------
    ParameterError
        For ends that are no two numbers, or a range without probability.
    """
    if isinstance(base, Constant):
        raise ParameterError("a fixed number has nothing to cut off", "Remove it.", ("within",))
    return Truncated(base, *_window(ends))


def _family_name(spec: Mapping[str, Any]) -> str:
    known = (*families(), "value")
    found = [key for key in spec if key in known]
    unknown = [key for key in spec if key not in known and key != "within"]
    if unknown:
        advice = f"The families are {listed(families())}."
        raise fail(
            [
                Problem(
                    f"{key} is no family of distributions",
                    did_you_mean(str(key), (*known, "within")) or advice,
                    (key,),
                )
                for key in unknown
            ]
        )
    if not found:
        raise ParameterError("no distribution is given", _START)
    if len(found) > 1:
        raise ParameterError(
            f"{listed(found)} are given together", "Keep one of them.", (found[-1],)
        )
    if found == ["value"] and "within" in spec:
        raise ParameterError("a fixed number has nothing to cut off", "Remove it.", ("within",))
    return found[0]


def _base(name: str, table: Any, folder: Path | None) -> Distribution:
    try:
        if name == "value":
            return Constant(number(table, ""))
        family = families()[name]
        if not isinstance(table, Mapping):
            sets = listed([f"{{ {way} }}" for way in family.elicitations], "or")
            raise ParameterError(f"{name} needs a table of parameters", f"Write {name} = {sets}.")
        if family.make is not None:
            return family.make(table, folder)
        return Bound(family, resolve(family, table))
    except ModelError as error:
        raise fail([problem.under(name) for problem in error.problems]) from None


def _window(ends: Any) -> tuple[float, float]:
    pair = isinstance(ends, Sequence) and not isinstance(ends, str) and len(ends) == 2
    if not pair:
        raise ParameterError("within needs two numbers", "Write within = [a, b].", ("within",))
    low, high = (
        number(end, "within", path=("within", position), finite=False)
        for position, end in enumerate(ends)
    )
    if isnan(low) or isnan(high):
        raise ParameterError("an end is not a number", "Write within = [a, b].", ("within",))
    return low, high
