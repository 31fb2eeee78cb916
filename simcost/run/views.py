"""The same project per success (retry until it works) and as a portfolio of n.

Both draw further attempts or projects of the same model: attempt a of project i is outcome
i + a 2^40 of the run, so every one can be replayed and none depends on how the work is split.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from simcost.errors import ResourceError, UsageError
from simcost.machine import Program
from simcost.result import Result
from simcost.run.engine import Settings, check_finite, compile_plan, draw, make_result
from simcost.run.given import whole
from simcost.run.memory import check_memory, readable_time
from simcost.run.plan import Plan

# Outcomes set aside for each attempt or project; whole bundles of the generator.
STRIDE = 3 * 2**38
LARGEST_CAP = 10_000
LARGEST_PORTFOLIO = 20_000_000_000  # outcomes in all portfolios of a run
BLOCK = 65_536

Values = npt.NDArray[np.float64]

_SUMMED = ("cost", "emissions", "duration", "write_off", "write_off_emissions")


def run_per_success(plan: Plan, settings: Settings, cap: int | None) -> Result:
    """Repeat each project from scratch until it succeeds or the cap is reached.

    Parameters
    ----------
    plan : Plan
        Compiled for the view ``success``: uncertain chances of failure are one draw a project.
    settings : Settings
        How to draw; the design must be ``random``.
    cap : int or None
        Largest number of attempts; None for as many as it takes, at most 10,000.

    Returns
    -------
    Result
        Outputs summed over the attempts of each project, ``attempts``, and ``succeeded``.

    Raises
    ------
    UsageError
        For a model without stages, another design, or a cap below 1.
    """
    _check(plan, settings)
    cap = LARGEST_CAP if cap is None else whole("cap", cap, 1)
    if cap > LARGEST_CAP:
        raise UsageError(f"the cap must lie between 1 and {LARGEST_CAP:,} attempts, not {cap}")
    names = ["succeeded", *(name for name in _SUMMED if name in plan.outputs)]
    check_memory(settings.draws, len(names) + 1, settings.memory_limit)
    plan = _only(plan, names)
    program = compile_plan(plan)
    totals = np.zeros((len(names) + 1, settings.draws))
    for first in range(0, settings.draws, BLOCK):
        last = min(first + BLOCK, settings.draws)
        _retry(program, plan, settings, (first, last), totals[:, first:last], cap)
    values = dict(zip([*names, "attempts"], totals, strict=True))
    plan = replace(plan, units={**plan.units, "attempts": ""})
    stopped = int(settings.draws - values["succeeded"].sum())
    notes: tuple[str, ...] = ()
    if stopped:
        notes = (
            f"{stopped / settings.draws:.2%} of the projects had not succeeded after "
            f"{cap:,} attempts; they count with what they had spent by then",
        )
    return make_result(plan, settings, values, notes=notes)


def _retry(
    program: Program,
    plan: Plan,
    settings: Settings,
    span: tuple[int, int],
    totals: Values,
    cap: int,
) -> None:
    """Add up attempts of a block of projects, in place; only the unfinished ones count."""
    active = np.ones(totals.shape[1], dtype=bool)
    for attempt in range(cap):
        bases = (attempt * STRIDE, 0)
        values = draw(program, replace(settings, progress=None), *span, bases)
        positions = np.flatnonzero(active)
        check_finite(plan, settings, values[:, active], span[0], bases, positions)
        totals[:-1, active] += values[:, active]
        totals[-1, active] += 1
        active &= values[0] == 0.0
        if not active.any():
            break
    if settings.progress:
        settings.progress(span[1], settings.draws)


def run_portfolio(plan: Plan, settings: Settings, projects: int) -> Result:
    """Add up n projects of the same model whose failures may share a common factor.

    Parameters
    ----------
    plan : Plan
        Compiled for the view ``portfolio``.
    settings : Settings
        How to draw; one outcome is one portfolio; the design must be ``random``.
    projects : int
        Number of projects in a portfolio.

    Returns
    -------
    Result
        Sums over the projects (``duration`` is the longest: they run side by side), and
        ``successes``, the number that succeeded.

    Raises
    ------
    UsageError
        For a model without stages, another design, or fewer than one project.
    """
    _check(plan, settings)
    projects = whole("projects", projects, 1)
    names = ["succeeded", *(name for name in _SUMMED if name in plan.outputs)]
    check_memory(settings.draws, 2 * len(names), settings.memory_limit)
    if projects * settings.draws > LARGEST_PORTFOLIO:
        raise ResourceError(
            f"{settings.draws:,} portfolios of {projects:,} projects are "
            f"{projects * settings.draws:,} outcomes, {readable_time(projects * settings.draws)} "
            f"of work; at most {LARGEST_PORTFOLIO:,} are drawn. Ask for fewer draws or projects."
        )
    plan = _only(plan, names)
    program = compile_plan(plan)
    totals = np.zeros((len(names), settings.draws))
    for project in range(projects):
        values = draw(
            program,
            replace(settings, progress=None),
            0,
            settings.draws,
            (project * STRIDE, 0),
        )
        check_finite(plan, settings, values, 0, (project * STRIDE, 0))
        for name, total, row in zip(names, totals, values, strict=True):
            (np.maximum if name == "duration" else np.add)(total, row, out=total)
        if settings.progress:
            settings.progress((project + 1) * settings.draws // projects, settings.draws)
    renamed = ["successes", *names[1:]]
    plan = replace(plan, units={**plan.units, "successes": ""})
    note = f"each outcome is a portfolio of {projects:,} projects"
    if "duration" in names:
        note += "; its duration is that of the longest"
    return make_result(plan, settings, dict(zip(renamed, totals, strict=True)), notes=(note,))


def _check(plan: Plan, settings: Settings) -> None:
    if "succeeded" not in plan.outputs:
        raise UsageError("this view needs a model with stages, and this one has none")
    if settings.design != "random":
        raise UsageError(f"this view draws with the random design; {settings.design} has no use")


def _only(plan: Plan, names: list[str]) -> Plan:
    return replace(plan, outputs={name: plan.outputs[name] for name in names})
