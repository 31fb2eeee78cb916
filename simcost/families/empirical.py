"""Empirical: the data themselves, each value equally likely."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from simcost.errors import ParameterError
from simcost.families._atoms import AtomTable
from simcost.families._base import Elicitation, Family, Parameter, Vector
from simcost.families._csv import column_of
from simcost.families._distribution import Distribution
from simcost.families._listed import ListedLaw
from simcost.families._number import fail, unknown_keys
from simcost.families._text import brief
from simcost.families.discrete import numbers

_SPELT_OUT = 32  # so many different values are written into the key; more are hashed


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Empirical(ListedLaw):
    """Data with equal weights; a value that occurs k times has k times the weight.

    The quantile function is the step function min{x : F(x) >= u}: no value comes out that is not
    in the data.

    Parameters
    ----------
    data : array of float
        Finite, in any order, at least one.
    """

    size: int
    _table: AtomTable
    _key: str

    def __init__(self, data: Vector) -> None:
        values, counts = np.unique(np.asarray(data, dtype=np.float64) + 0.0, return_counts=True)
        if values.size <= _SPELT_OUT:
            pairs = zip(values.tolist(), counts.tolist(), strict=True)
            law = ",".join(f"{value!r}*{count}" for value, count in pairs)
        else:
            digest = sha256(values.astype("<f8").tobytes() + counts.astype("<i8").tobytes())
            law = f"n={int(counts.sum())},sha256={digest.hexdigest()}"
        object.__setattr__(self, "size", int(counts.sum()))
        object.__setattr__(self, "_key", f"empirical({law})")
        table = AtomTable.from_weights(values, counts.astype(np.float64))
        object.__setattr__(self, "_table", table)

    @property
    def family(self) -> str:
        """Always ``empirical``."""
        return "empirical"

    @property
    def params(self) -> tuple[str]:
        """The key, which identifies the data."""
        return (self._key,)

    @property
    def key(self) -> str:
        """The values, or a SHA-256 of them where there are many."""
        return self._key

    def describe(self) -> str:
        """Return how many values there are and where they lie."""
        low, high = (brief(end) for end in self.support())
        return f"empirical with {self.size} values from {low} to {high}"


def make(table: Mapping[str, Any], folder: Path | None = None) -> Distribution:
    """Return the distribution of a table with ``values``, or with ``csv`` and ``column``."""
    known = ("values", "csv", "column")
    advice = 'Give values = [1.5, 2.5], or csv = "file.csv" and column = "name".'
    problems = unknown_keys("empirical", table, known, advice)
    if problems:
        raise fail(problems)
    if "values" in table:
        others = [key for key in ("csv", "column") if key in table]
        if others:
            raise ParameterError(
                f"values and {others[0]} are given together", "Keep one of them.", (others[0],)
            )
        data = np.array(numbers(table, "values"), dtype=np.float64)
        if not data.size:
            raise ParameterError("there are no values", "Write at least one.", ("values",))
        return Empirical(data)
    for key, other in (("csv", "column"), ("column", "csv")):
        if key not in table:
            raise ParameterError(f"{key} is missing", advice, (other,) if other in table else ())
        if not isinstance(table[key], str) or not table[key]:
            raise ParameterError(
                f"{key} = {table[key]!r} is not a name", f'Write {key} = "…" in quotes.', (key,)
            )
    return Empirical(column_of(table["csv"], table["column"], folder))


FAMILY = Family(
    name="empirical",
    summary="the data themselves, each value equally likely",
    parameters=(
        Parameter("values", "the data", kind="numbers"),
        Parameter("csv", "a comma-separated file beside the model file", kind="text"),
        Parameter("column", "the name of its column", kind="text"),
    ),
    elicitations=(
        Elicitation(("values",), doc="the data in the model file"),
        Elicitation(("csv", "column"), doc="the data in a file"),
    ),
    discrete=True,
    make=make,
    examples=({"values": [3.2, 1.0, 4.1, 1.0]}, {"csv": "hours.csv", "column": "hours"}),
    source="van der Vaart (1998), Asymptotic Statistics, ch. 19",
)
