"""Compound: the sum of a random number of losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Parameter, Vector
from simcost.families._compound_adapt import at_most_one, count_of, without_zero
from simcost.families._compound_lattice import common_step, lattice_table
from simcost.families._compound_sum import compound_curve
from simcost.families._compound_table import SumTable, sum_table
from simcost.families._distribution import Constant, Distribution
from simcost.families._number import fail, unknown_keys
from simcost.families._text import brief, listed, show
from simcost.families.mixture import Mixture, nested

MOST = 1e6  # expected number of losses; beyond it the sum is as good as normal


@dataclass(frozen=True, slots=True, eq=False)
class Compound(Distribution):
    """The sum of `count` independent copies of `severity`.

    The law is worked out once, by Fourier transforms, and kept as a table; no loss is ever drawn.
    Against closed forms, between u = 1e-9 and 1 - 1e-9, tail probabilities are right to a
    relative 1e-9 where the severity is smooth, and to 1e-6 near places where its density jumps;
    with two heavy tails to 1e-4. Losses that are multiples of one step (1, 2, 3; 0.1, 0.25) give
    a discrete law, right to 1e-15. Other discrete losses are smeared over a relative 1e-4.

    Parameters
    ----------
    count : Distribution
        On 0, 1, 2, …, able to be two or more.
    severity : Distribution
        Any, negative values included.
    """

    count: Distribution
    severity: Distribution

    @property
    def family(self) -> str:
        """Always ``compound``."""
        return "compound"

    @property
    def params(self) -> tuple[Distribution, Distribution]:
        """Count and severity."""
        return self.count, self.severity

    @property
    def key(self) -> str:
        """``compound(count=poisson(mean=3.0),severity=exponential(mean=1.0))``."""
        return f"compound(count={self.count.key},severity={self.severity.key})"

    def quantile(self, u: Vector) -> Vector:
        """Return min{x : P(S <= x) >= u}."""
        return _law(self).quantile(u)

    def isf(self, q: Vector) -> Vector:
        """Return min{x : P(S > x) <= q}."""
        return _law(self).isf(q)

    def cdf(self, x: Vector) -> Vector:
        """Return P(S <= x)."""
        return _law(self).cdf(x)

    def sf(self, x: Vector) -> Vector:
        """Return P(S > x)."""
        return _law(self).sf(x)

    def support(self) -> tuple[float, float]:
        """Return the least and greatest sum."""
        numbers = self.count.support()
        low, high = self.severity.support()
        lows, highs = ([n * end if end else 0.0 for n in numbers if n] for end in (low, high))
        zero = [0.0] if not numbers[0] else []
        return min([*lows, *zero]), max([*highs, *zero])

    def mean(self) -> float:
        """Return E N E X (Wald)."""
        return self.count.mean() * self.severity.mean()

    def sd(self) -> float:
        """Return the root of E N Var X + Var N (E X)**2."""
        spread, mean = self.severity.sd(), self.severity.mean()
        if not isfinite(spread):
            return spread
        return sqrt(
            self.count.mean() * spread * spread + self.count.sd() * mean * (self.count.sd() * mean)
        )

    def tail_index(self) -> float:
        """Return that of the severity."""
        return self.severity.tail_index()

    def kinks(self) -> tuple[float, ...]:
        """Return the ends of the atom at 0, and where a single loss has a kink or an end."""
        law = _law(self)
        if isinstance(law, AtomTable):
            return ()
        ends = [end for end in self.severity.support() if isfinite(end)]
        inner = self.severity.quantile(np.array(self.severity.kinks(), dtype=np.float64))
        single = count_of(self.count).start()[1] > 0.0
        marks = law.cdf(np.array([*ends, *inner])) if single else np.zeros(0)
        borders = {law.lower_from, law.lower_to, law.upper_from, 1.0 - law.high_atom}
        if law.lower_to == law.upper_from:
            borders -= {law.lower_to}
        found: list[float] = []
        for u in sorted(float(u) for u in (*borders, *marks) if 1e-15 < u < 1.0 - 1e-15):
            if not found or u - found[-1] > 1e-9:
                found.append(u)
        return tuple(found)

    def atoms(self) -> Atoms | None:
        """Return values and probabilities where the losses are multiples of one step."""
        law = _law(self) if self.severity.discrete else None
        return law.atoms() if isinstance(law, AtomTable) else None

    @property
    def discrete(self) -> bool:
        """Whether the losses are multiples of one step (and not too many)."""
        return self.severity.discrete and isinstance(_law(self), AtomTable)

    def describe(self) -> str:
        """Return count and severity."""
        return (
            f"sum of losses: how many is {self.count.describe()}; each {self.severity.describe()}"
        )


@lru_cache(maxsize=32)
def _law(compound: Compound) -> AtomTable | SumTable:
    count = count_of(compound.count)
    atoms = compound.severity.atoms() if compound.severity.discrete else None
    step = None if atoms is None else common_step(atoms[0])
    if atoms is not None and step is not None:
        table = lattice_table(count, *atoms, step, compound.support())
        if table is not None:
            return table
    severity, keep = without_zero(compound.severity)
    if keep < 1.0:
        count = count.thinned(keep)
    return sum_table(compound_curve(count, severity), count.start()[0], *compound.support())


def make(table: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a table with ``count`` and ``severity``."""
    known = ("count", "severity")
    problems = unknown_keys("compound", table, known, "Give count and severity.")
    missing = [key for key in known if key not in table]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        problems.append(Problem(f"{listed(missing)} {verb} missing", "Give count and severity."))
    parts: dict[str, Distribution] = {}
    for key in known:
        if key in table:
            try:
                parts[key] = nested(table[key], folder, key)
            except ModelError as error:
                problems += error.problems
    if "count" in parts:
        try:
            count_of(parts["count"])
        except ModelError as error:
            problems += error.problems
    if problems:
        raise fail(problems)
    return _simplest(parts["count"], parts["severity"])


