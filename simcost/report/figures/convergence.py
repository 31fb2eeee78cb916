"""Convergence: P10, P50, P90 and the mean against the number of draws, with their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from simcost.errors import UsageError
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import amount, amounts, scale_of
from simcost.report.figures._palette import BLUE, INK, paled
from simcost.report.figures._result import MARKED, notes_of, output_of
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of
from simcost.result import Interval, Result
from simcost.result.names import quantile_name
from simcost.run import run_plan
from simcost.run.drivers import observe
from simcost.run.engine import Origin

Vector = npt.NDArray[np.float64]

_FIRST = 64
_STEPS = 32
_MOST = 1 << 20  # outcomes drawn again for the curve of a run that did not keep its own
_SETTLED = 0.01  # of the draws: what comes before may run out of the picture


def make(result: Result, *, output: str | None = None, title: str = "") -> Drawing:
    """Draw how the figures of an output settle as draws are added.

    A longer run keeps the outcomes of a shorter one, so each point is what a run of so many draws
    reports.

    Parameters
    ----------
    result : Result
        Of a run.
    output : str, optional
        Which output; the cost if not given.
    title : str
        Instead of ours.
    """
    name = output_of(result, output)
    points = _points(result, name)
    unit, meta = result.units[name], result.meta
    level = f"{100 * meta.confidence:g}%"
    heading = Heading(
        title or f"{name}: how the figures settle",
        f"each point is what a run of so many draws reports{f', in {unit}' if unit else ''}",
        source_of(meta),
        (*notes_of(result, name), *_notes(result)),
        (
            line(BLUE, "estimate", linewidth=1.8),
            patch(paled(BLUE, 0.7), f"its {level} interval"),
            line(INK, f"all {meta.draws:,} draws", linewidth=1.0, linestyle=(0, (4, 2))),
        ),
    )
    drawing = sheet(heading, 4.6)
    panels = drawing.subplots(2, 2, sharex=True)
    labels = [*map(quantile_name, MARKED), "mean"]
    for axes, label in zip(panels.flat, labels, strict=True):
        found = [(count, one[label]) for count, one in points]
        _panel(axes, label, found, unit)
    for axes in panels[-1]:
        axes.set_xlabel("draws")
    return drawing


def _points(result: Result, name: str) -> list[tuple[int, dict[str, Interval]]]:
    """Return the figures of growing parts of a run, the last one the whole."""
    meta = result.meta
    kept = meta.draws if result.kept else min(meta.draws, _MOST)
    counts = _counts(meta.draws, meta.design, meta.replicates, kept)
    found = []
    for part in (*_parts(result, name, counts[:-1]), result):
        estimate = part.estimate(name, MARKED)
        found.append((part.meta.draws, {**estimate.quantiles, "mean": estimate.mean}))
    return found


def _parts(result: Result, name: str, counts: list[int]) -> Iterator[Result]:
    """Yield the results of runs of so many draws, from the outcomes at hand where there are any."""
    if not counts:
        return
    meta, origin = result.meta, result.origin
    if not isinstance(origin, Origin) and (meta.gates == "exact" or not result.kept):
        raise UsageError("the outcomes were not kept: run with keep=True, or with fewer draws")
    if meta.gates == "exact":  # outcomes are weighted: each part is run by itself
        assert isinstance(origin, Origin)
        for count in counts:
            yield run_plan(origin.plan, replace(origin.settings, draws=count, thresholds={}))
        return
    if isinstance(origin, Origin) and not result.kept:
        node = {name: origin.plan.outputs[name]}
        values = observe(origin.plan, node, origin.settings, 0, counts[-1])[name]
    else:
        values = result.values[name]
    for count in counts:
        part = {name: values[:count]}
        yield Result(part, {name: result.units[name]}, replace(meta, draws=count))


def _counts(draws: int, design: str, replicates: int, kept: int) -> list[int]:
    """Return numbers of draws, evenly spaced on a logarithmic axis.

    A part of a balanced design is balanced where each replicate has a power of two.
    """
    if design == "random":
        first = min(_FIRST, max(draws // 4, 2))
        spaced = np.geomspace(first, kept, _STEPS).round().astype(int)
        counts = {int(count) for count in spaced}
    else:
        powers = range(2, 40)
        counts = {replicates << k for k in powers if replicates << k <= kept}
    return sorted({*(count for count in counts if count <= kept), draws})


def _panel(axes: Axes, label: str, found: list[tuple[int, Interval]], unit: str) -> None:
    counts = np.array([count for count, _ in found], dtype=float)
    low, high = (
        np.array([math.nan if end is None else end for end in ends])
        for ends in ([one.low for _, one in found], [one.high for _, one in found])
    )
    values = np.array([float(one) for _, one in found])
    last = found[-1][1]
    scale = scale_of(values.tolist())
    axes.set_title(f"{label}  {amount(last, unit)}", weight="bold")
    axes.set_xscale("log")
    axes.fill_between(counts, low, high, color=paled(BLUE, 0.7), linewidth=0)
    axes.plot(counts, values, color=BLUE, linewidth=1.8, marker="o", markersize=2.5)
    if last.value is not None:
        axes.axhline(last.value, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), zorder=1.5)
    axes.set_xlim(counts[0], counts[-1])
    axes.set_ylim(*_window(counts, values, low, high))
    decades = [10.0**k for k in range(14) if counts[0] <= 10.0**k <= counts[-1] * 1.001]
    axes.xaxis.set_major_locator(FixedLocator(decades or [counts[0], counts[-1]]))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(_count_text))
    amounts(axes.yaxis, scale, ticks=4)
    axes.grid(axis="both")


def _count_text(value: float, _: int | None = None) -> str:
    return scale_of([value]).rough(value, 1)


def _window(counts: Vector, values: Vector, low: Vector, high: Vector) -> tuple[float, float]:
    """Return vertical limits that show the settled part well, and the wild start in part."""
    settled = counts >= counts[-1] * _SETTLED
    shown = np.concatenate([values[settled], low[settled], high[settled]])
    shown = shown[np.isfinite(shown)]
    if not len(shown):
        return 0.0, 1.0
    bottom, top = float(shown.min()), float(shown.max())
    margin = (top - bottom) * 0.25 or abs(top) * 0.1 or 1.0
    return bottom - margin, top + margin


def _notes(result: Result) -> tuple[str, ...]:
    if result.meta.design == "lhs":
        return ("A part of a Latin hypercube is less even than the whole.",)
    return ()


FIGURE = Figure("convergence", "result", "How the figures settle as draws are added.", make)
