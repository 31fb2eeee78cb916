"""What a budget above the base is made of: contributions that add up to the contingency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from simcost.analyses._allocation import Allocation, by_items
from simcost.analyses._allocation_inputs import ABOVE_MEDIANS, INTERACTIONS, by_inputs
from simcost.analyses._analysis import Analysis
from simcost.analyses._bars import attributes, scalar, spread
from simcost.analyses._euler import tail_of
from simcost.analyses._groups import check_groups
from simcost.analyses._influence_of import quantile_step
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._statistic import Statistic, statistic_of
from simcost.analyses._subject import Subject
from simcost.errors import UsageError
from simcost.result import Interval, Result

if TYPE_CHECKING:
    import xarray

BY = ("items", "inputs")
BASES = ("mean", "medians")


def contingency(
    result: Result,
    output: str = "cost",
    *,
    target: str = "P80",
    base: str = "mean",
    by: str = "items",
    groups: Mapping[str, Sequence[str]] | None = None,
) -> xarray.Dataset:
    """Return what the amount between a base and a target consists of.

    Parameters
    ----------
    result : Result
        Of a run.
    output : str
        Which output.
    target : str
        A percentile, ``P80``, or the mean of the worst outcomes, ``CVaR80``.
    base : str
        ``mean``, of all outcomes; ``medians``: the estimate with every input at its median and
        all gates passed.
    by : str
        ``items``: the parts that the output is the sum of. ``inputs``: what each input alone
        moves the mean by in the outcomes at the target, and the rest as ``interactions``.
    groups : mapping of str to sequence of str
        Inputs shown as one, with ``by="inputs"``.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`. Contributions may be negative.

    Raises
    ------
    UsageError
        For an unknown output, input or word, or an output whose variance does not exist where a
        mean of it is needed.
    """
    outcomes = Outcomes(result, output)
    statistic = _statistic(target, output, outcomes.meta.confidence)
    check(outcomes, target=target, base=base, by=by, groups=groups)
    goal = statistic.ask(outcomes.result, output)
    percent = float(statistic.name.removeprefix("CVaR").removeprefix("P"))
    quantile = outcomes.result.quantile(output, percent)
    step = quantile_step(outcomes.y, quantile, percent, outcomes.meta)
    tail = tail_of(outcomes.y, percent, float(quantile), step, worst=statistic.moments)
    if by == "items":
        found = by_items(outcomes, tail, base)
    else:
        found = by_inputs(outcomes, tail, base, groups or {})
    return _dataset(outcomes, found, goal, statistic, base, by)


def check(
    subject: Subject,
    *,
    target: str = "P80",
    base: str = "mean",
    by: str = "items",
    groups: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """Refuse options of `contingency` that make no sense; nothing needs to have been drawn.

    Raises
    ------
    UsageError
        As `contingency` does.
    """
    statistic = _statistic(target, subject.output, subject.confidence)
    one_of("base", base, BASES)
    if one_of("way to divide it, by", by, BY) == "items" and groups:
        raise UsageError("groups are of inputs: add by='inputs' (--by inputs)")
    check_groups(subject, groups or {})
    least = 100 * statistic.fewest // 30
    if subject.count < least:
        raise UsageError(
            f"{subject.count:,} draws are too few for {statistic.name}; take {least:,} or more"
        )
    if statistic.moments or base == "mean" or by == "inputs":
        subject.require_variance(
            "an error of its mean",
            "take a percentile as the target, by items, from the medians (--base medians)",
        )


def _statistic(target: str, output: str, confidence: float) -> Statistic:
    if str(target).strip().lower() in ("mean", "overrun"):
        raise UsageError("a contingency leads to a percentile or a CVaR: P80, CVaR90")
    return statistic_of(target, output, None, confidence)


def _dataset(
    outcomes: Outcomes,
    found: Allocation,
    goal: Interval,
    statistic: Statistic,
    base: str,
    by: str,
) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    last = (INTERACTIONS, ABOVE_MEDIANS)
    order = sorted(
        range(len(found.names)),
        key=lambda k: (found.names[k] in last, -abs(found.values[k])),
    )
    confidence = outcomes.meta.confidence
    columns = spread("contribution", "item", [found.together([k], confidence) for k in order])
    named = [k for k in order if found.names[k] not in last]
    rest = [found.together(named[j:], confidence) for j in range(len(named))]
    nothing = Interval(None, reason="of named items only")
    columns |= spread("rest", "item", [*rest, *[nothing] * (len(order) - len(named))])
    columns |= scalar("base", found.base)
    columns |= scalar("target", goal)
    words = {"mean": "mean", "medians": "estimate at the medians"}
    attrs = attributes(
        outcomes,
        analysis="contingency",
        method=by,
        statistic=f"{statistic.name} minus {base}",
        title=f"From the {words[base]} of {outcomes.output} to its {statistic.name}, by {by}",
        notes=found.notes,
        moments=base == "mean" or statistic.moments or by == "inputs",
    )
    attrs |= {"target_name": statistic.name, "base_name": base}
    names = np.array([found.names[k] for k in order], dtype=object)
    return Drawing(columns, {"item": names}, attrs)


ANALYSIS = Analysis(
    "contingency",
    "what a budget above the base is made of, in contributions that add up",
    contingency,
    "Tasche (1999), Risk contributions and performance measurement; Tasche (2008), Capital "
    "allocation to business units and sub-portfolios: the Euler principle",
    check,
)
