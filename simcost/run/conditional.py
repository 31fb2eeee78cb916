"""Draw a plan with its gates integrated out: every outcome in every pattern, weighted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

import numpy as np
import numpy.typing as npt

from simcost.designs import DESIGNS
from simcost.errors import NumericalError
from simcost.graph.node import Node
from simcost.machine import Program, machine_in_use, weigher_of
from simcost.result import Meta, WeightedResult
from simcost.result.cells import Cells
from simcost.result.threads import each
from simcost.run.engine import (
    Settings,
    compile_plan,
    make_meta,
    not_finite,
    origin_of,
    rounded,
)
from simcost.run.patterns import Pattern, Patterns, pattern_plan, split
from simcost.run.plan import Plan
from simcost.run.replay import trace_plan

REPLICATES = 16  # random points are divided into as many batches

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Conditional:
    """A plan in all its patterns.

    Parameters
    ----------
    plan : Plan
        What is drawn.
    patterns : Patterns
        In which ways its gates can fall, two or more.
    """

    plan: Plan
    patterns: Patterns

    @cached_property
    def places(self) -> Mapping[Node, int]:
        """The different nodes of all patterns, outputs and chances, with their numbers."""
        found: dict[Node, int] = {}
        for pattern in self.patterns.all:
            for node in (*pattern.outputs.values(), pattern.chance):
                found.setdefault(node, len(found))
        return found

    @cached_property
    def drawn(self) -> Sequence[Node]:
        """Those that are not constants: what the program puts out."""
        return [node for node in self.places if node.op != "const"]

    @property
    def width(self) -> int:
        """Number of figures kept for each outcome."""
        return len(self.drawn)

    @property
    def room(self) -> int:
        """Number of figures set aside for each outcome: brackets may have to hold every one."""
        return 2 * self.width

    @cached_property
    def program(self) -> Program:
        """One program for all patterns; what they share is computed once."""
        rows = {str(self.places[node]): node for node in self.drawn}
        return compile_plan(replace(self.plan, outputs=rows))

    def rounded(self, settings: Settings) -> Settings:
        """Return the settings with a number of draws that fills all replicates alike."""
        settings = rounded(settings)
        return replace(settings, draws=-(-settings.draws // REPLICATES) * REPLICATES)

    def check(self, settings: Settings, values: Matrix, first: int) -> None:
        """Refuse NaN and infinity where they have weight, and set them to 0 where they have none.

        Parameters
        ----------
        settings : Settings
            How it was drawn.
        values : float64[width, n]
            What the program put out for the outcomes from `first` on; changed in place.
        first : int
            Number of the first outcome.

        Raises
        ------
        NumericalError
            Names the first outcome and the first named quantity in it that is not finite.
        """
        numbers = {node: number for number, node in enumerate(self.drawn)}
        finite = each(_finite_sum, list(values), values.size)
        odd = {node for node, ok in zip(self.drawn, finite, strict=True) if not ok}
        odd |= {node for node in self.places if node.op == "const" and not isfinite(node.value)}
        for pattern in self.patterns.all if odd else ():
            weights = self._row(values, numbers, pattern.chance)
            bad = ~np.isfinite(weights)
            for node in odd.intersection(pattern.outputs.values()):
                bad |= ~np.isfinite(self._row(values, numbers, node)) & (weights != 0.0)
            if bad.any():
                self._refuse(settings, pattern, first, bad)
        for row, ok in zip(values, finite, strict=True):
            if not ok:
                row[~np.isfinite(row)] = 0.0

    def result(
        self,
        settings: Settings,
        values: Matrix,
        notes: tuple[str, ...] = (),
        sequential: bool = False,
    ) -> WeightedResult:
        """Wrap checked values of all outcomes, float64[width, draws]."""
        values.setflags(write=False)
        numbers = {node: number for number, node in enumerate(self.drawn)}
        rows = tuple(self._row(values, numbers, node) for node in self.places)
        cells = Cells(
            rows,
            {
                name: tuple(self.places[pattern.outputs[name]] for pattern in self.patterns.all)
                for name in self.plan.outputs
            },
            tuple(self.places[pattern.chance] for pattern in self.patterns.all),
        )
        weigher = weigher_of("machine" if machine_in_use() else "interpreter")
        meta = self.meta(settings, notes, sequential)
        result = WeightedResult(cells, self.plan.units, meta, weigher)
        result = result.of(origin_of(self.plan, settings))
        result.prepare(settings.quantiles)
        return result

    def meta(
        self, settings: Settings, notes: tuple[str, ...] = (), sequential: bool = False
    ) -> Meta:
        """Return everything needed to make a result again."""
        own = (*notes, *self._notes())
        return replace(
            make_meta(self.plan, settings, own, sequential),
            replicates=max(REPLICATES, DESIGNS[settings.design].replicates),
            gates="exact",
            patterns=tuple(pattern.label for pattern in self.patterns.all),
        )

    def _notes(self) -> list[str]:
        count, found = len(self.patterns.all), self.patterns
        notes = [
            f"gates integrated out: {', '.join(found.exact)}; every draw counts in {count} "
            "patterns, weighted by their chances"
        ]
        if found.sampled:
            which = ", ".join(found.sampled)
            notes.append(f"gates still drawn, since they would make too many patterns: {which}")
        return notes

    def _row(self, values: Matrix, numbers: Mapping[Node, int], node: Node) -> Matrix:
        if node.op == "const":
            return np.broadcast_to(node.value, values.shape[1:])
        return np.asarray(values[numbers[node]])

    def _refuse(
        self, settings: Settings, pattern: Pattern, first: int, bad: npt.NDArray[np.bool_]
    ) -> None:
        outcome = first + int(np.argmax(bad))
        plan = pattern_plan(self.plan, pattern)
        trace = trace_plan(plan, settings.seed, settings.design, outcome)
        raise NumericalError(
            f"{not_finite(trace.values)} in outcome {outcome:,} where {pattern.label}"
            f" ({int(bad.sum()):,} of {bad.size:,} outcomes are not finite).\n"
            f"  Look at it with: simcost replay MODEL --outcome {outcome} --seed {settings.seed}"
            + (f" --design {settings.design}" if settings.design != "random" else "")
            + (f" --scenario {self.plan.scenario}" if self.plan.scenario else "")
            + f' --pattern "{pattern.label}"'
        )


def _finite_sum(row: Matrix) -> bool:
    """Return whether a sum is finite; it is only if all its terms are. One pass, no mask."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(np.sum(row)))


def conditional(plan: Plan) -> Conditional | None:
    """Return the plan in all its patterns; None where it has no gates to integrate out."""
    patterns = split(plan)
    return Conditional(plan, patterns) if len(patterns.all) > 1 else None
