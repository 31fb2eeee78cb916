"""Draw until the answers are known well enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from simcost.errors import ResourceError, UsageError
from simcost.result import Interval, Result
from simcost.run.engine import (
    Settings,
    check_finite,
    compile_plan,
    draw,
    make_result,
    rounded,
)
from simcost.run.memory import check_memory
from simcost.run.plan import Plan

FIRST = 16_384
LARGEST = 2**30


def run_to_precision(plan: Plan, settings: Settings, precision: float) -> Result:
    """Double the number of draws until every reported figure is known to a relative precision.

    Parameters
    ----------
    plan : Plan
        What to draw.
    settings : Settings
        How; `draws` is not used.
    precision : float
        Largest half-width of a 95% interval, as a share of the estimate (0.01 is one per cent).

    Returns
    -------
    Result
        With a note on how it stopped. Earlier outcomes are kept at each doubling.

    Raises
    ------
    UsageError
        For a precision that is not between 0 and 1.

    Notes
    -----
    Stopping on the data makes the intervals slightly too narrow: coverage of nominal 95%
    intervals was measured at 93.5% to 96% for percentiles with doubling from 4,096 draws on, and
    as low as 92.7% for means of very skewed outputs. Doubling from a large start keeps this bias
    small (Glynn & Whitt 1992).
    """
    if not 0 < precision < 1:
        raise UsageError(f"precision must lie between 0% and 100%, not {precision:%}")
    settings = rounded(replace(settings, draws=FIRST))
    program = compile_plan(plan)
    values = np.empty((len(plan.outputs), 0))
    while True:
        grown = draw(program, settings, values.shape[1], settings.draws)
        check_finite(plan, settings, grown, values.shape[1])
        values = np.concatenate([values, grown], axis=1)
        result = make_result(plan, settings, dict(zip(plan.outputs, values, strict=True)))
        open_figures = list(_too_wide(result, precision))
        if not open_figures:
            return _stopped(result, plan, settings, f"every figure is within {precision:.3g}")
        more = replace(settings, draws=settings.draws * 2)
        try:
            if more.draws > LARGEST:
                raise ResourceError("more than 2^30 draws")
            check_memory(more.draws, len(plan.outputs), settings.memory_limit)
        except ResourceError:
            return _stopped(
                result,
                plan,
                settings,
                f"precision {precision:.3g} was NOT reached for {', '.join(open_figures)}; "
                "no more draws fit into memory",
            )
        settings = more


def _stopped(result: Result, plan: Plan, settings: Settings, how: str) -> Result:
    note = f"stopped at {settings.draws:,} draws: {how}"
    return make_result(plan, settings, result.values, notes=(note,), sequential=True)


def _too_wide(result: Result, precision: float) -> Iterator[str]:
    """Yield the outputs that are not known well enough, percentiles before means."""
    for name in result.outputs:
        if name == "failed_stage":
            continue
        estimate = result.estimate(name)
        figures = [*estimate.quantiles.values(), estimate.mean]
        if any(_wide(figure, precision) for figure in figures):
            yield name


def _wide(figure: Interval, precision: float) -> bool:
    if figure.value is None or figure.low is None or figure.high is None:
        return False  # no interval exists, so more draws cannot narrow it
    return (figure.high - figure.low) / 2 > precision * abs(figure.value)
