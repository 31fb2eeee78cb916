"""From a declared model to named, unit-checked expressions. Every problem is collected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simcost.errors import ModelError
from simcost.graph.expression import Expression
from simcost.model.context import Context, View
from simcost.model.figures import Figures
from simcost.model.formulas import Formulas
from simcost.model.inputs import declare_inputs
from simcost.model.lints import lints
from simcost.model.spec import ModelSpec
from simcost.model.stages import Stage
from simcost.model.timing import check_time, refuse_period
from simcost.model.units import in_one_name_each
from simcost.run.flows import PERIOD, moves
from simcost.run.schedule import Schedule
from simcost.units import PLAIN, parse_unit

ATTEMPT = View()


@dataclass(frozen=True, slots=True)
class Compiled:
    """A model with its names resolved and its units checked.

    Parameters
    ----------
    inputs, quantities, outputs : mapping of str to Expression
        In order of declaration; `outputs` starts with those that the stages define.
    stages : tuple of Stage
        Stages as expressions.
    labels : mapping of str to Expression
        Everything with a name, for replay and listings.
    streams : tuple of str
        All streams in order of declaration.
    notes : tuple of str
        Remarks that a reader of the results must see.
    schedule : Schedule or None
        When stages spend what they spend, in a model with periods.
    """

    inputs: Mapping[str, Expression]
    quantities: Mapping[str, Expression]
    outputs: Mapping[str, Expression]
    stages: tuple[Stage, ...]
    labels: Mapping[str, Expression]
    streams: tuple[str, ...]
    notes: tuple[str, ...]
    schedule: Schedule | None = None


def compile_spec(spec: ModelSpec, *, force: bool = False, view: View = ATTEMPT) -> Compiled:
    """Resolve names, check units and lower the stages of a model.

    Parameters
    ----------
    spec : ModelSpec
        The model as declared.
    force : bool
        Accept a repair of the correlations of any size.
    view : View
        The question that it is compiled for.

    Returns
    -------
    Compiled

    Raises
    ------
    ModelError
        With every problem found, each with its path in the model file.
    """
    context = Context(spec, view, broken=set(spec.broken))
    check_time(context)
    formulas = Formulas(context)
    figures = Figures(context, formulas)
    per_project = formulas.inputs_of_chances() if view.name == "success" else frozenset()
    replaced = declare_inputs(context, per_project, force=force)
    if spec.time is not None:
        context.values["period"] = Expression(PERIOD, PLAIN)
    formulas.evaluate(replaced, figures.lower)
    outputs = _outputs(context, formulas, figures)
    if context.problems:
        raise ModelError(context.problems)
    inputs, quantities = _named(context, spec.inputs), _named(context, spec.quantities)
    return Compiled(
        inputs=inputs,
        quantities=quantities,
        outputs=outputs,
        stages=figures.stages,
        labels=_fixed({**inputs, **quantities, **figures.lowered.labels, **outputs}, spec),
        streams=tuple(context.streams),
        notes=(*context.notes, *lints(spec)),
        schedule=figures.lowered.schedule,
    )


def _fixed(labels: dict[str, Expression], spec: ModelSpec) -> dict[str, Expression]:
    """Return the figures that have one value in an outcome, whatever the period."""
    if spec.time is None:
        return labels
    return {name: one for name, one in labels.items() if not moves(one.node)}


def _named(context: Context, names: Iterable[str]) -> dict[str, Expression]:
    return {name: context.values[name] for name in names if name in context.values}


def _outputs(context: Context, formulas: Formulas, figures: Figures) -> dict[str, Expression]:
    outputs = dict(figures.lowered.outputs)
    for name, declared in context.spec.outputs.items():
        if name not in context.values:
            continue
        expression = context.values[name]
        if declared.unit and name not in formulas.entries:
            try:
                expression = expression.to(parse_unit(declared.unit))
            except ModelError as error:
                context.blame(error, ("outputs", name, "unit"))
        if context.spec.time is not None:
            context.problems += refuse_period(expression.node, name, ("outputs", name))
        outputs[name] = expression if declared.unit else in_one_name_each(expression)
    if outputs or context.spec.stages or context.spec.outputs:
        return outputs
    used = formulas.used()
    last = [name for name in context.spec.quantities if name not in used]
    return _named(context, last or context.spec.quantities or context.spec.inputs)
