"""How far each input moves a statistic of an output: five methods, each under its own name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from simcost.analyses._analysis import Analysis
from simcost.analyses._axes import Axis, axis_of, check_bins, equal_edges
from simcost.analyses._bars import Bars, attributes, ends, tornado_dataset
from simcost.analyses._conditional import conditional
from simcost.analyses._groups import check_groups, group_axes
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._question import Groups, Question
from simcost.analyses._rank import rank
from simcost.analyses._regression import check_regression, regression
from simcost.analyses._subject import Subject
from simcost.analyses._swing import check_gates, is_switch, swing
from simcost.analyses._why import behind_gates, unmoved
from simcost.errors import UsageError
from simcost.result import Result

if TYPE_CHECKING:
    import xarray


def axes(outcomes: Outcomes, question: Question) -> list[Axis]:
    """Return single inputs and groups along the bins of a question."""
    groups = question.groups or {}
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
    return dataset_of(outcomes, method, Question(statistic, bins, budget, gates_at, groups))


def dataset_of(outcomes: Outcomes, method: str, question: Question) -> xarray.Dataset:
    """Return the bars of one method for outcomes that were looked up already."""
    check_method(outcomes, method, question)
    return METHODS[method].make(outcomes, question)


def check_method(subject: Subject, method: str, question: Question) -> None:
    """Refuse a question that has no answer; nothing needs to have been drawn.

    Raises
    ------
    UsageError
        As `tornado` does.
    """
    chosen = METHODS[one_of("method", method, METHODS)]
    question.refuse_beyond(chosen.takes, f"a {method}")
    chosen.check(subject, question)


def check(subject: Subject, *, method: str = "conditional", **options: Any) -> None:
    """Refuse options of a tornado that make no sense, as `check_method` does."""
    check_method(subject, method, Question(**options))


def check_conditional(subject: Subject, question: Question) -> None:
    """Refuse an unknown statistic or input, and bins that the draws cannot fill."""
    statistic = question.of(subject)
    check_bins(question.bins, subject.count, statistic.fewest)
    check_groups(subject, question.groups or {})


def _conditional(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    statistic = question.of(outcomes)
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


def _check_gate(subject: Subject, question: Question) -> None:
    statistic = question.of(subject)
    if not any(map(is_switch, subject.drivers)):
        raise UsageError(
            f"{subject.output} depends on no gate and on no yes-or-no input; the other methods "
            f"are {', '.join(name for name in METHODS if name != 'gate')}"
        )
    check_bins(2, subject.count, statistic.fewest)


def _gate(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    statistic = question.of(outcomes)
    switches = [driver for driver in outcomes.drivers if is_switch(driver)]
    rows = [axis_of(driver, [0.5], [outcomes.node]) for driver in switches]
    title = f"{_capital(statistic.title.format(outcomes.output))} where a gate passes and fails"
    unit = "" if statistic.plain else outcomes.unit
    bars = conditional(outcomes, statistic, rows, 2)
    return _labelled(
        bars, outcomes, "gate", statistic.name, title, unit=unit, moments=statistic.moments
    )


def _check_swing(subject: Subject, question: Question) -> None:
    check_gates(subject, question.gates_at)
    check_groups(subject, question.groups or {})


def _swing(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    bars = swing(outcomes, question.gates_at, question.groups)
    title = f"{_capital(outcomes.output)} as each input goes from its P10 to its P90"
    dataset = _labelled(bars, outcomes, "swing", "value", title)
    if question.gates_at == "pass":
        still = dataset["input"].values[~dataset["significant"].values]
        dataset.attrs["notes"] = [*dataset.attrs["notes"], *behind_gates(outcomes, map(str, still))]
    return dataset


def _check_regression(subject: Subject, question: Question) -> None:
    subject.require_variance("a regression")
    check_groups(subject, question.groups or {})
    check_regression(subject, question.groups or {})


def _regression(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    bars, explained = regression(outcomes, axes(outcomes, question))
    title = f"Standardised regression coefficients of {outcomes.output}"
    dataset = _labelled(bars, outcomes, "regression", "coefficient", title, unit="", moments=True)
    keys = ("r2", "r2_lower", "r2_upper")
    dataset.attrs |= dict(zip(keys, ends(explained), strict=True))
    for name in ("mapped", "mapped_lower", "mapped_upper"):
        dataset[name].attrs["units"] = outcomes.unit
    return dataset


def _check_rank(subject: Subject, question: Question) -> None:
    check_groups(subject, question.groups or {})


def _rank(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    bars = rank(outcomes, axes(outcomes, question))
    title = f"Rank correlation of each input with {outcomes.output}"
    return _labelled(bars, outcomes, "rank", "rank correlation", title, unit="")


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


@dataclass(frozen=True, slots=True)
class Method:
    """One kind of tornado.

    Parameters
    ----------
    takes : tuple of str
        The options of a question that it has a use for.
    check : callable
        What it refuses, before anything is drawn.
    make : callable
        How it is made.
    """

    takes: tuple[str, ...]
    check: Callable[[Subject, Question], None]
    make: Callable[[Outcomes, Question], xarray.Dataset]


METHODS: Mapping[str, Method] = {
    "conditional": Method(("statistic", "bins", "groups"), check_conditional, _conditional),
    "swing": Method(("gates_at", "groups"), _check_swing, _swing),
    "regression": Method(("groups",), _check_regression, _regression),
    "rank": Method(("groups",), _check_rank, _rank),
    "gate": Method(("statistic",), _check_gate, _gate),
}

ANALYSIS = Analysis(
    "tornado",
    "how far each input moves a statistic of an output",
    tornado,
    "conditional bins after @RISK's change in output statistic; swings after Crystal Ball's "
    "tornado tool; Saltelli et al. (2008), Global Sensitivity Analysis, for regression and ranks",
    check,
)
