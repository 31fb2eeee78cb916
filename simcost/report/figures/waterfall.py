"""Waterfall by stage: where the mean of a figure is spent, what of it is lost, what comes back."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from simcost.errors import UsageError
from simcost.graph.node import Node, const
from simcost.graph.node import make as node
from simcost.model.tails import tail_indices
from simcost.report.cells import with_unit
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._marks import fit_across, name_rows, rows_of
from simcost.report.figures._numbers import amount, amounts, scale_of
from simcost.report.figures._palette import BLUE, GREEN, INK, VERMILLION, paled
from simcost.report.figures._result import notes_of, output_of
from simcost.report.figures._sheet import Heading, Key, line, patch, sheet, source_of
from simcost.report.figures._waterfall import Part, Step, draw_steps
from simcost.result import Result
from simcost.run import Plan, run_plan
from simcost.run.drivers import with_outputs
from simcost.run.engine import Origin

_SPENT = ("cost", "emissions", "duration")
_ZERO = const(0.0)
_SALVAGE = "recovered by salvage"


def make(result: Result, *, output: str | None = None, title: str = "") -> Drawing:
    """Draw what each stage adds to the mean of an output.

    The outcomes of the run are drawn again, to the bit, for the figures of single stages.

    Parameters
    ----------
    result : Result
        Of a run per attempt of a model with stages.
    output : str, optional
        ``cost`` (if not given), ``emissions`` or ``duration``.
    title : str
        Instead of ours.

    Raises
    ------
    UsageError
        When there are no stages, or the mean does not exist.
    """
    name = output_of(result, output)
    plan, stages = _stages(result, name)
    means = _means(result, plan, stages, name)
    unit = result.units[name]
    scale = scale_of([float(means.mean(one)) for one in (*stages, "total")])
    steps = [_stage(means, stage, unit) for stage in stages]
    back = means.mean("back")
    if float(back) > 0:
        text = f"\N{MINUS SIGN}{amount(back, unit)}"
        part = Part(-float(back), GREEN)
        steps.append(Step(_SALVAGE, text, (part,), back.half_width))
    total = result.mean(name)
    lost = float(means.mean("total lost"))
    parts = (Part(float(total) - lost, BLUE), Part(lost, VERMILLION, True))
    steps.append(Step(f"mean {name}", amount(total, unit), parts, total.half_width, total=True))
    heading = Heading(
        title or f"Where the {name} goes, stage by stage",
        "means over all projects, those that fail included",
        source_of(result.meta),
        (*notes_of(result, name), *_notes(result, name)),
        _keys(f"{100 * result.meta.confidence:g}%", float(back) > 0),
    )
    rows = rows_of([step.name for step in steps])
    drawing = sheet(heading, rows.height + 0.65)
    axes = drawing.add_subplot()
    name_rows(axes, rows)
    texts, reached = draw_steps(axes, rows, steps)
    amounts(axes.xaxis, scale)
    axes.set_xlabel(with_unit(name, unit))
    axes.grid(axis="x")
    fit_across(drawing, axes, min(0.0, *reached), max(reached), texts)
    return drawing


def _stages(result: Result, name: str) -> tuple[Plan, dict[str, Node]]:
    """Return the plan and what each stage has spent of a figure, by the stage's name."""
    origin = getattr(result, "origin", None)
    if not isinstance(origin, Origin):
        why = "run per attempt, in this process" if result.meta.view == "attempt" else "per attempt"
        raise UsageError(f"a waterfall by stage takes a result of a run {why}")
    end = f".{name} spent"
    labels = origin.plan.labels.items()
    stages = {label.removesuffix(end): one for label, one in labels if label.endswith(end)}
    if name not in _SPENT or not stages:
        possible = [one for one in _SPENT if any(k.endswith(f".{one} spent") for k, _ in labels)]
        raise UsageError(
            f"{name!r} is not spent in stages"
            + (f"; write {', '.join(possible)}" if possible else ": the model has none")
        )
    return origin.plan, stages


def _means(result: Result, plan: Plan, stages: dict[str, Node], name: str) -> Result:
    """Draw the figures of each stage on the outcomes of the run, and those of the total."""
    succeeded, total = plan.outputs["succeeded"], plan.outputs[name]
    nodes = dict(stages)
    for stage, spent in stages.items():
        nodes[f"{stage} lost"] = node("where", succeeded, _ZERO, spent)
    nodes["back"] = node("sub", reduce(lambda a, b: node("add", a, b), stages.values()), total)
    nodes["total"] = total
    nodes["total lost"] = node("where", succeeded, _ZERO, total)
    tails = tail_indices(nodes.values())
    asked = replace(with_outputs(plan, nodes), tail_index={k: tails[n] for k, n in nodes.items()})
    origin = result.origin
    assert isinstance(origin, Origin)
    means = run_plan(asked, replace(origin.settings, keep=None, thresholds={}))
    for one in nodes:
        mean = means.mean(one)
        if mean.value is None:
            raise UsageError(f"a waterfall is made of means: {mean.reason}")
    return means


def _stage(means: Result, stage: str, unit: str) -> Step:
    spent, lost = means.mean(stage), float(means.mean(f"{stage} lost"))
    parts = (Part(float(spent) - lost, BLUE), Part(lost, VERMILLION, True))
    return Step(stage, amount(spent, unit), parts, spent.half_width)


def _keys(level: str, salvage: bool) -> tuple[Key, ...]:
    hatched = {"hatch": "////", "edgecolor": VERMILLION}
    keys = [patch(BLUE, "in projects that succeed")]
    keys.append(patch(paled(VERMILLION), "in projects that fail", **hatched))
    keys += [patch(GREEN, "comes back")] * salvage
    keys.append(line(INK, f"{level} interval", marker="|", markersize=6))
    return tuple(keys)


def _notes(result: Result, name: str) -> tuple[str, ...]:
    if name != "cost" or "write_off" not in result.outputs:
        return ()
    off = result.mean("write_off")
    if off.value is None:
        return ()
    text = amount(off, result.units["write_off"])
    return (f"The mean write-off, what failed projects cost less salvage, is {text}.",)


FIGURE = Figure("waterfall", "result", "What each stage adds to the mean.", make)
