"""One run of a plan: with every outcome in memory, or with none."""

from __future__ import annotations

from simcost.result import Result
from simcost.run.engine import Settings
from simcost.run.memory import keeps
from simcost.run.plan import Plan
from simcost.run.stream import run_in_memory, run_stream


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
    if keeps(settings.draws, len(plan.outputs), settings.keep, settings.memory_limit):
        return run_in_memory(plan, settings)
    return run_stream(plan, settings)
