"""One run of a plan: with every outcome in memory, or with none."""

from __future__ import annotations

from dataclasses import replace

from simcost.result import Result
from simcost.run.conditional import Conditional, conditional
from simcost.run.engine import Settings, draw
from simcost.run.memory import AMPLE, check_memory, keeps
from simcost.run.plan import Plan
from simcost.run.stream import run_in_memory, run_stream

TOO_LARGE = "gates were drawn: the outcomes in all their patterns are too many to keep"


def run_plan(plan: Plan, settings: Settings) -> Result:
    """Draw a plan.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How to draw it.

    Returns
    -------
    Result
        The same figures to the bit, whether the outcomes are kept or not.

    Raises
    ------
    ResourceError
        When it would take too much memory or time; nothing has been drawn then.
    NumericalError
        When an output is NaN or infinite; names the outcome and the quantity that made it.
    """
    if settings.gates == "exact" and (found := conditional(plan)) is not None:
        # Weighted outcomes are measured when all of them are there.
        if keeps(settings.draws, found.room, settings.keep, settings.memory_limit, AMPLE):
            return run_conditional(found, settings)
        plan = replace(plan, notes=(*plan.notes, TOO_LARGE))
    if keeps(settings.draws, len(plan.outputs), settings.keep, settings.memory_limit):
        return run_in_memory(plan, settings)
    return run_stream(plan, settings)


def run_conditional(found: Conditional, settings: Settings) -> Result:
    """Draw a plan in all its patterns and keep every outcome; as `run_plan`."""
    settings = found.rounded(settings)
    check_memory(settings.draws, found.room, settings.memory_limit)
    values = draw(found.program, settings, 0, settings.draws)
    found.check(settings, values, 0)
    return found.result(settings, values)
