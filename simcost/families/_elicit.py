"""From the keys an author gave to the parameters of a family."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import exp, isfinite
from typing import Any

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families._base import Elicitation, Family, Parameter
from simcost.families._number import fail, number, percentile_of
from simcost.families._text import did_you_mean, listed, show


def resolve(family: Family, table: Mapping[str, Any]) -> tuple[float, ...]:
    """Return the canonical parameters of `family` from one of its elicitations.

    Parameters
    ----------
    family : Family
        A family without `make`.
    table : mapping
        Keys and numbers as written.

    Returns
    -------
    tuple of float
        In the order of ``family.parameters``.

    Raises
    ------
    ModelError
        With every problem found; paths are keys of `table`.
    """
    values, spelling = _read(family, table)
    way = _choose(family, values, spelling)
    problems = [problem for key in values if (problem := _out_of_range(family, key, values))]
    if problems:
        raise fail(problems)
    try:
        params = _parameters(family, way.solve(_defaults(family, way) | values))
        if family.check is not None:
            family.check(*params)
    except ModelError as error:
        raise fail([_respell(problem, spelling) for problem in error.problems]) from None
    return params


def _respell(problem: Problem, spelling: Mapping[str, str]) -> Problem:
    path = tuple(spelling.get(key, key) if isinstance(key, str) else key for key in problem.path)
    return Problem(problem.message, problem.fix, path)


def _defaults(family: Family, way: Elicitation) -> dict[str, float]:
    defaults = {p.name: p.default for p in family.parameters if p.default is not None}
    return {name: value for name, value in defaults.items() if name not in way.keys}


def _parameters(family: Family, solved: Mapping[str, float]) -> tuple[float, ...]:
    params = tuple(float(solved[parameter.name]) + 0.0 for parameter in family.parameters)
    for parameter, value in zip(family.parameters, params, strict=True):
        if value != parameter.default and not (isfinite(value) and parameter.admits(value)):
            raise ParameterError(
                f"no {family.name} has {parameter.name} = {show(value)}, which follows from this",
                "Check them for a slip in magnitude.",
            )
    return params


def _read(family: Family, table: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, str]]:
    """Return the numbers by canonical key, and how the author spelt each of those keys."""
    values: dict[str, float] = {}
    spelling: dict[str, str] = {}
    problems: list[Problem] = []
    for key, value in table.items():
        try:
            name = _canonical(family, key)
            if name in spelling:
                raise ParameterError(
                    f"{spelling[name]} and {key} are the same", "Keep one of them.", (key,)
                )
            spelling[name] = key
            values[name] = number(value, key)
        except ModelError as error:
            problems += error.problems
    if problems:
        raise fail(problems)
    return values, spelling


def _canonical(family: Family, key: Any) -> str:
    percent = percentile_of(key)
    if percent is None or key in family.keys:
        if key not in family.keys:
            raise ParameterError(
                f"{family.name} has no {key}",
                did_you_mean(str(key), [*family.keys, *_explicit_percentiles(family)])
                or f"Give {ways(family)}.",
                (key,),
            )
        return str(key)
    if not 0 < percent < 100:
        raise ParameterError(
            f"{key} is no percentile: it would be the end of the range",
            "Write a percentile between 0 and 100, such as p1 or p99; within = [a, b] sets ends.",
            (key,),
        )
    name = f"p{percent:.12g}"
    takes_any = any(way.percentiles for way in family.elicitations)
    if not takes_any and name not in _explicit_percentiles(family):
        raise ParameterError(f"{family.name} does not take {key}", f"Give {ways(family)}.", (key,))
    return name


def _explicit_percentiles(family: Family) -> list[str]:
    return [key for way in family.elicitations for key in way.keys if percentile_of(key)]


def ways(family: Family) -> str:
    """Return the sets of keys that a family takes, ``mean, sd; or 2 percentiles``."""
    return "; or ".join(str(way) for way in family.elicitations)


def _split(way: Elicitation, given: Mapping[str, float]) -> tuple[set[str], set[str], int]:
    """Return the keys missing for `way`, those it has no use for, and percentiles missing."""
    free = {key for key in given if percentile_of(key) and key not in way.keys}
    if not way.percentiles:
        return set(way.keys) - set(given), set(given) - {*way.keys, *way.optional}, 0
    missing = set(way.keys) - set(given)
    surplus = set(given) - free - {*way.keys, *way.optional}
    return missing, surplus, way.percentiles - len(free)


def _choose(family: Family, given: Mapping[str, float], spelling: Mapping[str, str]) -> Elicitation:
    for way in family.elicitations:
        if _split(way, given) == (set(), set(), 0):
            return way
    if not given:
        raise ParameterError(f"{family.name} has no parameters", f"Give {ways(family)}.")
    percentiles = [key for key in given if percentile_of(key)]
    if len(percentiles) > 2 and any(way.percentiles == 2 for way in family.elicitations):
        raise _too_many(family, percentiles, given)
    short = [way for way in family.elicitations if not _split(way, given)[1]]
    if any(_split(way, given)[2] >= 0 for way in short):
        raise _missing(family, short, given)
    raise ParameterError(
        f"{listed(spelling[key] for key in given)} together do not make a {family.name}",
        f"Give {ways(family)}.",
    )


def _too_many(
    family: Family, percentiles: Sequence[str], given: Mapping[str, float]
) -> ParameterError:
    ordered = sorted(percentiles, key=lambda key: percentile_of(key) or 0.0)
    numbers = ", ".join(f"{key} = {show(given[key])}" for key in ordered)
    message = f"a {family.name} is fixed by two percentiles; {len(ordered)} are given"
    if len(ordered) == 3 and ordered == ["p10", "p50", "p90"]:
        return ParameterError(message, f"Keep two, or write jqpd = {{ {numbers} }}.")
    if len(ordered) == 3:
        return ParameterError(message, "Keep two, or give p10, p50 and p90 to jqpd.")
    return ParameterError(message, f"Keep two, or write percentiles = {{ {numbers} }}.")


def _missing(
    family: Family, short: Sequence[Elicitation], given: Mapping[str, float]
) -> ParameterError:
    def lacks(way: Elicitation) -> int:
        missing, _, percentiles = _split(way, given)
        return len(missing) + max(0, percentiles)

    way = min(short, key=lacks)
    missing, _, percentiles = _split(way, given)
    words = [key for key in way.keys if key in missing]
    if percentiles > 0:
        words.append("another percentile" if percentiles == 1 else f"{percentiles} percentiles")
    verb = "is" if len(words) == 1 and percentiles < 2 else "are"
    return ParameterError(f"{listed(words)} {verb} missing", f"Give {ways(family)}.")


def _out_of_range(family: Family, key: str, values: Mapping[str, float]) -> Problem | None:
    parameter = family.keys.get(key)
    if parameter is None or parameter.admits(values[key]):
        return None
    value = values[key]
    message = f"{key} = {show(value)} is not {_range(parameter)}"
    return Problem(message, _advice(parameter, value, values), (key,))


def _range(parameter: Parameter) -> str:
    low, high = parameter.low, parameter.high
    if parameter.integer:
        least = f" from {show(low)} up" if isfinite(low) else ""
        return f"a whole number{least}"
    if isfinite(low) and isfinite(high):
        inside = " (ends excluded)" if parameter.low_open and parameter.high_open else ""
        return f"between {show(low)} and {show(high)}{inside}"
    if isfinite(low):
        return f"above {show(low)}" if parameter.low_open else f"{show(low)} or more"
    return f"below {show(high)}" if parameter.high_open else f"{show(high)} or less"


# A spread that leaves nothing uncertain, and where the fixed number is then found.
_CENTRE: Mapping[str, tuple[str, float, Callable[[float], float]]] = {
    "sd": ("mean", 0.0, float),
    "gsd": ("median", 1.0, float),
    "sigma": ("mu", 0.0, exp),
}


def _advice(parameter: Parameter, value: float, values: Mapping[str, float]) -> str:
    centre, none, fixed = _CENTRE.get(parameter.name, ("", 0.0, float))
    if value == none and centre in values:
        return f"For a fixed number write value = {show(fixed(values[centre]))}."
    if parameter.name == "p" and 1 < value <= 100:
        return f"For {show(value)} % write p = {show(value / 100)}."
    return f"{parameter.name} is {parameter.doc}."
