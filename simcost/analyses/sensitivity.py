"""Variance-based sensitivities: what share of an output's variance each input accounts for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from simcost.analyses._analysis import Analysis
from simcost.analyses._bars import attributes, holm, scalar, spread
from simcost.analyses._binned import Binned, binned
from simcost.analyses._delta import Delta, delta
from simcost.analyses._first_order import FirstOrder, first_orders, interaction, no_effect
from simcost.analyses._freedom import FEW, seen_by_few
from simcost.analyses._groups import check_groups
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._subject import Subject
from simcost.analyses._walk import TOGETHER, Effects, walk_effects
from simcost.errors import UsageError
from simcost.result import Interval, Result

if TYPE_CHECKING:
    import xarray

WALKS = 32_768
FEWEST = 8 * TOGETHER
SMALL = 0.01  # of the variance: a half-width below that needs no warning
_NONE = Interval(None, reason="not asked for")
_OVERLAP = (
    "correlated inputs share what they explain: first-order indices overlap, a total index may be "
    "below the first-order one, and 1 - ΣS is no interaction share; Shapley effects add up to 1"
)


def sensitivity(
    result: Result,
    output: str = "cost",
    *,
    walks: int = WALKS,
    groups: Mapping[str, Sequence[str]] | None = None,
) -> xarray.Dataset:
    """Return first-order and total indices, Shapley effects and Borgonovo's delta.

    Parameters
    ----------
    result : Result
        Of a run; first-order indices and delta are read off its outcomes.
    output : str
        Which output.
    walks : int
        Walks for totals and Shapley effects, each as many evaluations of the model as there are
        inputs, and one; 0 for none.
    groups : mapping of str to sequence of str
        Inputs that count as one. The first-order index of a group comes from walks; it has no
        delta.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`. Negative estimates are kept: they are zero within
        their intervals.

    Raises
    ------
    UsageError
        For an unknown output or input, an output without variance or with an infinite one, or too
        few walks.
    """
    outcomes = Outcomes(result, output)
    check(outcomes, walks=walks, groups=groups)
    groups = groups or {}
    found = binned(outcomes)
    effects = walk_effects(outcomes, groups, walks) if walks else None
    return _dataset(outcomes, found, delta(outcomes, found), effects, groups)


def check(
    subject: Subject, *, walks: int = WALKS, groups: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Refuse options of `sensitivity` that make no sense; nothing needs to have been drawn.

    Raises
    ------
    UsageError
        As `sensitivity` does.
    """
    subject.require_variance("a share of it")
    check_groups(subject, groups or {})
    _check_walks(walks, bool(groups))


def _check_walks(walks: int, grouped: bool) -> None:
    if isinstance(walks, bool) or not isinstance(walks, int) or walks < 0:
        raise UsageError(f"walks must be a whole number, not {walks!r}")
    if 0 < walks < FEWEST:
        raise UsageError(f"{walks:,} walks say nothing; take {FEWEST:,} or more, or 0 for none")
    if grouped and not walks:
        raise UsageError("groups need walks; leave out walks=0 (--walks 0)")


def _dataset(
    outcomes: Outcomes,
    found: Binned,
    deltas: Delta,
    effects: Effects | None,
    groups: Mapping[str, Sequence[str]],
) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    confidence = outcomes.meta.confidence
    names = [axis.name for axis in found.axes]
    counted = list(zip(found.axes, found.sums, strict=True))
    indices = dict(zip(names, first_orders(found, confidence), strict=True))
    first = {name: index.interval for name, index in indices.items()}
    p = {axis.name: no_effect(sums, axis) for axis, sums in counted}
    delta_by = dict(zip(names, deltas.intervals, strict=True))
    players = list(effects.names) if effects else names
    if effects:
        first |= {name: effects.closed[name] for name in players if name not in first}
    columns: dict[str, Any] = {}
    nothing: Mapping[str, Interval] = {}
    total, shapley = (effects.total, effects.shapley) if effects else (nothing, nothing)
    by_name: dict[str, Mapping[str, Interval]] = {
        "first": first, "total": total, "shapley": shapley, "delta": delta_by,
    }  # fmt: skip
    order = sorted(players, key=lambda name: -float((shapley or first)[name]))
    for key, values in by_name.items():
        columns |= spread(key, "input", [values.get(name, _NONE) for name in order])
    chances = [p.get(name, float("nan")) for name in order]
    columns["p_value"] = ("input", np.array(chances))
    columns["significant"] = ("input", holm(chances))
    dependent = any(len(_weights(axis)) > 1 for axis in found.axes)
    rest = _NONE if dependent else interaction(found, confidence)
    columns |= scalar("interaction", rest)
    columns["noise_floor_delta"] = deltas.floor
    columns |= scalar("variance", _variance(outcomes))
    attrs = attributes(
        outcomes,
        analysis="sensitivity",
        method="bins of the run; walks" if effects else "bins of the run",
        statistic="share of variance",
        title=f"Shares of the variance of {outcomes.output}",
        moments=True,
        notes=[*_notes(outcomes, dependent, effects), *_unsettled(indices, players)],
    )
    attrs["evaluations"] = effects.evaluations if effects else 0
    return Drawing(columns, {"input": np.array(order, dtype=object)}, attrs)


def _variance(outcomes: Outcomes) -> Interval:
    """Return the variance of the output, with the interval of its standard deviation squared."""
    sd, value = outcomes.result.sd(outcomes.output), float(outcomes.y.var())
    if sd.low is None or sd.high is None:
        return Interval(value, reason=sd.reason)
    return Interval(value, max(sd.low, 0.0) ** 2, sd.high**2)


def _weights(axis: Any) -> Mapping[str, float]:
    from simcost.dependence.loadings import loadings

    return loadings(axis.driver.uniform).weights


def _notes(
    outcomes: Outcomes,
    dependent: bool,
    effects: Effects | None,
) -> list[str]:
    notes = [_OVERLAP] * dependent
    if effects and any(name.startswith("common factor") for name in effects.names):
        notes.append(
            "in a t copula totals and Shapley effects are those of the normals behind the inputs, "
            "and of the common factor that ties their extremes together"
        )
    if outcomes.meta.design != "random" and effects:
        notes.append("walks draw at random, whatever the design of the run")
    if not dependent and seen_by_few(outcomes.y, outcomes.meta.replicates):
        notes.append(
            "the interval of interactions may be too narrow: a few outcomes dominate the variance, "
            f"and not every replicate of the {outcomes.meta.design} design has its share of them"
        )
    return notes


def _unsettled(indices: Mapping[str, FirstOrder], players: Sequence[str]) -> list[str]:
    """Say which first-order indices rest on a few outcomes, if any."""
    few = [
        name
        for name, index in indices.items()
        if name in players and index.freedom < FEW and (index.interval.half_width or 0.0) > SMALL
    ]
    return [
        "intervals of first-order indices may be too narrow, since a few outcomes dominate the "
        f"variance: {', '.join(few)}"
    ] * bool(few)


ANALYSIS = Analysis(
    "sensitivity",
    "each input's share of an output's variance",
    sensitivity,
    "Sobol' (1993); Owen (2014), Sobol' indices and Shapley value; Kucherenko et al. (2012) for "
    "correlated inputs; Borgonovo (2007) for delta",
    check,
)