def _simplest(count: Distribution, severity: Distribution) -> Distribution:
    number = count_of(count)
    if number.mean > MOST:
        whole = Compound(count, severity)
        raise ParameterError(
            f"the count is {number.mean:.3g} on average; at most {MOST:.0e} is taken",
            _normal_advice(whole.mean(), whole.sd()),
            ("count",),
        )
    if number.mean == 0.0 or severity.support() == (0.0, 0.0):
        return Constant(0.0)
    if not at_most_one(number):
        return Compound(count, severity)
    none, one = number.start()
    return severity if none == 0.0 else Mixture((none, one), (Constant(0.0), severity))


def _normal_advice(mean: float, sd: float) -> str:
    if not isfinite(sd):
        return "Split it into a smaller count of larger losses."
    return (
        "A sum of so many is as good as normal: write "
        f"normal = {{ mean = {show(mean)}, sd = {brief(sd)} }}."
    )


FAMILY = Family(
    name="compound",
    summary="the sum of a random number of losses: how often times how much, each drawn anew",
    parameters=(
        Parameter("count", "how many: a distribution of whole numbers", kind="distribution"),
        Parameter("severity", "how much each: any distribution", kind="distribution"),
    ),
    elicitations=(Elicitation(("count", "severity"), doc="how many, and how much each"),),
    make=make,
    examples=(
        {"count": {"poisson": {"mean": 3}}, "severity": {"exponential": {"mean": 2}}},
        {"count": {"value": 12}, "severity": {"triangular": {"low": 1, "mode": 2, "high": 5}}},
        {
            "count": {"poisson": {"mean": 3}},
            "severity": {"discrete": {"values": [1, 2, 3], "weights": [19, 8, 3]}},
        },
    ),
    source="Klugman, Panjer & Willmot (2012), Loss Models, ch. 9; "
    "Embrechts & Frei (2009), Math. Methods Oper. Res. 69, 497",
)
