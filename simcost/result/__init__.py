"""What a run returns: outcomes, and every estimate with its Monte Carlo error."""

from __future__ import annotations

from simcost.result.budget import Budget
from simcost.result.estimate import Estimate
from simcost.result.interval import Interval
from simcost.result.meta import Meta
from simcost.result.result import Result
from simcost.result.weighted import WeightedResult

__all__ = ["Budget", "Estimate", "Interval", "Meta", "Result", "WeightedResult"]
