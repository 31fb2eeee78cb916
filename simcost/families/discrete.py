"""Discrete: a list of values with weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum
from pathlib import Path
from typing import Any

import numpy as np

from simcost.errors import ModelError, ParameterError, Problem
from simcost.families._atoms import LIMIT, AtomTable
from simcost.families._base import Atoms, Elicitation, Family, Parameter
from simcost.families._distribution import Distribution
from simcost.families._listed import ListedLaw
from simcost.families._number import fail, number, unknown_keys
from simcost.families._text import brief, listed, show


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Discrete(ListedLaw):
    """Values with probabilities.

    Parameters
    ----------
    values : sequence of float
        In any order; repeated ones are added up.
    weights : sequence of float
        As many, 0 or more, with a positive sum; they need not sum to 1.
    """

    values: tuple[float, ...]
    probabilities: tuple[float, ...]
    _table: AtomTable

    def __init__(self, values: Sequence[float], weights: Sequence[float]) -> None:
        total: dict[float, list[float]] = {}
        for value, weight in zip(values, weights, strict=True):
            if weight > 0.0:
                total.setdefault(float(value) + 0.0, []).append(float(weight))
        ordered = sorted(total)
        sums = [fsum(total[value]) for value in ordered]
        whole = fsum(sums)
        probabilities = tuple(weight / whole for weight in sums)
        table = AtomTable.from_weights(np.array(ordered), np.array(probabilities))
        object.__setattr__(self, "values", tuple(ordered))
        object.__setattr__(self, "probabilities", probabilities)
        object.__setattr__(self, "_table", table)

    @property
    def family(self) -> str:
        """Always ``discrete``."""
        return "discrete"

    @property
    def params(self) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Values and probabilities."""
        return self.values, self.probabilities

    @property
    def key(self) -> str:
        """Every value and probability, in full precision."""
        return f"discrete(values={self.values!r},probabilities={self.probabilities!r})"

    def atoms(self) -> Atoms:
        """Return values and probabilities."""
        return np.array(self.values), np.array(self.probabilities)

    def describe(self) -> str:
        """Return the values and probabilities, or how many there are."""
        if len(self.values) > 6:
            low, high = (brief(end) for end in self.support())
            return f"discrete with {len(self.values)} values from {low} to {high}"
        pairs = zip(self.values, self.probabilities, strict=True)
        return "discrete with " + ", ".join(f"{brief(v)} ({100 * p:.3g} %)" for v, p in pairs)


def numbers(table: Mapping[str, Any], key: str) -> list[float]:
    """Return the list of numbers at `key`.

    Raises
    ------
    ModelError
        When there is none, or when it holds something else; each bad entry is a problem.
    """
    entries = table[key]
    if not isinstance(entries, Sequence | np.ndarray) or isinstance(entries, str | bytes):
        raise ParameterError(f"{key} is not a list", f"Write {key} = [1, 2, 3].", (key,))
    found: list[float] = []
    problems: list[Problem] = []
    for position, entry in enumerate(entries):
        try:
            found.append(number(entry, "", path=(key, position)))
        except ModelError as error:
            problems += error.problems
    if problems:
        raise fail(problems)
    return found


def make(table: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a table with ``values`` and ``weights``."""
    known = ("values", "weights")
    problems = unknown_keys("discrete", table, known, "Give values and weights.")
    lists: dict[str, list[float]] = {}
    missing = [key for key in known if key not in table]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        problems.append(Problem(f"{listed(missing)} {verb} missing", "Give values and weights."))
    for key in known:
        if key in table:
            try:
                lists[key] = numbers(table, key)
            except ModelError as error:
                problems += error.problems
    problems += [
        Problem(f"{show(weight)} is below 0", "Write weights of 0 or more.", ("weights", position))
        for position, weight in enumerate(lists.get("weights", ()))
        if weight < 0.0
    ]
    if problems:
        raise fail(problems)
    _fit_together(lists["values"], lists["weights"])
    return Discrete(lists["values"], lists["weights"])


def _fit_together(values: Sequence[float], weights: Sequence[float]) -> None:
    if len(values) != len(weights):
        raise ParameterError(
            f"there are {len(values)} values and {len(weights)} weights",
            "Give each value one weight.",
            ("weights",),
        )
    if not 0.0 < fsum(weights) < float("inf"):
        raise ParameterError(
            "the weights do not have a positive sum", "Give a value some weight.", ("weights",)
        )
    if len(values) > LIMIT:
        raise ParameterError(
            f"there are {len(values)} values; at most {LIMIT} are taken",
            "Give percentiles of them instead.",
            ("values",),
        )


FAMILY = Family(
    name="discrete",
    summary="a list of values with weights; the weights are scaled to sum to 1",
    parameters=(
        Parameter("values", "the possible values", kind="numbers"),
        Parameter("weights", "as many weights, 0 or more", low=0.0, low_open=False, kind="numbers"),
    ),
    elicitations=(Elicitation(("values", "weights"), doc="values and their weights"),),
    discrete=True,
    make=make,
    examples=(
        {"values": [1.0, 2.0, 5.0], "weights": [0.5, 0.3, 0.2]},
        {"values": [10, 0, 10], "weights": [1, 2, 1]},
    ),
    source="Johnson, Kemp & Kotz (2005), Univariate Discrete Distributions, ch. 1",
)
