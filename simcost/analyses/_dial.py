"""A plan with one number in it that can be turned: lowered once, drawn at any setting."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from simcost.analyses._runs import Runs, Vector
from simcost.graph.node import Node, const, make, quantile
from simcost.machine import Program
from simcost.run import Plan
from simcost.run.drivers import Driver, fixed
from simcost.run.engine import check_finite, compile_plan, draw

MARK = -1.2345678909876543e-11  # a constant that no model has; its slot is where the number goes


@dataclass(frozen=True, slots=True)
class Dial:
    """A plan whose program reads one constant that is set anew for each run.

    Parameters
    ----------
    plan : Plan
        With `MARK` in it.
    program : Program
        Lowered once: every setting executes the same instructions and tables.
    runs : Runs
        How to draw.
    """

    plan: Plan
    program: Program
    runs: Runs

    @classmethod
    def of(cls, plan: Plan, replaced: Node, by: Node, runs: Runs) -> Dial:
        """Return the plan with a node replaced by one that has `const(MARK)` below it."""
        turned = fixed(plan, {replaced: by})
        return cls(turned, compile_plan(turned), runs)

    def at(self, number: float, count: int | None = None) -> Vector:
        """Return the outcomes of the output with the number set, float64[draws], or the first.

        Raises
        ------
        NumericalError
            For a NaN or an infinity.
        """
        constants = self.program.constants.copy()
        constants[constants == MARK] = number
        program = replace(self.program, constants=constants)
        settings = replace(self.runs.settings, engine=self.runs.engine(self.program))
        if count is not None:
            settings = replace(settings, threads=1)  # others would only be started and stopped
        values = draw(program, settings, 0, settings.draws if count is None else count)
        if not np.isfinite(np.sum(values)):  # only then the number has to be in the plan
            check_finite(self.set(number), settings, values, 0)
        row: Vector = values[self.program.outputs.index(self.runs.output)]
        return row

    def set(self, number: float) -> Plan:
        """Return the plan with the number in place of the mark."""
        return fixed(self.plan, {const(MARK): const(number)})


def held(driver: Driver) -> Node:
    """Return the node of an input held at the number of the dial.

    Not the constant itself: what is made of constants only is computed when a plan is lowered.
    """
    nothing = make("mul", driver.value, const(0.0))
    return make("add", nothing, const(MARK))


def scaled(driver: Driver) -> Node:
    """Return the node of an input times the number of the dial."""
    return make("mul", driver.value, const(MARK))


def shifted(driver: Driver) -> Node:
    """Return the node of an input plus the number of the dial."""
    return make("add", driver.value, const(MARK))


def displaced(driver: Driver) -> Node:
    """Return the node of an input whose normal score is moved by the number of the dial.

    With d, its median moves to what was its percentile Φ(d), and every other percentile with it,
    within its range; a chance of failure p becomes Φ(Φ⁻¹(p) + d). Wang (2000), A class of
    distortion operators for pricing financial and insurance risks.
    """
    z = make("add", make("ndtri", driver.uniform), const(MARK))
    u = make("ndtr", z)
    if driver.gate:
        return u
    inside = make("min", make("max", u, const(2.0**-53)), const(1.0 - 2.0**-53))
    return quantile(inside, driver.law)


def normal_score(share: float) -> float:
    """Return the normal quantile of a share."""
    return float(ndtri(share))


def share_of(score: float) -> float:
    """Return the share whose normal quantile is `score`."""
    return float(ndtr(np.float64(score)))
