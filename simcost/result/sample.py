"""One output as estimators see it, whether its outcomes are kept or not."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.gauges import MomentsGauge, ProductsGauge
from simcost.result.ledger import Ledger
from simcost.result.moments import Moments
from simcost.result.order import Order
from simcost.result.powers import Powers
from simcost.result.products import Products

Counts = npt.NDArray[np.int64]


class Sample:
    """Outcomes of one output.

    Parameters
    ----------
    name : str
        The output.
    unit : str
        Its unit; empty for a plain number.
    ledger : Ledger
        What is known of the outcomes.
    random : bool
        Whether the outcomes are independent. Otherwise only the replicates are.
    confidence : float
        Level of the intervals.
    tail_index : float
        Upper tail index known from the model.
    """

    def __init__(
        self,
        name: str,
        unit: str,
        ledger: Ledger,
        *,
        random: bool,
        confidence: float,
        tail_index: float,
    ) -> None:
        self.name, self.unit, self.ledger = name, unit, ledger
        self.random, self.replicates = random, ledger.replicates
        self.confidence, self.tail_index = confidence, tail_index
        self.order = Order(ledger, name)

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return self.ledger.count

    @property
    def moments(self) -> Moments:
        """Mean, standard deviation and their like."""
        return self.ledger.get(MomentsGauge(self.name)).moments

    @property
    def powers(self) -> Powers:
        """Centred sums of each replicate."""
        return self.ledger.get(MomentsGauge(self.name)).powers

    @property
    def ones(self) -> Counts:
        """How many outcomes of each replicate are 1, of an output that is 0 or 1; int64[R]."""
        powers = self.powers
        return np.rint(powers.count * powers.centre + powers.first).astype(np.int64)

    def products(self, other: Sample) -> Products:
        """Return the sums of products with another output."""
        return self.ledger.get(ProductsGauge(self.name, other.name)).products

    @cached_property
    def indicator(self) -> bool:
        """Whether it says yes (1) or no (0): a plain number that takes these two values only."""
        if self.unit or not self.moments.binary:
            return False
        # a constant, for all one can see
        return self.moments.low < self.moments.high or self.name == "succeeded"

    @property
    def why_no_interval(self) -> str:
        """Why no interval at all can be given; empty where one can."""
        if self.replicates == 1 and not self.random:
            return "one replicate of a design that is not random says nothing about its error"
        return "one outcome says nothing about its error" if self.count < 2 else ""
