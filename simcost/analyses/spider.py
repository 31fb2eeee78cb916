"""A statistic of an output along the percentiles of each input: the lines of a spider chart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._analysis import Analysis
from simcost.analyses._axes import Axis
from simcost.analyses._bars import attributes, ends, exactly, scalar
from simcost.analyses._names import one_of
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._question import Groups, Question
from simcost.analyses._statistic import Statistic
from simcost.analyses._subject import Subject
from simcost.analyses._swing import PERCENTILES, Base, check_gates, is_switch
from simcost.analyses.tornado import axes, check_conditional
from simcost.errors import UsageError
from simcost.machine.tally import Index
from simcost.result import Result

if TYPE_CHECKING:
    import xarray

Vector = npt.NDArray[np.float64]

METHODS = {"conditional": ("statistic", "bins", "groups"), "swing": ("gates_at",)}  # what they take


def spider(
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
    """Return a statistic along each input.

    Parameters
    ----------
    result, output, statistic, bins, budget, gates_at, groups
        As for a tornado.
    method : str
        ``conditional``: of the outcomes in each of the bins, at the middle of the bin. ``swing``:
        the output at P10, P30, P50, P70 and P90, all others at their medians.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`; a discrete input is constant along each of its levels.

    Raises
    ------
    UsageError
        As a tornado does.
    """
    outcomes = Outcomes(result, output)
    question = Question(statistic, bins, budget, gates_at, groups)
    _check(outcomes, method, question)
    if method == "conditional":
        return _conditional(outcomes, question)
    return _swing(outcomes, gates_at)


def check(subject: Subject, *, method: str = "conditional", **options: Any) -> None:
    """Refuse options of a spider that make no sense; nothing needs to have been drawn.

    Raises
    ------
    UsageError
        As `spider` does.
    """
    _check(subject, method, Question(**options))


def _check(subject: Subject, method: str, question: Question) -> None:
    shown = one_of("method of a spider", method, METHODS)
    question.refuse_beyond(METHODS[shown], f"a {shown}'s spider")
    if shown == "conditional":
        check_conditional(subject, question)
        return
    check_gates(subject, question.gates_at)
    if all(map(is_switch, subject.drivers)):
        raise UsageError(
            f"{subject.output} depends on gates only, which have no percentiles to move along; "
            "take the method conditional"
        )


def _conditional(outcomes: Outcomes, question: Question) -> xarray.Dataset:
    statistic = question.of(outcomes)
    rows = axes(outcomes, question)
    index = outcomes.index([(axis.node, axis.bins) for axis in rows])
    percentiles = (2 * np.arange(question.bins) + 1) * 50 / question.bins

    def line(k: int) -> list[tuple[float, float, float]]:
        return _line(outcomes, statistic, rows[k], index[k], percentiles / 100)

    lines = list(outcomes.map(line, range(len(rows))))
    base = scalar("base", statistic.ask(outcomes.result, outcomes.output))
    title = f"{statistic.title.format(outcomes.output)} along the percentiles of each input"
    return _dataset(
        outcomes, [axis.name for axis in rows], percentiles, np.array(lines), base,
        method="conditional", statistic=statistic.name, title=title,
        unit="" if statistic.plain else outcomes.unit,
    )  # fmt: skip


def _line(
    outcomes: Outcomes, statistic: Statistic, axis: Axis, row: Index, middles: Vector
) -> list[tuple[float, float, float]]:
    """Return value and ends at each middle of a bin, whatever the input's own pieces are."""
    edges = axis.bins.edges
    if axis.kind == "gate":  # it fails above one minus its chance
        edges = np.array([float(np.mean(row == 0))])
    pieces = np.searchsorted(edges, middles)
    found = {}
    for piece in np.unique(pieces):
        mask = row == piece
        if mask.any():
            found[int(piece)] = ends(statistic.ask(outcomes.part(mask), outcomes.output))
    nothing = (float("nan"),) * 3
    return [found.get(int(piece), nothing) for piece in pieces]


def _swing(outcomes: Outcomes, gates_at: str) -> xarray.Dataset:
    base = Base(outcomes, gates_at)
    levels = np.array(PERCENTILES)
    shown = [driver for driver in outcomes.drivers if not is_switch(driver)]
    lines = []
    for driver in shown:
        reached = base.at({driver.name: driver.law.quantile(levels / 100)})
        lines.append([(value, value, value) for value in map(float, reached)])
    title = f"{outcomes.output} at five percentiles of each input, {base.words}"
    return _dataset(
        outcomes, [driver.name for driver in shown], levels, np.array(lines),
        scalar("base", exactly(float(base.at({})[0]))),
        method="swing", statistic="value", title=title, unit=outcomes.unit,
    )  # fmt: skip


def _dataset(
    outcomes: Outcomes,
    names: Sequence[str],
    percentiles: Vector,
    lines: Vector,
    base: dict[str, Any],
    *,
    unit: str,
    title: str,
    **attrs: str,
) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    dims = ("input", "percentile")
    variables = {
        name: (dims, lines[..., k])
        for k, name in enumerate(("statistic", "statistic_lower", "statistic_upper"))
    }
    # steepest line first
    order = np.argsort(-np.abs(np.nan_to_num(lines[:, -1, 0] - lines[:, 0, 0])), kind="stable")
    coords = {"input": np.array(names, dtype=object), "percentile": percentiles}
    attributes_ = attributes(
        outcomes, analysis="spider", title=title[:1].upper() + title[1:], **attrs
    )
    dataset = Drawing(variables | base, coords, attributes_ | {"unit": unit})
    ordered: xarray.Dataset = dataset.isel(input=order)
    return ordered


ANALYSIS = Analysis(
    "spider",
    "a statistic of an output along the percentiles of each input",
    spider,
    "Eschenbach (1992), Spiderplots versus tornado diagrams for sensitivity analysis",
    check,
)
