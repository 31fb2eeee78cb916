"""Cost, emissions and duration together: the chance that all targets hold, and targets that do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._amounts import Given, pairs_of, targets_of
from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import attributes, labels
from simcost.analyses._bars import NAN, ends, scalar, spread
from simcost.analyses._frontier import frontier, together
from simcost.analyses._frontier_weighted import together_weighted
from simcost.analyses._funding import Line, funding
from simcost.analyses._influence_of import chance_of, half_width, per_outcome, weights_of
from simcost.errors import UsageError
from simcost.result import Interval, Result
from simcost.result.names import check_output

if TYPE_CHECKING:
    import xarray

FEWEST = 100
POINTS = 24


def joint(
    result: Result,
    output: str = "cost",
    *,
    targets: Given = None,
    confidence: float = 0.7,
    base: str = "P50",
    contingency: str = "P80",
    reserve: str = "P95",
    points: int = POINTS,
) -> xarray.Dataset:
    """Return the chance that targets hold together, and targets that do with a chance.

    Parameters
    ----------
    result : Result
        Of a run, with its outcomes.
    output : str
        Which output is funded; the first target where there is none of that name.
    targets : mapping of str to amount, iterable of str, or None
        Amounts as numbers in the output's unit or as text, ``{"emissions": "500 kgCO2e"}``; names
        alone; None for cost, emissions and duration, as far as there are.
    confidence : float
        Chance with which targets are to hold together, 0 to 1.
    base, contingency, reserve : str
        Levels of the funding, with a name where it has another: ``"our reserve=P90"``.
    points : int
        Targets on each frontier.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`.

    Raises
    ------
    UsageError
        For outcomes that were not kept, an unknown output, a unit that does not fit, or levels
        that make no sense.
    """
    limits = targets_of(result, targets)
    if not 0.0 < confidence < 1.0:
        raise UsageError(f"confidence must lie between 0 and 1, not {confidence}")
    if points < 2:
        raise UsageError(f"a frontier takes two points or more, not {points}")
    if result.meta.draws < FEWEST:
        raise UsageError(f"{result.meta.draws} draws are too few; take {FEWEST} or more")
    names = [*limits]
    output = output if output in result.units or output != "cost" else names[0]
    check_output(output, result.outputs)
    variables = _chances(result, limits) | _budgets(result, names, confidence)
    variables |= _frontiers(result, names, confidence, points)
    lines = funding(result, output, base, contingency, reserve)
    variables |= _funding(lines)
    return _dataset(result, output, names, variables, lines, confidence)


def _chances(result: Result, limits: dict[str, float | None]) -> dict[str, Any]:
    """Return the chance of each target, of all, and of all in a project that succeeds."""
    meta, weights = result.meta, weights_of(result)
    stated = {name: x for name, x in limits.items() if x is not None}
    alone = [Interval(None) if x is None else result.within(name, x) for name, x in limits.items()]
    found = spread("holds", "target", alone)
    found["limit"] = ("target", np.array([NAN if x is None else x for x in limits.values()]))
    both, succeeds, product = Interval(None), Interval(None), Interval(None)
    if stated:
        within = np.array([result.values[name] <= x for name, x in stated.items()])
        inside = np.asarray(within.all(axis=0))
        both = chance_of(inside, meta, weights)
        if result.success is not None:
            done = result.values["succeeded"] == 1.0
            succeeds = chance_of(inside & done, meta, weights)
        product = _product([float(one) for one in alone if one.value is not None], within, result)
    return (
        found
        | scalar("joint", both)
        | scalar("succeeds", succeeds)
        | scalar("independent", product)
    )


def _product(shares: list[float], within: npt.NDArray[np.bool_], result: Result) -> Interval:
    """Return what single chances multiply to; its error is theirs, to first order."""
    value = math.prod(shares)
    moved = np.zeros(within.shape[1:])
    for k, (share, held) in enumerate(zip(shares, within, strict=True)):
        moved += math.prod(shares[:k] + shares[k + 1 :]) * (held - share)
    half = half_width(per_outcome(moved, weights_of(result)), result.meta)
    return Interval(value, max(value - half, 0.0), min(value + half, 1.0))


def _budgets(result: Result, names: list[str], confidence: float) -> dict[str, Any]:
    """Return targets at one percentile that hold together, and what each alone would be."""
    values, weights = {name: result.values[name] for name in names}, weights_of(result)
    if weights is None:
        found = together(values, confidence, result.meta)
    else:
        found = together_weighted(values, weights, confidence, result.meta)
    alone = [result.quantile(name, 100 * confidence) for name in names]
    within = [values[name] <= float(one) for name, one in zip(names, alone, strict=True)]
    return {
        **scalar("level", found.level),
        **spread("budget", "target", [found.amounts[name] for name in names]),
        **spread("alone", "target", alone),
        **scalar("alone_joint", chance_of(np.all(within, axis=0), result.meta, weights)),
    }


def _frontiers(result: Result, names: list[str], confidence: float, points: int) -> dict[str, Any]:
    """Return the frontier of each pair; shorter ones end in NaN."""
    pairs, meta, weights = pairs_of(names), result.meta, weights_of(result)
    shape = (len(pairs), points)
    found = {key: np.full(shape, NAN) for key in ("x", "y", "y_lower", "y_upper")}
    for row, (a, b) in enumerate(pairs):
        both = result.values[a], result.values[b]
        x, y = frontier(*both, confidence, points, meta, weights)
        found["x"][row, : len(x)] = x
        for k, one in enumerate(y):
            for key, end in zip(("y", "y_lower", "y_upper"), ends(one), strict=True):
                found[key][row, k] = end
    columns: dict[str, Any] = {
        f"frontier_{key}": (("pair", "point"), value) for key, value in found.items()
    }
    columns["first"] = ("pair", labels([a for a, _ in pairs]))
    columns["second"] = ("pair", labels([b for _, b in pairs]))
    return columns


def _funding(lines: list[Line]) -> dict[str, Any]:
    return {
        **spread("amount", "funding", [line.amount for line in lines]),
        **spread("upto", "funding", [line.upto for line in lines]),
        "funding_level": ("funding", labels([line.level for line in lines])),
    }


def _dataset(
    result: Result,
    output: str,
    names: list[str],
    variables: dict[str, Any],
    lines: list[Line],
    confidence: float,
) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    variables["target_unit"] = ("target", labels([result.units[name] for name in names]))
    notes = []
    if result.success is not None:
        notes.append("failed projects count with what they had spent by then")
    if float(lines[1].amount) < 0:
        notes.append(f"the {lines[0].level} of {output} is above its {lines[1].level}: a few "
                     "outcomes dominate it")  # fmt: skip
    attrs = attributes(
        result,
        output,
        "joint",
        method="outcomes",
        title=f"{_listed(names)} held together in {100 * confidence:g}% of outcomes",
        notes=notes,
        statistic="chance",
        joint_confidence=confidence,
    )
    coords = {
        "target": labels(names),
        "pair": labels([f"{a}, {b}" for a, b in pairs_of(names)]),
        "funding": labels([line.name for line in lines]),
    }
    return Drawing(variables, coords, attrs)


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]])


ANALYSIS = Analysis(
    "joint",
    "the chance that cost, emissions and duration hold together, and targets that do",
    joint,
    "NASA Cost Estimating Handbook 4.0, appendix J (joint cost and schedule confidence); AACE "
    "International 10S-90 (contingency, management reserve)",
)
