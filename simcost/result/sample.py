"""One output's outcomes, with what several estimators share computed once."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.errors import NumericalError
from simcost.result.moments import Moments, moments
from simcost.result.order import Order

Vector = npt.NDArray[np.float64]


class Sample:
    """Outcomes of one output.

    Parameters
    ----------
    name : str
        The output.
    unit : str
        Its unit; empty for a plain number.
    values : float64[n]
        Outcomes; number k belongs to replicate ``k % replicates``.
    random : bool
        Whether the outcomes are independent. Otherwise only the replicates are.
    replicates : int
        Number of independent replicates; 1 for independent outcomes.
    confidence : float
        Level of the intervals.
    tail_index : float
        Upper tail index known from the model.

    Raises
    ------
    NumericalError
        When an outcome is NaN or infinite.
    """

    def __init__(
        self,
        name: str,
        unit: str,
        values: Vector,
        *,
        random: bool,
        replicates: int,
        confidence: float,
        tail_index: float,
    ) -> None:
        _refuse_not_finite(name, values)
        self.name, self.unit, self.values = name, unit, values
        self.random, self.replicates = random, replicates
        self.confidence, self.tail_index = confidence, tail_index

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return len(self.values)

    @cached_property
    def moments(self) -> Moments:
        """Mean, standard deviation and their like."""
        return moments(self.values, self.replicates)

    @cached_property
    def order(self) -> Order:
        """Order statistics."""
        return Order(self.values)

    @cached_property
    def indicator(self) -> bool:
        """Whether it says yes (1) or no (0): a plain number that takes these two values only."""
        if self.unit or not {self.moments.low, self.moments.high} <= {0.0, 1.0}:
            return False
        if self.moments.low == self.moments.high and self.name != "succeeded":
            return False  # a constant, for all one can see
        return bool(np.all((self.values == 0.0) | (self.values == 1.0)))

    @property
    def why_no_interval(self) -> str:
        """Why no interval at all can be given; empty where one can."""
        if self.replicates == 1 and not self.random:
            return "one replicate of a design that is not random says nothing about its error"
        return "one outcome says nothing about its error" if self.count < 2 else ""


def _refuse_not_finite(name: str, values: Vector) -> None:
    # min and max pass a NaN on, and make no array as large as the outcomes.
    if np.isfinite(values.min()) and np.isfinite(values.max()):
        return
    first = int(np.flatnonzero(~np.isfinite(values))[0])
    raise NumericalError(f"outcome {first} of {name!r} is {values[first]}; there is no estimate")
