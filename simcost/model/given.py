"""Values given in Python, checked as strictly as those of a model file."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from simcost.errors import Key, ModelError, Problem
from simcost.families import Affine, Constant, Distribution, build
from simcost.graph.expression import Expression
from simcost.graph.profiles import Profile
from simcost.graph.profiles import profile as make_profile
from simcost.model.spec import Change, Term
from simcost.units import PLAIN, Unit, parse_unit
from simcost.units.names import currency_of

Path = tuple[Key, ...]

STRESSES = ("value", "shift", "scale", "percentiles")


def number(given: object, path: Path) -> float:
    """Return a finite number as a float.

    Raises
    ------
    ModelError
        For NaN, an infinity, or anything that is not a number.
    """
    if isinstance(given, bool | np.bool_) or not isinstance(given, Real):
        raise _problem(f"{given!r} is not a number", "Give a finite number.", path)
    try:
        value = float(given)
    except OverflowError:
        value = float("inf")
    if not isfinite(value):
        raise _problem(f"{given!r} is not a usable number", "Give a finite number.", path)
    return value


def law(given: object, path: Path) -> Distribution | None:
    """Return a distribution, its table as in a model file, or a number as a `Distribution`."""
    if given is None or isinstance(given, Distribution):
        return given
    if not isinstance(given, Mapping):
        return Constant(number(given, path))
    try:
        return build(given)
    except ModelError as error:
        raise _placed(error, path) from None


def term(given: object, path: Path) -> Term | None:
    """Return what a key of a stage was given as; a table becomes a distribution."""
    if isinstance(given, str | Expression):
        return given
    if given is None or isinstance(given, Distribution | Mapping):
        return law(given, path)
    return number(given, path)


def profile(given: object, path: Path) -> Profile:
    """Return how a stage spends over its time."""
    try:
        return make_profile(given)
    except ModelError as error:
        raise _placed(error, path) from None


def whole(given: object, low: int, high: int, path: Path) -> int:
    """Return a whole number in a range."""
    value = number(given, path)
    if value != int(value) or not low <= value <= high:
        raise _problem(f"{value:g} is no whole number from {low} to {high}", "", path)
    return int(value)


def year(given: object, path: Path) -> int | None:
    """Return a year; None where none is given."""
    return None if given is None else whole(given, 1900, 2100, path)


def choice(given: str, known: tuple[str, ...], path: Path) -> str:
    """Return one of a few words."""
    if given not in known:
        raise _problem(f"{given!r} is not one of {', '.join(known)}", "", path)
    return given


def change(given: object, path: Path) -> Change:
    """Return what a scenario does to one input."""
    if not isinstance(given, Mapping):
        found = law(given, path)
        if found is None:
            raise _problem("nothing is said about this input", _STRESS, path)
        return Change(distribution=found) if not isinstance(found, Constant) else _fixed(found)
    stress = [key for key in STRESSES if key in given]
    if "percentiles" in stress and isinstance(given["percentiles"], Mapping):
        stress.remove("percentiles")  # the family of that name
    if not stress:
        found = law(given, path)
        assert found is not None
        return Change(distribution=found)
    if len(given) > 1:
        raise _problem(f"{', '.join(map(str, given))} are given together", "Keep one.", path)
    key = stress[0]
    if key == "percentiles":
        return Change(percentiles=_band(given[key], (*path, key)))
    value = number(given[key], (*path, key))
    if key == "scale" and value <= 0:
        fix = "Give a positive factor, such as 0.8."
        raise _problem(f"scale = {value:g} is not above 0", fix, (*path, key))
    if key == "value":
        return Change(value=value)
    return Change(shift=value) if key == "shift" else Change(scale=value)


_STRESS = "Give {'percentiles': [0, 10]}, {'shift': -2}, {'scale': 0.8}, {'value': 5} or a law."


def _fixed(constant: Constant) -> Change:
    return Change(value=float(constant.mean()))


def _band(given: Any, path: Path) -> tuple[float, float]:
    fix = "Give two numbers from 0 to 100, the lower one first, such as [0, 10]."
    if not isinstance(given, list | tuple) or len(given) != 2:
        raise _problem(f"{given!r} is no pair of percentiles", fix, path)
    low, high = (number(one, path) for one in given)
    if not 0 <= low < high <= 100:
        raise _problem(f"[{low:g}, {high:g}] is no band of percentiles", fix, path)
    return low, high


def unit(given: object, path: Path) -> Unit:
    """Return the unit that a text names; of a plain number where it is empty."""
    if not isinstance(given, str):
        raise _problem(f"{given!r} is no unit", 'Give text, such as "USD/hour".', path)
    try:
        return parse_unit(given) if given else PLAIN
    except ModelError as error:
        raise _placed(error, path) from None


def currency(given: object, path: Path) -> str:
    """Return the code of a currency; empty where none is given.

    Raises
    ------
    ModelError
        For anything else, also for a unit that is no money.
    """
    name = unit(given, path)
    if not name.is_plain and not currency_of(str(name)):
        raise _problem(f"{name} is no currency", "Give a code such as USD or EUR.", path)
    return str(name)


def restated(distribution: Distribution, declared: str, wanted: str, path: Path) -> Distribution:
    """Return a law stated in one unit as the law of the same quantity in another.

    Raises
    ------
    ModelError
        When they measure different things.
    """
    try:
        factor = unit(declared, path).factor_to(unit(wanted, path))
    except ModelError as error:
        raise _placed(error, path) from None
    if factor == 1.0:
        return distribution
    if isinstance(distribution, Constant):
        return Constant(float(distribution.mean()) * factor)
    return Affine(distribution, factor)


def _placed(error: ModelError, path: Path) -> ModelError:
    """Return an error of the same class whose problems stand at `path`."""
    placed = type(error).__new__(type(error))
    ModelError.__init__(placed, [problem.under(*path) for problem in error.problems])
    return placed


def _problem(message: str, fix: str, path: Path) -> ModelError:
    return ModelError([Problem(message, fix, path)])
