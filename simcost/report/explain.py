"""A model as it was understood, in words that can be checked against what was meant."""

from __future__ import annotations

import numpy as np

from simcost.families import Distribution
from simcost.graph.expression import Expression
from simcost.graph.profiles import UNIFORM
from simcost.model import Change, Compiled, Model, ModelSpec
from simcost.model.scenario import apply_scenario
from simcost.report.columns import columns
from simcost.result.digits import figure

PERCENTILES = np.array([0.1, 0.5, 0.9])


def explanation(model: Model, scenario: str = "") -> str:
    """Return a model's inputs, formulas, stages and outputs as text.

    Parameters
    ----------
    model : Model
        The model.
    scenario : str
        A named change of it; empty for the model as declared.

    Returns
    -------
    str
        Plain text, no colours.
    """
    compiled = model.compiled(scenario)
    spec = apply_scenario(model.spec, scenario) if scenario else model.spec
    title = f"{model.name}" + (f", scenario {scenario}" if scenario else "")
    sections = [
        [title],
        _inputs(spec, compiled),
        _switches(spec),
        _quantities(spec, compiled),
        _stages(spec, compiled),
        _time(spec),
        _correlations(spec),
        _outputs(compiled),
        _scenarios(spec),
        ["Notes", *(f"  {note}" for note in compiled.notes)] if compiled.notes else [],
    ]
    return "\n\n".join("\n".join(section) for section in sections if section)


def _inputs(spec: ModelSpec, compiled: Compiled) -> list[str]:
    if not spec.inputs:
        return []
    rows = [("input", "unit", "P10", "P50", "P90", "distribution", "basis")]
    for name, declared in spec.inputs.items():
        if declared.choices:
            continue
        basis = declared.basis + (f" ({declared.origin})" if declared.origin else "")
        figures = percentiles(declared.distribution)
        text = declared.distribution.describe()
        rows.append((name, str(compiled.inputs[name].unit), *figures, text, basis))
    return ["Inputs", *columns(rows, right=(2, 3, 4))]


def _chosen_by_name(spec: ModelSpec, text: str) -> str:
    """Return a formula with the choices of its switches by name, not by number."""
    for name, one in spec.inputs.items():
        for number, choice in enumerate(one.choices, start=1):
            text = text.replace(f" if {name} == {number} else ", f" if {name} is {choice} else ")
    return text


def _switches(spec: ModelSpec) -> list[str]:
    rows = [
        (name, "=", one.chosen, f"of {', '.join(one.choices)}")
        for name, one in spec.inputs.items()
        if one.choices
    ]
    return ["Switches", *columns(rows)] if rows else []


def percentiles(distribution: Distribution) -> tuple[str, str, str]:
    """Return P10, P50 and P90 of a distribution as text."""
    low, middle, high = (figure(float(value), 4) for value in distribution.quantile(PERCENTILES))
    return low, middle, high


def _quantities(spec: ModelSpec, compiled: Compiled) -> list[str]:
    if not spec.quantities:
        return []
    rows = [
        (
            name,
            "=",
            _chosen_by_name(spec, _formula(declared.formula)),
            _in(compiled.quantities[name]),
        )
        for name, declared in spec.quantities.items()
    ]
    return ["Quantities", *columns(rows)]


def _stages(spec: ModelSpec, compiled: Compiled) -> list[str]:
    lines = []
    for number, (declared, stage) in enumerate(
        zip(spec.stages, compiled.stages, strict=True), start=1
    ):
        lines.append(f"  {number}. {declared.name}")
        rows = []
        for key in ("cost", "duration", "emissions", "failure", "spent_at_failure", "salvage"):
            term = getattr(declared, key)
            if term is not None:
                rows.append((key, "=", _formula(term), _in(getattr(stage, key))))
        if declared.profile != UNIFORM:
            rows.append(("profile", "=", declared.profile.describe(), ""))
        lines += [f"   {line}" for line in columns(rows)] if rows else []
    return ["Stages, in order; a failure ends the project", *lines] if lines else []


def _time(spec: ModelSpec) -> list[str]:
    time = spec.time
    if time is None:
        return []
    rows = [("periods", "=", f"{time.horizon} × {time.unit}")]
    for key in ("discount_rate", "escalation"):
        term = getattr(time, key)
        if term is not None:
            how = f", {time.compounding}" if key == "discount_rate" else ""
            rows.append((key, "=", f"{_formula(term)} a year{how}"))
    years = [(key, getattr(time, key)) for key in ("price_year", "start_year")]
    rows += [(key, "=", str(year)) for key, year in years if year is not None]
    return ["Time", *columns(rows)]


def _correlations(spec: ModelSpec) -> list[str]:
    rows = [
        (
            " ~ ".join(pair.between),
            f"{pair.measure} {pair.value:g}",
            f"{pair.copula} copula" + (f", df {pair.df:g}" if pair.df else ""),
        )
        for pair in spec.correlations
    ]
    return ["Correlations", *columns(rows)] if rows else []


def _outputs(compiled: Compiled) -> list[str]:
    rows = [(name, _in(expression)) for name, expression in compiled.outputs.items()]
    return ["Outputs", *columns(rows)] if rows else []


def _scenarios(spec: ModelSpec) -> list[str]:
    rows = []
    for name, scenario in spec.scenarios.items():
        rows += [(name, "extends", parent) for parent in scenario.extends]
        rows += [
            (name, target, _chosen(spec, target, change) or in_words(change))
            for target, change in scenario.changes.items()
        ]
        rows += [
            (name, " and ".join(pair.between), f"{pair.measure} {pair.value:g}")
            for pair in scenario.correlations
        ]
        if scenario.correlation_stress is not None:
            rows.append((name, "correlation_stress", f"{scenario.correlation_stress:g}"))
    return ["Scenarios", *columns(rows)] if rows else []


def _chosen(spec: ModelSpec, target: str, change: Change) -> str:
    """Return what a change of a switch chooses; empty for anything else."""
    choices = spec.inputs[target].choices if target in spec.inputs else ()
    return choices[round(change.value) - 1] if choices and change.value is not None else ""


def in_words(change: Change) -> str:
    """Return ``scale = 0.8`` and the like."""
    for field in ("value", "percentile", "percentiles", "shift", "scale", "distribution"):
        value = getattr(change, field)
        if value is not None:
            shown = value.describe() if isinstance(value, Distribution) else value
            return f"{field} = {shown}"
    return "as it is"


def _formula(term: object) -> str:
    if isinstance(term, Distribution):
        return term.describe()
    if isinstance(term, Expression):
        return "(built in Python)"
    return f"{term:g}" if isinstance(term, float) else " ".join(str(term).split())


def _in(expression: Expression) -> str:
    unit = str(expression.unit)
    return f"[{unit}]" if unit else "[plain number]"
