"""One outcome, by its number, with everything that led to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simcost.errors import UsageError
from simcost.machine import trace
from simcost.run.given import whole
from simcost.run.plan import Plan


@dataclass(frozen=True, slots=True)
class Trace:
    """Every named figure of one outcome.

    Parameters
    ----------
    outcome : int
        Its number.
    values : mapping of str to float
        Inputs, quantities, stage figures and outputs, in order; equal to the batch to the bit.
    units : mapping of str to str
        Their units.
    outputs : tuple of str
        Which of them are outputs.
    """

    outcome: int
    values: Mapping[str, float]
    units: Mapping[str, str]
    outputs: tuple[str, ...]


def trace_plan(
    plan: Plan, seed: int, design: str, outcome: int, bases: tuple[int, int] = (0, 0)
) -> Trace:
    """Replay one outcome of a run.

    Parameters
    ----------
    plan : Plan
        The plan that was run.
    seed, design : int, str
        Those of the run.
    outcome : int
        Number of the outcome, from 0.
    bases : tuple of int
        Added to it for streams of an outcome, and of a project.

    Returns
    -------
    Trace

    Raises
    ------
    UsageError
        For a number that the design does not reach.
    """
    outcome = whole("outcome", outcome, 0)
    named = {**plan.labels, **plan.outputs}
    try:
        found = trace(
            named.values(),
            seed=seed,
            design=design,
            outcome=outcome,
            bases=bases,
            dimensions=plan.dimensions,
        )
    except ValueError:
        raise UsageError(f"the {design} design has no outcome {outcome:,}") from None
    values = {name: found[node] for name, node in named.items()}
    units = {name: plan.units.get(name, plan.label_units.get(name, "")) for name in named}
    return Trace(outcome, values, units, tuple(plan.outputs))
