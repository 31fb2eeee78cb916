"""Draw a plan: from named nodes to a Result, with the finite-number check."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt

from simcost.designs import DESIGNS
from simcost.errors import NumericalError, ResourceError, UsageError
from simcost.graph.node import Node
from simcost.machine import (
    Program,
    choose_engine,
    compiled,
    execute,
    lower,
    machine_in_use,
    tools_of,
)
from simcost.result import Meta, Result
from simcost.run.given import percentiles, whole
from simcost.run.plan import Plan
from simcost.run.replay import trace_plan

Progress = Callable[[int, int], None]  # outcomes done, outcomes in all

GATES = ("sampled", "exact")
LARGEST_SEED = 2**63
IN_RANGE = " within 0 and 1"  # ends the label of a check of a share


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is drawn. The numbers that come out depend on the first four only.

    Parameters
    ----------
    draws : int
        Number of outcomes; a low-discrepancy design rounds it up to what it can balance.
    seed : int
        Any whole number; 0 is a seed.
    design : str
        ``random``, ``sobol`` or ``lhs``.
    gates : str
        ``sampled``, or ``exact`` to count every outcome in all the ways that gates can fall,
        weighted (see `simcost.run.patterns`), where there are few.
    quantiles : tuple of float
        Percentiles to report, between 0 and 100.
    threads : int or None
        Worker threads; None for one a core.
    segment : int
        Outcomes in one unit of work.
    engine : str
        ``machine`` (compiled), ``interpreter`` (NumPy) or ``auto``.
    keep : bool or None
        Whether to keep every outcome, in memory; None keeps them where there is ample room.
        Without them the same figures are measured while drawing, in the same bits.
    thresholds : mapping of str to sequence of float
        Levels by output whose chances will be asked for. Only where outcomes are not kept, and
        only to save a second pass over them.
    memory_limit : int or None
        Bytes that a run may take; None for 70% of what is available.
    progress : callable or None
        Called with the number of outcomes done and the number in all.
    on_compile : callable or None
        Called before the machine is compiled, which happens once for a computer and takes time.
    """

    draws: int = 100_000
    seed: int = 0
    design: str = "random"
    gates: str = "sampled"
    quantiles: tuple[float, ...] = (10.0, 50.0, 90.0)
    threads: int | None = None
    segment: int = 65_536
    engine: str = "auto"
    keep: bool | None = None
    thresholds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    memory_limit: int | None = None
    progress: Progress | None = None
    on_compile: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        for name, least in (("draws", 1), ("seed", 0), ("segment", 1)):
            object.__setattr__(self, name, whole(name, getattr(self, name), least))
        if self.seed >= LARGEST_SEED:
            raise UsageError(f"seed must lie between 0 and 2^63 - 1, not {self.seed}")
        if self.threads is not None:
            object.__setattr__(self, "threads", whole("threads", self.threads, 1))
        if self.design not in DESIGNS:
            raise UsageError(f"there is no design {self.design!r}: write {', '.join(DESIGNS)}")
        if self.gates not in GATES:
            raise UsageError(f"gates are {' or '.join(GATES)}, not {self.gates!r}")
        object.__setattr__(self, "quantiles", percentiles(self.quantiles))


def rounded(settings: Settings) -> Settings:
    """Return the settings with a number of draws that the design can balance."""
    try:
        return replace(settings, draws=DESIGNS[settings.design].valid_draws(settings.draws))
    except ValueError as error:
        raise ResourceError(str(error)) from None


def compile_plan(plan: Plan) -> Program:
    """Lower a plan's outputs to a program of the machine."""
    labels: dict[Node, str] = {}
    for name, node in [*plan.labels.items(), *plan.outputs.items()]:
        labels.setdefault(node, name)
    return lower(plan.outputs, labels, plan.dimensions)


def draw(
    program: Program,
    settings: Settings,
    first: int,
    last: int,
    bases: tuple[int, int] = (0, 0),
) -> npt.NDArray[np.float64]:
    """Return the outputs of outcomes first … last - 1, float64[outputs, last - first]."""
    return execute(
        program,
        seed=settings.seed,
        design=settings.design,
        first=first,
        last=last,
        bases=bases,
        engine=settle_engine(program, settings, last - first),
        threads=settings.threads,
        segment=settings.segment,
        progress=settings.progress and partial(_tell, settings.progress, settings.draws, first),
    )


def settle_engine(program: Program, settings: Settings, outcomes: int) -> str:
    """Return the engine that draws so many outcomes, after announcing a compile."""
    engine = settings.engine
    if engine == "auto":
        engine = choose_engine(program, outcomes)
    if engine == "machine" and settings.on_compile and not compiled():
        settings.on_compile()
    return engine


