"""How a stage spends over its own time: named curves from (0, 0) to (1, 1), as operations.

Every curve has a closed form, so it is made of ordinary operations: no table, no other engine.

References
----------
Norden (1970), Useful tools for project management: Rayleigh curves of manning and spending. Lee,
Hogue & Gallagher (1997), Determining a budget profile from a R&D cost estimate, *J. Cost Analysis*
14: a Rayleigh curve cut where 97% is spent. Brown, White & Gallagher (2002), Weibull-based
forecasting of R&D program budgets, *J. Cost Analysis & Management* 4.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from simcost.errors import ParameterError
from simcost.graph.node import Node, const, make

LARGEST = 12  # of beta's two numbers: its curve is a polynomial of degree alpha + beta - 1
_SPENT = 0.97  # share of an endless Rayleigh curve that a stage holds, unless its peak is given
_PEAK = 1 / math.sqrt(-2 * math.log(1 - _SPENT))
_ONE = const(1.0)

# What each may be given, with the values that hold where nothing is; None: has to be given.
PARAMETERS: Mapping[str, Mapping[str, float | None]] = {
    "uniform": {},
    "front_loaded": {},
    "back_loaded": {},
    "beta": {"alpha": 2.0, "beta": 2.0},
    "rayleigh": {"peak": _PEAK},
    "weibull": {"shape": None, "scale": None},
}


@dataclass(frozen=True, slots=True)
class Profile:
    """The share of a stage that is spent by a share of its time.

    Parameters
    ----------
    name : str
        A key of `PARAMETERS`.
    values : tuple of float
        Its parameters, in their order there.
    """

    name: str = "uniform"
    values: tuple[float, ...] = ()

    def spent(self, time: Node) -> Node:
        """Return the share that is spent by a share of the time, both between 0 and 1."""
        if self.name == "beta":
            return _beta(time, int(self.values[0]), int(self.values[1]))
        if self.name == "front_loaded":
            return _beta(time, 1, 2)
        if self.name == "back_loaded":
            return _beta(time, 2, 1)
        if self.name == "rayleigh":
            return _weibull(time, 2.0, math.sqrt(2.0) * self.values[0])
        if self.name == "weibull":
            return _weibull(time, *self.values)
        return time

    def describe(self) -> str:
        """Return it as it is written: ``beta(alpha=2, beta=5)``."""
        given = zip(PARAMETERS[self.name], self.values, strict=True)
        inside = ", ".join(f"{key}={value:.6g}" for key, value in given)
        return f"{self.name}({inside})" if inside else self.name


UNIFORM = Profile()


def profile(given: Any) -> Profile:
    """Return the profile of a name, or of a table such as ``{"beta": {"alpha": 2, "beta": 5}}``.

    Raises
    ------
    ParameterError
        For an unknown name, or parameters that are missing, unknown or out of range.
    """
    if isinstance(given, Profile):
        return given
    name: Any = given
    table: Any = {}
    if isinstance(given, Mapping):
        if len(given) != 1:
            raise ParameterError("a profile is one name with its numbers", _EXAMPLE)
        ((name, table),) = given.items()
    if not isinstance(name, str):
        raise ParameterError(f"{name!r} is no profile", _EXAMPLE)
    if name not in PARAMETERS:
        near = difflib.get_close_matches(name, PARAMETERS, n=1)
        fix = f"Did you mean {near[0]}?" if near else f"The profiles are {', '.join(PARAMETERS)}."
        raise ParameterError(f"there is no profile {name!r}", fix)
    if not isinstance(table, Mapping):
        raise ParameterError(f"the numbers of {name} belong in a table", _EXAMPLE, (name,))
    return Profile(name, tuple(_number(name, key, table) for key in _keys(name, table)))


_EXAMPLE = 'For example: profile = "beta", or profile = { beta = { alpha = 2, beta = 5 } }'


def _keys(name: str, table: Mapping[str, Any]) -> Mapping[str, float | None]:
    known = PARAMETERS[name]
    for key in table:
        if key not in known:
            fix = f"It takes {' and '.join(known)}." if known else "It takes no numbers."
            raise ParameterError(f"{name} has no {key}", fix, (name, key))
    return known


def _number(name: str, key: str, table: Mapping[str, Any]) -> float:
    value = table.get(key, PARAMETERS[name][key])
    if value is None:
        example = f"profile = {{ {name} = {{ shape = 2, scale = 0.5 }} }}"
        raise ParameterError(f"{name} needs {key}", f"For example: {example}", (name,))
    path = (name, key) if key in table else (name,)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{key} is {value!r}, not a number", "", path)
    if value <= 0:
        raise ParameterError(f"{key} = {value:g} is not above 0", "", path)
    if name == "beta" and (value != int(value) or value > LARGEST):
        what = f"{key} = {value:g} is not a whole number up to {LARGEST}"
        raise ParameterError(what, "Round it, or write a weibull.", path)
    if name in ("rayleigh", "weibull") and not 0.01 <= value <= 100:
        what = f"{key} = {value:g} does not lie between 0.01 and 100"
        raise ParameterError(what, "It is a share of the stage's time, or a shape.", path)
    return float(value)


def _beta(x: Node, a: int, b: int) -> Node:
    """Return the distribution function of a beta law with whole parameters.

    The chance of a successes before b failures, x^a Σ C(a-1+k, k) (1-x)^k for k < b: all terms
    are positive, and it is 0 at 0 and 1 at 1 exactly.
    """
    rest = make("sub", _ONE, x)
    total = const(math.comb(a + b - 2, b - 1))
    for k in reversed(range(b - 1)):
        total = make("add", make("mul", total, rest), const(math.comb(a - 1 + k, k)))
    for _ in range(a):
        total = make("mul", total, x)
    return total


def _weibull(x: Node, shape: float, scale: float) -> Node:
    """Return the distribution function of a Weibull law cut at 1, 1 - exp(-(x/scale)^shape)."""

    def below(x: Node) -> Node:
        reached = make("div", x, const(scale))
        squared = make("mul", reached, reached)
        power = squared if shape == 2 else make("pow", reached, const(shape))
        return make("neg", make("expm1", make("neg", power)))

    return make("div", below(x), below(_ONE))  # by the machine's own functions: 1 at 1 exactly
