"""Compiled loops for the functions that building tables takes most of its time with."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

from simcost import elementary
from simcost.families import build
from simcost.machine import beta_loops, fit_loops
from simcost.machine.cache import PLAIN_LOOKUP, numba_cache
from simcost.machine.loops import jit, portable
from simcost.machine.program import Floats
from simcost.machine.tables import tabulate

exp, finite_log = portable.exp, portable.finite_log


@jit
def exp_over(x: Any, out: Any) -> None:
    """Write e**x."""
    for i in range(x.size):
        out[i] = exp(x[i])


@jit
def log_over(x: Any, out: Any) -> None:
    """Write the logarithm of what is positive and finite."""
    for i in range(x.size):
        out[i] = finite_log(x[i])


@jit
def fraction_over(x: Any, terms: Any, squared: Any, out: Any) -> None:
    """Write what `simcost.elementary._fraction.Fraction.at` does, in its order."""
    last = terms.shape[1] - 1
    for i in range(x.size):
        out[i] = terms[1, last] + terms[2, last] * x[i]
    for k in range(last - 1, -1, -1):
        numerator, constant, slope = terms[0, k + 1], terms[1, k], terms[2, k]
        for i in range(x.size):
            square = x[i] * x[i] if squared else 1.0
            out[i] = (square / out[i]) * numerator + (x[i] * slope + constant)


with numba_cache() as cached:
    if cached:
        for loop in (exp_over, log_over, fraction_over, beta_loops.parts, *fit_loops.LOOPS):
            loop.enable_caching()


def _over(loop: Any) -> Callable[[Floats], Floats]:
    def function(x: Floats) -> Floats:
        out = np.empty(x.shape)
        loop(np.ascontiguousarray(x).reshape(-1), out.reshape(-1))
        return out

    return function


def _fraction(x: Floats, terms: Floats, power: int) -> Floats:
    out = np.empty(x.shape)
    fraction_over(np.ascontiguousarray(x).reshape(-1), terms, power != 0, out.reshape(-1))
    return out


def prepare() -> None:
    """Compile what builds tables: a first run waits for the compiler anyway, the next need not."""
    for words in (
        {"lognormal": {"p10": 1.0, "p90": 3.0}},
        {"pert": {"low": 1, "mode": 2, "high": 4}},
    ):
        tabulate(build(words))


def provide() -> None:
    """Have the elementary functions and the builders of tables use these."""
    if not os.environ.get(PLAIN_LOOKUP):
        elementary.provide(
            exp=_over(exp_over),
            fast_exp=_over(exp_over),
            finite_log=_over(log_over),
            fraction=_fraction,
            beta_parts=beta_loops.beta_parts,
            fitted=fit_loops.fitted,
            curves=fit_loops.curves,
            errors=fit_loops.errors,
            finished=fit_loops.finished,
        )