def _tell(progress: Progress, total: int, before: int, done: int) -> None:
    progress(before + done, total)


def check_finite(
    plan: Plan,
    settings: Settings,
    values: npt.NDArray[np.float64],
    first: int,
    bases: tuple[int, int] = (0, 0),
    positions: npt.NDArray[np.int64] | None = None,
) -> None:
    """Refuse NaN and infinity.

    Parameters
    ----------
    plan : Plan
        What was drawn.
    settings : Settings
        How.
    values : float64[outputs, n]
        Outcomes first … first + n - 1, or those at `positions` after the first.
    first : int
        Number of the first outcome.
    bases : tuple of int
        As in `draw`.
    positions : int64[n] or None
        Where the columns stand, if some were left out.

    Raises
    ------
    NumericalError
        Names the first outcome and the first named quantity in it that is not finite.
    """
    bad: list[int] = []
    for row in values:
        # A sum is finite only if all its terms are (or cancel to NaN): one pass, no mask array.
        with np.errstate(over="ignore", invalid="ignore"):
            suspicious = not np.isfinite(np.sum(row))
        if suspicious:
            bad.extend(int(column) for column in np.flatnonzero(~np.isfinite(row))[:1])
    if not bad:
        return
    column = min(bad)
    position = first + (column if positions is None else int(positions[column]))
    trace = trace_plan(plan, settings.seed, settings.design, position, bases)
    outcome = position + bases[0]
    what = not_finite(trace.values)
    count = int(np.count_nonzero(~np.isfinite(values).all(axis=0)))
    raise NumericalError(
        f"{what} in outcome {outcome:,}"
        f" ({count:,} of {values.shape[1]:,} outcomes are not finite).\n"
        f"  Look at it with: simcost replay MODEL --outcome {outcome} --seed {settings.seed}"
        + (f" --design {settings.design}" if settings.design != "random" else "")
        + _of_scenario(plan.scenario)
    )


def _of_scenario(name: str) -> str:
    """Return the options of a command that ask for a scenario; some are named by theirs."""
    return f" {name}" if name.startswith("--") else f" --scenario {name}" * bool(name)


def make_result(
    plan: Plan,
    settings: Settings,
    values: Mapping[str, npt.NDArray[np.float64]],
    *,
    notes: tuple[str, ...] = (),
    sequential: bool = False,
) -> Result:
    """Wrap drawn values, with everything needed to make them again."""
    for row in values.values():
        row.setflags(write=False)
    tools = tools_of("machine" if machine_in_use() else "interpreter")
    result = Result(values, plan.units, make_meta(plan, settings, notes, sequential), tools)
    return result.of(origin_of(plan, settings))


@dataclass(frozen=True, slots=True)
class Origin:
    """What a result was drawn from: enough to draw any quantity of any of its outcomes again.

    Parameters
    ----------
    plan : Plan
        The plan that was drawn.
    settings : Settings
        How; `draws` is the number of outcomes of the result.
    """

    plan: Plan
    settings: Settings


def origin_of(plan: Plan, settings: Settings) -> Origin | None:
    """Return where outcomes come from; None for sums of several attempts or projects."""
    if plan.view != "attempt":
        return None
    return Origin(plan, replace(settings, progress=None, on_compile=None))


def make_meta(
    plan: Plan, settings: Settings, notes: tuple[str, ...] = (), sequential: bool = False
) -> Meta:
    """Return everything needed to make a result again."""
    return Meta(
        model=plan.name,
        seed=settings.seed,
        draws=settings.draws,
        design=settings.design,
        replicates=DESIGNS[settings.design].replicates,
        currency=plan.currency,
        scenario=plan.scenario,
        view=plan.view,
        model_hash=plan.hash,
        catalogue_hash=plan.catalogue_hash,
        versions=versions(),
        notes=(*plan.notes, *notes),
        tail_index=plan.tail_index,
        quantiles=settings.quantiles,
        sequential=sequential,
    )


def versions() -> dict[str, str]:
    """Return the versions of what the numbers were computed with."""
    found = {"python": platform.python_version()}
    return found | {name: _version(name) for name in ("simcost", "numpy", "scipy", "numba")}


@cache  # a file is read and parsed for each, which twenty short runs would notice
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def not_finite(values: Mapping[str, float]) -> str:
    """Say which figure is the first that is not finite; a share out of range makes NaN."""
    for name, value in values.items():
        if np.isfinite(value):
            continue
        share = name.removesuffix(IN_RANGE)
        if share != name and share in values:
            return f"{share} is {values[share]:g}, which is not between 0 and 1,"
        if np.isnan(value):
            return f"{name} is not a number (NaN)"
        return f"{name} is {'' if value > 0 else 'minus '}infinite"
    return "an output is not finite"
