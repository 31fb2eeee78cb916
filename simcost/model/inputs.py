"""Inputs become uniform draws, coupled by their correlations, and quantiles of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from simcost.dependence import Pair, couple
from simcost.errors import ModelError, Problem
from simcost.families import Constant, Distribution
from simcost.graph.expression import Expression
from simcost.graph.node import OUTCOME, PROJECT, Node, const, make, quantile, stream
from simcost.model.context import Context
from simcost.units import PLAIN, parse_unit


def input_node(name: str) -> Node:
    """Return the node that stands for an input in expressions built in Python.

    A placeholder, known by the name alone: scenarios and correlations change what it stands for.
    """
    return make("stream", name=f"\0input {name}")


def drawn(distribution: Distribution, uniform: Node | None) -> Node:
    """Return the node of a draw; a fixed value needs no uniform."""
    if isinstance(distribution, Constant) or uniform is None:
        return const(float(distribution.mean()))
    return quantile(uniform, distribution)


def declare_inputs(
    context: Context, per_project: frozenset[str], *, force: bool
) -> dict[Node, Node]:
    """Give every input its draws, coupled where correlations say so.

    Parameters
    ----------
    context : Context
        Takes the values, streams, notes and problems.
    per_project : frozenset of str
        Inputs that are drawn once for all attempts of a project.
    force : bool
        Accept a repair of the correlations of any size.

    Returns
    -------
    dict of Node to Node
        What the placeholders of expressions built in Python stand for.
    """
    replaced: dict[Node, Node] = {}
    uniforms: dict[str, Node] = {}
    for name, declared in context.spec.inputs.items():
        # A fixed input keeps its dimension, so that a scenario that fixes it moves no other.
        context.streams.append(name)
        if isinstance(declared.coupled_by, Constant):
            continue
        index = PROJECT if name in per_project else OUTCOME
        uniforms[name] = stream(name, index)
    uniforms |= _coupled(context, uniforms, force)
    for name, declared in context.spec.inputs.items():
        try:
            unit = parse_unit(declared.unit) if declared.unit else PLAIN
        except ModelError as error:
            context.blame(error, ("inputs", name, "unit"))
            context.broken.add(name)
            continue
        node = drawn(declared.distribution, uniforms.get(name))
        context.values[name] = Expression(node, unit)
        replaced[input_node(name)] = node
    return replaced


def _coupled(context: Context, uniforms: Mapping[str, Node], force: bool) -> Mapping[str, Node]:
    def fixed(name: str) -> bool:
        return isinstance(context.spec.inputs[name].distribution, Constant)

    pairs, places = [], []
    without_effect: dict[str, None] = {}
    for i, declared in enumerate(context.spec.correlations):
        if any(name in context.broken for name in declared.between):
            continue
        unknown = [name for name in declared.between if name not in context.spec.inputs]
        if unknown:
            context.problems.append(
                Problem(
                    f"there is no input {unknown[0]!r} to correlate",
                    path=(*(declared.where or ("correlations", i)), "between"),
                )
            )
            continue
        without_effect |= dict.fromkeys(filter(fixed, declared.between))
        if not all(name in uniforms for name in declared.between):
            continue
        first, second = declared.between
        pairs.append(
            Pair(first, second, declared.measure, declared.value, declared.copula, declared.df)
        )
        places.append(declared.where or ("correlations", i))
    if without_effect:
        names = ", ".join(without_effect)
        context.notes.append(f"correlations without effect, since fixed here: {names}")
    distributions = {
        name: declared.coupled_by
        for name, declared in context.spec.inputs.items()
        if name in uniforms
    }
    try:
        coupling = couple(
            pairs,
            distributions,
            uniforms,
            force=force,
            stress=context.spec.correlation_stress,
        )
    except ModelError as error:
        for problem in error.problems:
            _, pair, *rest = problem.path
            context.problems.append(replace(problem, path=(*places[int(pair)], *rest)))
        return {}
    context.notes += coupling.notes
    return coupling.uniforms
