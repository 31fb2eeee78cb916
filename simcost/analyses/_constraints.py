"""From targets to expectations that weights can meet, with what stands in the way of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from simcost.analyses._figures import figure
from simcost.analyses._reach import EXPONENTIAL, NORMAL, Reach, reach
from simcost.analyses._targets import Target
from simcost.analyses._weights import NoSolution, Tilt, Vector, tilt
from simcost.errors import UsageError

LEAST_BEYOND = 200  # outcomes on either side of a number that a target speaks of
LARGEST_ODDS = 15.0  # logarithm of the odds that a target may move a chance by


@dataclass(frozen=True, slots=True)
class Constraint:
    """A target as functions whose weighted means are stated.

    Parameters
    ----------
    target : Target
        What was asked for.
    values : float64[n]
        The quantity that the target is a figure of.
    base, asked : float
        The figure as it is, and as it is to be.
    functions : tuple of float64[n]
        The functions h.
    means : tuple of float
        What their means are to be.
    slowest : int
        The slowest fall of a tail at which weights exp(λ h) of the last function exist.
    """

    target: Target
    values: Vector
    base: float
    asked: float
    functions: tuple[Vector, ...]
    means: tuple[float, ...]
    slowest: int = EXPONENTIAL


def constrain(targets: Sequence[Target], values: Sequence[Vector]) -> list[Constraint]:
    """Return targets as constraints.

    Parameters
    ----------
    targets : sequence of Target
        At least one.
    values : sequence of float64[n]
        The quantity of each, or its score.

    Raises
    ------
    UsageError
        For a target that is out of reach or contradicts another on its face.
    """
    ones = np.ones(len(values[0]))
    found: list[Constraint] = []
    for target, x in zip(targets, values, strict=True):
        base = figure(target, x, ones)
        asked = target.settle(base)
        if not math.isfinite(asked):
            raise UsageError(f"the target {target.text!r} asks for {asked}")
        _check_twice(target, found)
        found.append(_BUILD[target.figure](target, x, base, asked, found))
    return found


def _check_twice(target: Target, found: Sequence[Constraint]) -> None:
    for other in found:
        one = other.target
        if (one.figure, one.percent, one.quantity.node, one.score) == (
            target.figure,
            target.percent,
            target.quantity.node,
            target.score,
        ):
            raise UsageError(f"{one.text!r} and {target.text!r} state the same figure; keep one")


def _chance(t: Target, x: Vector, base: float, asked: float, _: object) -> Constraint:
    if not 0.0 < asked < 1.0:
        raise UsageError(
            f"the target {t.text!r} asks for a chance of {100 * asked:g}%; "
            "weights can reach what lies between 0% and 100%, the ends excluded"
        )
    met = int(np.count_nonzero(x))
    _check_count(t, min(met, len(x) - met), len(x), "meet it" if met < len(x) - met else "do not")
    return Constraint(t, x, base, asked, (x,), (asked,))


def _quantile(t: Target, x: Vector, base: float, asked: float, _: object) -> Constraint:
    low, high = float(np.min(x)), float(np.max(x))
    if not low < asked < high:
        raise UsageError(
            f"the target {t.text!r} asks for {asked:,.6g}, which is outside of what was drawn: "
            f"{low:,.6g} to {high:,.6g}. Weights cannot make outcomes that the model does not have"
        )
    above = x > asked
    count = int(np.count_nonzero(above))
    side = "above" if count <= len(x) - count else "up to"
    _check_count(t, min(count, len(x) - count), len(x), f"lie {side} {asked:,.6g}")
    return Constraint(t, x, base, asked, (above.astype(np.float64),), (1 - t.percent / 100,))


def _check_count(target: Target, count: int, draws: int, what: str) -> None:
    if count < LEAST_BEYOND:
        more = math.ceil(1.2 * draws * LEAST_BEYOND / count) if count else 0
        fix = f"Take {more:.2g} draws or more, or" if count else "Take many more draws, or"
        raise UsageError(
            f"the target {target.text!r}: only {count} of {draws:,} outcomes {what}, and weights "
            f"need {LEAST_BEYOND} to rest on. {fix} ask for less"
        )


def _cvar(t: Target, x: Vector, base: float, asked: float, found: list[Constraint]) -> Constraint:
    for other in found:
        one = other.target
        same = one.quantity.node is t.quantity.node
        if one.figure == "quantile" and one.percent == t.percent and same:
            break
    else:
        name = f"P{t.percent:g}{t.name.removeprefix(t.name.split()[0])}"
        raise UsageError(
            f"the target {t.text!r} needs its percentile, stated before it: "
            f"{name} * 1 keeps it where it is"
        )
    if asked <= other.asked:
        raise UsageError(
            f"the targets {one.text!r} and {t.text!r} contradict each other: the mean beyond "
            f"{other.asked:,.6g} cannot be {asked:,.6g}"
        )
    excess = np.maximum(x - other.asked, 0.0)
    return Constraint(
        t, x, base, asked, (excess,), ((1 - t.percent / 100) * (asked - other.asked),)
    )


def _mean(t: Target, x: Vector, base: float, asked: float, _: object) -> Constraint:
    low, high = float(np.min(x)), float(np.max(x))
    if not low < asked < high:
        raise UsageError(
            f"the target {t.text!r} asks for {asked:,.6g}, which is outside of what was drawn: "
            f"{low:,.6g} to {high:,.6g}"
        )
    return Constraint(t, x, base, asked, (x,), (asked,))


def _sd(t: Target, x: Vector, base: float, asked: float, found: list[Constraint]) -> Constraint:
    if asked <= 0.0:
        raise UsageError(f"the target {t.text!r} asks for a standard deviation of {asked:,.6g}")
    for other in found:
        one = other.target
        alike = one.quantity.node is t.quantity.node and one.score == t.score
        if one.figure == "mean" and alike:
            return Constraint(
                t, x, base, asked, ((x - other.asked) ** 2,), (asked**2,), slowest=NORMAL
            )
    centre = float(np.mean(x))  # nothing is said about the mean: it stays
    return Constraint(t, x, base, asked, (x, (x - centre) ** 2), (centre, asked**2), slowest=NORMAL)


_BUILD = {"chance": _chance, "quantile": _quantile, "cvar": _cvar, "mean": _mean, "sd": _sd}


def solve(constraints: Sequence[Constraint]) -> Tilt:
    """Return the weights of least divergence that meet all constraints.

    Raises
    ------
    UsageError
        When there are none, on these outcomes or in the model.
    """
    try:
        found = _tilt(constraints)
    except NoSolution:
        raise UsageError(_blame(constraints)) from None
    place = 0
    for one in constraints:
        place += len(one.functions)
        _check_exists(one, float(found.coefficients[place - 1]))
    return found


def _tilt(constraints: Sequence[Constraint]) -> Tilt:
    functions = np.stack([h for one in constraints for h in one.functions])
    found = tilt(functions, np.array([m for one in constraints for m in one.means]))
    binary = np.all((functions == 0.0) | (functions == 1.0), axis=1)
    if np.any(np.abs(found.coefficients[binary]) > LARGEST_ODDS):
        raise NoSolution  # what lies between two contradictory percentiles got no weight at all
    return found


def _blame(constraints: Sequence[Constraint]) -> str:
    for one in constraints:
        if one.target.figure != "cvar":
            try:
                _tilt([one])
            except NoSolution:
                return f"no weights on these outcomes meet the target {one.target.text!r}"
    texts = " and ".join(repr(one.target.text) for one in constraints)
    return f"no weights on these outcomes meet {texts} together: they contradict each other"


def _check_exists(one: Constraint, coefficient: float) -> None:
    """Refuse weights exp(λ h) whose mean is infinite in the model, whatever the sample says."""
    target = one.target
    if target.figure in ("chance", "quantile") or coefficient == 0.0 or target.score:
        return
    of: Reach = reach(target.quantity.node)
    if target.figure == "sd":
        tail = max(of.lower, of.upper) if coefficient > 0 else 0
    else:
        tail = of.upper if coefficient > 0 else 0 if target.figure == "cvar" else of.lower
    if tail <= one.slowest:
        return
    name = target.quantity.name or "it"
    head = target.name.split()[0]
    raise UsageError(
        f"the target {target.text!r} has no solution in the model: weights that meet it grow "
        f"exponentially with {name}, whose tail falls more slowly, so they would rest on the few "
        "largest outcomes and change with the number of draws. State a percentile or a chance, "
        f"or {head} of something bounded: {head} of min({name}, …), or mean of score({name}) = 0.3"
    )
