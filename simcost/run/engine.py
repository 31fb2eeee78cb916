"""Draw a plan: from named nodes to a Result, with the finite-number check."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version

import numpy as np
import numpy.typing as npt

from simcost.designs import DESIGNS
from simcost.errors import NumericalError, ResourceError, UsageError
from simcost.graph.node import Node
from simcost.machine import Program, choose_engine, compiled, execute, lower
from simcost.result import Meta, Result
from simcost.run.memory import check_memory
from simcost.run.plan import Plan
from simcost.run.replay import trace_plan

Progress = Callable[[int, int], None]  # outcomes done, outcomes in all

LARGEST_SEED = 2**63


@dataclass(frozen=True, slots=True)
class Settings:
    """How a plan is drawn. The numbers that come out depend on the first three only.

    Parameters
    ----------
    draws : int
        Number of outcomes; a low-discrepancy design rounds it up to what it can balance.
    seed : int
        Any whole number; 0 is a seed.
    design : str
        ``random``, ``sobol`` or ``lhs``.
    quantiles : tuple of float
        Percentiles to report, between 0 and 100.
    threads : int or None
        Worker threads; None for one a core.
    segment : int
        Outcomes in one unit of work.
    engine : str
        ``machine`` (compiled), ``interpreter`` (NumPy) or ``auto``.
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
    quantiles: tuple[float, ...] = (10.0, 50.0, 90.0)
    threads: int | None = None
    segment: int = 65_536
    engine: str = "auto"
    memory_limit: int | None = None
    progress: Progress | None = None
    on_compile: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        if isinstance(self.draws, bool) or not isinstance(self.draws, int) or self.draws < 1:
            raise UsageError(f"draws must be a whole number of at least 1, not {self.draws!r}")
        if isinstance(self.seed, bool) or not isinstance(self.seed, int):
            raise UsageError(f"seed must be a whole number, not {self.seed!r}")
        if not 0 <= self.seed < LARGEST_SEED:
            raise UsageError(f"seed must lie between 0 and 2^63 - 1, not {self.seed}")
        if self.design not in DESIGNS:
            raise UsageError(f"there is no design {self.design!r}: write {', '.join(DESIGNS)}")
        if self.threads is not None and self.threads < 1:
            raise UsageError(f"threads must be at least 1, not {self.threads}")
        if self.segment < 1:
            raise UsageError(f"segment must be at least 1, not {self.segment}")
        wrong = [q for q in self.quantiles if not 0 < q < 100]
        if wrong or not self.quantiles:
            raise UsageError(f"quantiles must lie between 0 and 100, not {wrong or 'none at all'}")


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

    Raises
    ------
    ResourceError
        When it would not fit into memory; nothing has been drawn then.
    NumericalError
        When an output is NaN or infinite; names the outcome and the quantity that made it.
    """
    check_memory(settings.draws, len(plan.outputs), settings.memory_limit)
    settings = rounded(settings)
    check_memory(settings.draws, len(plan.outputs), settings.memory_limit)
    program = compile_plan(plan)
    values = draw(program, settings, 0, settings.draws)
    check_finite(plan, settings, values, 0)
    return make_result(plan, settings, dict(zip(plan.outputs, values, strict=True)))


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
    return lower(plan.outputs, labels, dimensions(plan))


def dimensions(plan: Plan) -> dict[str, int]:
    """Return the dimension of each stream in a low-discrepancy design."""
    return {name: i for i, name in enumerate(plan.streams)}


def draw(
    program: Program,
    settings: Settings,
    first: int,
    last: int,
    bases: tuple[int, int] = (0, 0),
) -> npt.NDArray[np.float64]:
    """Return the outputs of outcomes first … last - 1, float64[outputs, last - first]."""
    engine = settings.engine
    if engine == "auto":
        engine = choose_engine(program, last - first)
    if engine == "machine" and settings.on_compile and not compiled():
        settings.on_compile()
    return execute(
        program,
        seed=settings.seed,
        design=settings.design,
        first=first,
        last=last,
        bases=bases,
        engine=engine,
        threads=settings.threads,
        segment=settings.segment,
        progress=settings.progress and partial(_tell, settings.progress, settings.draws, first),
    )


def _tell(progress: Progress, total: int, before: int, done: int) -> None:
    progress(before + done, total)


def check_finite(
    plan: Plan, settings: Settings, values: npt.NDArray[np.float64], first: int
) -> None:
    """Refuse NaN and infinity.

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
            positions = np.flatnonzero(~np.isfinite(row))
            bad.extend(int(position) for position in positions[:1])
    if not bad:
        return
    outcome = first + min(bad)
    trace = trace_plan(plan, settings.seed, settings.design, outcome)
    name, value = next(
        ((name, value) for name, value in trace.values.items() if not np.isfinite(value)),
        ("an output", float("nan")),
    )
    count = int(np.count_nonzero(~np.isfinite(values).all(axis=0)))
    raise NumericalError(
        f"{name} is {_spelled(value)} in outcome {outcome:,}"
        f" ({count:,} of {values.shape[1]:,} outcomes are not finite).\n"
        f"  Look at it with: simcost replay MODEL --outcome {outcome} --seed {settings.seed}"
        + (f" --design {settings.design}" if settings.design != "random" else "")
        + (f" --scenario {plan.scenario}" if plan.scenario else "")
    )


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
    meta = Meta(
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
    return Result(values, plan.units, meta)


def versions() -> dict[str, str]:
    """Return the versions of what the numbers were computed with."""
    found = {"python": platform.python_version()}
    for package in ("simcost", "numpy", "scipy", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _spelled(value: float) -> str:
    return "not a number (NaN)" if np.isnan(value) else ("infinite" if value > 0 else "-infinite")
