"""How far each input moves a statistic of an output: five methods, each under its own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simcost.analyses._analysis import Analysis
from simcost.analyses._axes import Axis, axis_of, check_bins, equal_edges
from simcost.analyses._bars import Bars, attributes, tornado_dataset
from simcost.analyses._conditional import conditional
from simcost.analyses._groups import check_groups, group_axes
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._rank import rank
from simcost.analyses._regression import regression
from simcost.analyses._statistic import Statistic, statistic_of
from simcost.analyses._swing import is_switch, swing
from simcost.analyses._why import unmoved
from simcost.errors import UsageError
from simcost.result import Result

if TYPE_CHECKING:
    import xarray

Groups = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Question:
    """What a tornado was asked for.

    Parameters
    ----------
    statistic : str
        ``mean``, ``P90``, ``CVaR90``, ``overrun``.
    bins : int
        Equal bins that the run is cut into along each input.
    budget : float or None
        Of ``overrun``.
    gates_at : str
        Where gates stand in a swing: ``pass``, ``fail`` or ``expected``.
    groups : mapping of str to sequence of str
        Inputs shown as one bar.
    """

    statistic: str = "mean"
    bins: int = 10
    budget: float | None = None
    gates_at: str = "pass"
    groups: Groups | None = None

    def of(self, outcomes: Outcomes) -> Statistic:
        """Return the statistic, after checking that the output has it."""
        confidence = outcomes.meta.confidence
        statistic = statistic_of(self.statistic, outcomes.output, self.budget, confidence)
        if statistic.moments:
            outcomes.require_variance(f"a tornado of its {statistic.name}")
        return statistic


def axes(outcomes: Outcomes, question: Question) -> list[Axis]:
    """Return single inputs and groups along the bins of a question."""
    groups = question.groups or {}
    check_groups(outcomes, groups)
    edges = equal_edges(question.bins)
    taken = {name for members in groups.values() for name in members}
    single = [
        axis_of(driver, edges, [outcomes.node])
        for driver in outcomes.drivers
        if driver.name not in taken
    ]
    return [*single, *group_axes(outcomes, groups, edges)]


def tornado(
    result: Result,
    output: str = "cost",
    *,
    method: str = "conditional",
    statistic: str = "mean",
    bins: int = 10,
    budget: float | None = None,
    gates_at: str = "pass",
    groups: Groups | None = None,
) -> xarray.Dataset:
    """Return the bars of a tornado.

    Parameters
    ----------
    result : Result
        Of a run.
    output : str
        Which output.
    method : str
        ``conditional``: the statistic in an input's lowest and highest bin of u. ``swing``: the
        output at an input's P10 and P90, all others at their medians. ``regression``:
        standardised coefficients. ``rank``: rank correlations. ``gate``: the statistic where a
        gate fails and where it passes.
    statistic : str
        ``mean``, ``P90`` (any percentile), ``CVaR90``, or ``overrun`` of a `budget`; of
        ``conditional`` and ``gate``.
    bins : int
        How many equal bins an input is cut into; discrete inputs are cut at their levels.
    budget : float or None
        What ``overrun`` is the chance to exceed.
    gates_at : str
        Where gates stand in a swing: ``pass``, ``fail``, ``expected``.
    groups : mapping of str to sequence of str
        Inputs shown as one bar, moving together.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`.

    Raises
    ------
    UsageError
        For an unknown output, input, method or statistic, an output without variance, too few
        draws for the bins, or a question that makes no sense.
    """
    outcomes = Outcomes(result, output)
    question = Question(statistic, bins, budget, gates_at, groups)
    return dataset_of(outcomes, one_of("method", method, METHODS), question)


def dataset_of(outcomes: Outcomes, method: str, question: Question) -> xarray.Dataset:
    """Return the bars of one method for outcomes that were looked up already."""
    return METHODS[method](outcomes, question)


def _conditional(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    statistic = question.of(outcomes)
    check_bins(question.bins, outcomes.count, statistic.fewest)
    bars = conditional(outcomes, statistic, axes(outcomes, question), question.bins)
    dataset = _labelled(
        bars,
        outcomes,
        "conditional",
        statistic.name,
        f"{_capital(statistic.title.format(outcomes.output))} where each input is in its lowest "
        f"and in its highest {_part(question.bins)}",
        unit="" if statistic.plain else outcomes.unit,
        moments=statistic.moments,
    )
    known = dataset["input"].values[dataset["significant"].values]
    dataset.attrs["notes"] = [*dataset.attrs["notes"], *unmoved(outcomes, map(str, known))]
    return dataset


def _gate(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    statistic = question.of(outcomes)
    switches = [driver for driver in outcomes.drivers if is_switch(driver)]
    if not switches:
        raise UsageError(f"{outcomes.output} depends on no gate and on no yes-or-no input")
    check_bins(2, outcomes.count, statistic.fewest)
    rows = [axis_of(driver, [0.5], [outcomes.node]) for driver in switches]
    title = f"{_capital(statistic.title.format(outcomes.output))} where a gate passes and fails"
    unit = "" if statistic.plain else outcomes.unit
    bars = conditional(outcomes, statistic, rows, 2)
    return _labelled(
        bars, outcomes, "gate", statistic.name, title, unit=unit, moments=statistic.moments
    )


def _swing(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    _no_statistic("swing", question)
    groups = question.groups or {}
    check_groups(outcomes, groups)
    bars = swing(outcomes, question.gates_at, groups)
    title = f"{_capital(outcomes.output)} as each input goes from its P10 to its P90"
    return _labelled(bars, outcomes, "swing", "value", title)


def _regression(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    _no_statistic("regression", question)
    outcomes.require_variance("a regression")
    bars, explained = regression(outcomes, axes(outcomes, question))
    title = f"Standardised regression coefficients of {outcomes.output}"
    dataset = _labelled(bars, outcomes, "regression", "coefficient", title, unit="", moments=True)
    dataset.attrs["r2"] = explained
    dataset["mapped"].attrs["units"] = outcomes.unit
    return dataset


def _rank(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    _no_statistic("rank", question)
    bars = rank(outcomes, axes(outcomes, question))
    title = f"Rank correlation of each input with {outcomes.output}"
    return _labelled(bars, outcomes, "rank", "rank correlation", title, unit="")


def _no_statistic(method: str, question: Question) -> None:
    if question.statistic != "mean" or question.budget is not None:
        raise UsageError(
            f"a {method} has no statistic; ask for {question.statistic} with the method "
            "conditional or gate"
        )


def _labelled(
    bars: Bars,
    outcomes: Outcomes,
    method: str,
    statistic: str,
    title: str,
    unit: str | None = None,
    moments: bool = False,
) -> xarray.Dataset:
    attrs = attributes(
        outcomes,
        analysis="tornado",
        method=method,
        statistic=statistic,
        title=title,
        notes=bars.notes,
        moments=moments,
    )
    if unit is not None:
        attrs["unit"] = unit
    return tornado_dataset(replace(bars, notes=()), attrs)


def _part(bins: int) -> str:
    return {2: "half", 4: "quarter", 5: "fifth", 10: "tenth", 20: "twentieth"}.get(
        bins, f"1/{bins}"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


METHODS: Mapping[str, Callable[[Outcomes, Question], xarray.Dataset]] = {
    "conditional": _conditional,
    "swing": _swing,
    "regression": _regression,
    "rank": _rank,
    "gate": _gate,
}

ANALYSIS = Analysis(
    "tornado",
    "how far each input moves a statistic of an output",
    tornado,
    "conditional bins after @RISK's change in output statistic; swings after Crystal Ball's "
    "tornado tool; Saltelli et al. (2008), Global Sensitivity Analysis, for regression and ranks",
)
