"""Values given in Python, checked as strictly as those of a model file."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from math import isfinite
from numbers import Real
from typing import Any

import numpy as np

from simcost.errors import Key, ModelError, Problem
from simcost.families import Affine, Constant, Distribution, build
from simcost.graph.expression import Expression
from simcost.graph.profiles import Profile
from simcost.graph.profiles import profile as make_profile
from simcost.model.spec import Change, CorrelationSpec, Term
from simcost.units import PLAIN, Unit, parse_unit
from simcost.units.names import currency_of

Path = tuple[Key, ...]

STRESSES = ("value", "percentile", "percentiles", "shift", "scale")
_SHARE = re.compile(r"\s*([+-]?\d+(?:\.\d+)?)\s*%\s*")


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
    if key == "shift" and (factor := relative(given[key])) is not None:
        key, value = "scale", factor
    else:
        value = number(given[key], (*path, key))
    if key == "scale" and value <= 0:
        fix = "Give a positive factor, such as 0.8."
        raise _problem(f"scale = {value:g} is not above 0", fix, (*path, stress[0]))
    if key == "percentile" and not 0 <= value <= 100:
        fix = "Give a number from 0 to 100, such as 90."
        raise _problem(f"there is no percentile {value:g}", fix, (*path, key))
    return Change(**{key: value})  # type: ignore[arg-type]


_STRESS = (
    "Give {'percentile': 90}, {'percentiles': [0, 10]}, {'shift': -2}, {'shift': '10%'}, "
    "{'scale': 0.8}, {'value': 5} or a law."
)


def relative(given: object) -> float | None:
    """Return the factor that a shift such as ``"10%"`` means, None for anything else."""
    found = _SHARE.fullmatch(given) if isinstance(given, str) else None
    return None if found is None else 1.0 + float(found[1]) / 100


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


def share(given: object, path: Path) -> float | None:
    """Return a number from 0 to 1, or None where nothing was given."""
    if given is None:
        return None
    value = number(given, path)
    if not 0 <= value <= 1:
        raise _problem(f"{value:g} is no share of 1", "Give a number from 0 to 1.", path)
    return value


MEASURES = ("spearman", "kendall", "pearson", "latent")


def correlation(given: Mapping[str, Any], path: Path, inputs: Collection[str]) -> CorrelationSpec:
    """Return a correlation from its table, ``{"between": ["a", "b"], "spearman": 0.6}``.

    Raises
    ------
    ModelError
        For unknown inputs, or anything but one measure in [-1, 1].
    """
    known = ("between", *MEASURES, "copula", "df")
    strange = [key for key in given if key not in known]
    between = given.get("between", ())
    if strange or isinstance(between, str) or len(between) != 2:
        what = f"a correlation has no {strange[0]}" if strange else "between needs two inputs"
        raise _problem(what, f"It has {', '.join(known)}.", path)
    first, second = between
    unknown = [name for name in between if name not in inputs]
    if unknown or first == second:
        what = f"there is no input {unknown[0]!r}" if unknown else f"{first!r} is named twice"
        raise _problem(what, "Name two inputs.", path)
    stated = [key for key in MEASURES if given.get(key) is not None]
    if len(stated) != 1:
        fix = f"Give one of {', '.join(MEASURES)}."
        raise _problem("a correlation needs one measure", fix, path)
    value = number(given[stated[0]], (*path, stated[0]))
    if not -1 <= value <= 1:
        what = f"{stated[0]} = {value:g} does not lie between -1 and 1"
        raise _problem(what, "Give a correlation.", (*path, stated[0]))
    copula, df = given.get("copula", "gaussian"), given.get("df")
    if df is not None:
        df = number(df, (*path, "df"))
    if copula not in ("gaussian", "t") or (copula == "t") != (df is not None):
        raise _problem("copula is gaussian, or t with df", "", path)
    if df is not None and df <= 0:
        raise _problem(f"df = {df:g} is not above 0", "Give df=4, say.", path)
    where = path if path[0] == "scenarios" else ()
    return CorrelationSpec((first, second), stated[0], value, copula, df, where)


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
