"""What named scenarios do to an output, against the model as declared, on the same draws."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import numbers
from simcost.analyses._influence import Figure, Statistic, figures
from simcost.analyses._paired import difference
from simcost.analyses._region import probability
from simcost.analyses._runs import Runs, Vector, default_output, only, tail_index
from simcost.errors import UsageError
from simcost.graph.node import make
from simcost.model import Model
from simcost.result import Interval, Result
from simcost.result.means import NO_ERROR, NO_MEAN
from simcost.result.names import quantile_name
from simcost.result.ranks import value_rank
from simcost.run import Plan, Settings

BASE = "as declared"
CURVE = tuple(range(1, 100))  # percentiles of an S-curve
CURVE_DRAWS = 100_000  # more would not show in a figure


def stress(
    model: Model,
    output: str = "",
    *,
    scenarios: Sequence[str] | None = None,
    budget: float | None = None,
    **settings: Any,
) -> xr.Dataset:
    """Compare scenarios with the model as declared.

    Parameters
    ----------
    model : Model
        The model.
    output : str
        Which output; ``cost`` or the first where left out.
    scenarios : sequence of str, optional
        Which scenarios, all where left out.
    budget : float, optional
        Also the chance to exceed this.
    **settings
        Of `simcost.run.Settings`: draws, seed, design, quantiles, threads, engine, progress.

    Returns
    -------
    xarray.Dataset
        Dimensions ``scenario`` (the model as declared first) and ``quantile``. Variables ``value``
        and ``difference`` over both; ``mean``, ``mean_difference`` and ``probability`` (of the
        stressed region) over ``scenario``, and with a budget ``exceedance`` and
        ``exceedance_difference``; each with ``_lower`` and ``_upper``, NaN where there is no such
        number. ``curve`` over ``scenario`` and ``percentile``: P1 … P99 for a figure, of at most
        100,000 outcomes. ``base`` over ``quantile``: the model as declared. Attributes say what was
        run.

    Raises
    ------
    UsageError
        For an unknown output or scenario, or a model without scenarios.
    ResourceError
        When the outcomes would not fit into memory.
    """
    chosen = Settings(**settings)
    names = _chosen(model, scenarios)
    output = output or default_output(model)
    whole = model.plan()
    plans = [only(whole, output), *(only(model.plan(name), output) for name in names)]
    if budget is not None and not math.isfinite(budget):
        raise UsageError(f"a budget is a number, not {budget}")
    runs = Runs(output, chosen, len(plans))
    study = _Study(runs, budget, plans[0])
    rows = study.rows(plans)
    ones = [probability(model, name, whole, runs.settings) for name in names]
    rows = [
        {**row, "probability": one}
        for row, one in zip(rows, [Interval(1.0, 1.0, 1.0), *ones], strict=True)
    ]
    meta = study.base.meta
    unit = plans[0].units[output]
    attributes = {
        "analysis": "stress",
        "output": output,
        "unit": unit,
        "model": model.name,
        "scenario": "",
        "draws": meta.draws,
        "seed": meta.seed,
        "design": meta.design,
        "confidence": meta.confidence,
        "budget": math.nan if budget is None else float(budget),
        "title": _title(output, len(names)),
        "notes": list(_notes(rows)),
    }
    return _dataset([BASE, *names], runs.settings.quantiles, rows, study.curves, attributes)


class _Study:
    """Runs one plan after the other and compares each with the first."""

    def __init__(self, runs: Runs, budget: float | None, base: Plan) -> None:
        self.runs, self.budget, self.plan = runs, budget, base
        self.statistics = [Statistic("quantile", p) for p in runs.settings.quantiles]
        self.statistics.append(Statistic("mean"))
        if budget is not None:
            self.statistics.append(Statistic("chance", float(budget)))
        self.curves: list[Vector] = []
        self.base = runs.result(base)
        self.figures = self._figures(self.base, runs.output)

    def rows(self, plans: Sequence[Plan]) -> list[dict[str, Any]]:
        """Return the figures of plans and how they differ from those of the base."""
        base = self.plan.outputs[self.runs.output]
        changed = [plan for plan in plans if plan.outputs[self.runs.output] is not base]
        drawn = iter(zip(changed, self.runs.together(changed), strict=True))
        rows = []
        for plan in plans:
            if plan.outputs[self.runs.output] is base:
                rows.append(self._row(plan, self.base, self.runs.output, self.figures))
            else:
                _, (result, name) = next(drawn)
                rows.append(self._row(plan, result, name, self._figures(result, name)))
        return rows

    def _row(self, plan: Plan, result: Result, name: str, found: list[Figure]) -> dict[str, Any]:
        ordered = np.sort(result.values[name][:CURVE_DRAWS])
        ranks = [value_rank(len(ordered), percent) for percent in CURVE]
        self.curves.append(ordered[np.array(ranks) - 1])
        moved = [
            self._difference(plan, after, before)
            for after, before in zip(found, self.figures, strict=True)
        ]
        k = len(self.runs.settings.quantiles)
        row: dict[str, Any] = {
            "value": [result.quantile(name, p) for p in self.runs.settings.quantiles],
            "difference": moved[:k],
            "mean": result.mean(name),
            "mean_difference": moved[k],
        }
        if self.budget is not None:
            row["exceedance"] = result.exceedance(name, self.budget)
            row["exceedance_difference"] = moved[k + 1]
        return row

    def _figures(self, result: Result, name: str) -> list[Figure]:
        def known(percent: float) -> Interval:
            return result.quantile(name, percent)

        return figures(result.values[name], self.statistics, self.runs.sampling, known)

    def _difference(self, plan: Plan, after: Figure, before: Figure) -> Interval:
        found = difference(after, before, self.runs.sampling)
        if after.statistic.kind != "mean" or after is before:
            return found
        nodes = (plan.outputs[self.runs.output], self.plan.outputs[self.runs.output])
        xi = tail_index(make("sub", *nodes))
        if xi >= 1.0:
            return Interval(None, reason=NO_MEAN.format(xi=xi))
        return Interval(found.value, reason=NO_ERROR.format(xi=xi)) if xi >= 0.5 else found


def _title(output: str, count: int) -> str:
    return f"What {count} scenario{'s' * (count > 1)} would do to the {output}"


def _chosen(model: Model, scenarios: Sequence[str] | None) -> tuple[str, ...]:
    names = model.scenarios if scenarios is None else tuple(scenarios)
    if not names:
        raise UsageError(
            "the model has no scenarios: add [scenarios.NAME] to it, give a file of them "
            "(--stress), change something (--set wage.scale=1.3) or ask for a --ladder"
        )
    for name in names:
        model.compiled(name)  # says what is wrong before anything is drawn
    return tuple(dict.fromkeys(names))


def _notes(rows: list[dict[str, Any]]) -> list[str]:
    """Return each reason why a number is missing, once; a missing region needs none."""
    cells = [
        cell
        for row in rows
        for key, value in row.items()
        if key != "probability"
        for cell in (value if isinstance(value, list) else [value])
    ]
    return [*dict.fromkeys(cell.reason for cell in cells if cell.reason)]


def _dataset(
    names: list[str],
    quantiles: tuple[float, ...],
    rows: list[dict[str, Any]],
    curves: list[Vector],
    attributes: dict[str, Any],
) -> xr.Dataset:
    variables: dict[str, Any] = {}
    for key, first in rows[0].items():
        dims = ("scenario", "quantile") if isinstance(first, list) else ("scenario",)
        cells = [row[key] for row in rows]
        for end, suffix in (("value", ""), ("low", "_lower"), ("high", "_upper")):
            variables[key + suffix] = (dims, numbers(cells, end))
    variables["base"] = ("quantile", variables["value"][1][0])
    variables["curve"] = (("scenario", "percentile"), np.array(curves))
    coordinates = {
        "scenario": np.array(names, dtype=object),
        "quantile": np.array([quantile_name(p) for p in quantiles], dtype=object),
        "percentile": np.array(CURVE, dtype=float),
    }
    return xr.Dataset(variables, coordinates, attributes)


ANALYSIS = Analysis(
    name="stress",
    summary="Scenarios against the model as declared, on the same draws.",
    run=stress,
    source="paired comparison on common random numbers; Glasserman & Yao (1992)",
)
