"""What is spent in each period, and up to its end: percentiles of every period's amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import attributes, labels
from simcost.analyses._bars import ends, scalar
from simcost.errors import UsageError
from simcost.graph.node import Node, const, make
from simcost.result import Interval, Result
from simcost.result.names import check_output, quantile_name
from simcost.run import Plan, run_plan
from simcost.run.drivers import observed_in_parts, with_outputs
from simcost.run.engine import Origin
from simcost.run.memory import check_memory
from simcost.run.schedule import Schedule

if TYPE_CHECKING:
    import xarray

LATER = "later"
_PER, _UPTO = "in {}", "by {}"


def timeline(
    result: Result,
    output: str = "cost",
    *,
    quantiles: Sequence[float] | None = None,
    outcomes: bool = False,
) -> xarray.Dataset:
    """Return what is spent in each period, and up to its end.

    The same outcomes are drawn again, with the amounts of their periods: closed forms of each
    outcome's dates, so that they add up to the output, outcome by outcome.

    Parameters
    ----------
    result : Result
        Of a run, in the process that ran it, of a model with [time].
    output : str
        ``cost``, ``emissions``, ``nominal_cost`` or ``present_value``.
    quantiles : sequence of float, optional
        Percentiles, in per cent; those of the run where left out.
    outcomes : bool
        Whether to return what every single outcome spends in each period, too.

    Returns
    -------
    xarray.Dataset
        As described in `simcost.analyses`.

    Raises
    ------
    UsageError
        For a model without [time], an output that is not spent over time, a result whose model
        is not known, or single outcomes of gates that were not drawn.
    ResourceError
        When single outcomes do not fit into memory.
    """
    origin = _origin(result)
    if outcomes and result.meta.gates != "sampled":
        raise UsageError("single outcomes by period need drawn gates: run it with gates='sampled'")
    check_timeline(origin.plan, output)
    schedule = origin.plan.schedule
    assert schedule is not None
    percents = [*(result.meta.quantiles if quantiles is None else map(float, quantiles))]
    *amounts, rest = schedule.amounts(output)
    single = _outcomes(origin, [*amounts, rest], result.meta.draws) if outcomes else {}
    nodes: dict[str, Node] = {}
    upto = amounts[0]
    for n, amount in enumerate(amounts, start=1):
        upto = amount if n == 1 else make("add", upto, amount)
        nodes |= {_PER.format(n): amount, _UPTO.format(n): upto}
    nodes[LATER] = rest
    nodes["over"] = make("gt", schedule.end, const(schedule.clock.horizon * schedule.clock.period))
    drawn = _drawn(origin, nodes, result, output, percents)
    return _dataset(result, output, schedule, drawn, percents, single)


def _outcomes(origin: Origin, amounts: list[Node], draws: int) -> dict[str, Any]:
    """Return what every outcome spends in each period, and after the last one."""
    check_memory(draws, 2 * len(amounts), hint="Leave outcomes=True out for percentiles alone.")
    nodes = {str(n): node for n, node in enumerate(amounts)}
    found = np.empty((draws, len(amounts)))
    for first, part in observed_in_parts(origin.plan, nodes, origin.settings):
        columns = [*part.values()]
        found[first : first + len(columns[0])] = np.transpose(columns)
    return {
        "outcome": (("draw", "period"), found[:, :-1]),
        f"outcome_{LATER}": ("draw", found[:, -1]),
    }


def check_timeline(plan: Plan, output: str | None = None) -> str:
    """Return the output whose timeline is asked for: the cost, or what there is, if None.

    Raises
    ------
    UsageError
        For a model without periods, or an output that is not spent over time.
    """
    if plan.schedule is None:
        raise UsageError(
            'the model has no periods; add [time] with unit = "month" and horizon = 24, or '
            'model.time("month", 24)'
        )
    flows = [*plan.schedule.flows]
    if output is None:
        return flows[0]
    check_output(output, plan.outputs)
    if output not in flows:
        raise UsageError(f"{output} is not spent over time; write {', '.join(flows)} (--output)")
    return output


def _origin(result: Result) -> Origin:
    if not isinstance(result.origin, Origin):
        raise UsageError(
            "a timeline needs the model that the result was drawn from: run it per attempt, in "
            "this process"
        )
    return result.origin


def _drawn(
    origin: Origin, nodes: dict[str, Node], result: Result, output: str, percents: list[float]
) -> Result:
    """Draw the amounts. Their tails are no heavier than that of all together."""
    plan = with_outputs(origin.plan, nodes)
    tail = result.meta.tail_index.get(output, 0.0)
    plan = replace(plan, tail_index=dict.fromkeys(nodes, tail), notes=())
    settings = replace(origin.settings, keep=None, quantiles=tuple(percents), thresholds={})
    return run_plan(plan, settings)


def _dataset(
    result: Result,
    output: str,
    schedule: Schedule,
    drawn: Result,
    percents: list[float],
    single: dict[str, Any],
) -> xarray.Dataset:
    from simcost.analyses._plot import Drawing

    clock = schedule.clock
    periods = range(1, clock.horizon + 1)
    variables: dict[str, Any] = {**single}
    for key, name in (("amount", _PER), ("cumulative", _UPTO)):
        found = [[drawn.quantile(name.format(n), percent) for percent in percents] for n in periods]
        variables |= _table(key, ("period", "quantile"), found)
        variables |= _table(
            f"{key}_mean", ("period",), [drawn.mean(name.format(n)) for n in periods]
        )
    variables |= scalar(f"{LATER}_mean", drawn.mean(LATER)) | scalar(
        "total_mean", result.mean(output)
    )
    over = drawn.mean("over")
    variables |= scalar("over", over)
    notes = []
    if float(over) > 0:
        notes.append(
            f"{float(over):.2%} of the projects go on after {clock.unit} {clock.horizon}; what "
            "falls there is in none of the periods"
        )
    attrs = attributes(
        result,
        output,
        "timeline",
        method="outcomes",
        title=f"{output.replace('_', ' ')} by {clock.unit}",
        notes=notes,
        statistic="percentiles",
        period_unit=clock.unit,
        horizon=clock.horizon,
    )
    coords = {
        "period": np.arange(1, clock.horizon + 1),
        "quantile": labels(map(quantile_name, percents)),
    }
    if single:
        coords["draw"] = np.arange(result.meta.draws)
    return Drawing(variables, coords, attrs)


def _table(name: str, dims: tuple[str, ...], found: Sequence[Any]) -> dict[str, Any]:
    """Return variables ``name``, ``name_lower`` and ``name_upper`` of nested intervals."""
    numbers = np.array(_numbers(found))
    suffixes = ("", "_lower", "_upper")
    return {f"{name}{suffix}": (dims, numbers[..., k]) for k, suffix in enumerate(suffixes)}


def _numbers(found: Any) -> Any:
    return ends(found) if isinstance(found, Interval) else [_numbers(one) for one in found]


ANALYSIS = Analysis(
    "timeline",
    "what is spent in each period and up to its end",
    timeline,
    "closed forms of stages' dates; profiles after Norden (1970) and Lee, Hogue & Gallagher (1997)",
)
