"""Everything that is reported of one output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simcost.result.interval import Interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean, standard deviation and percentiles of one output.

    Parameters
    ----------
    name, unit : str
        The output and its unit; empty for a plain number.
    mean, sd : Interval
        In that unit.
    quantiles : mapping of str to Interval
        By name: ``P10``, ``P2.5``.
    indicator : bool
        Whether the output says yes (1) or no (0), so that its mean is a probability.
    """

    name: str
    unit: str
    mean: Interval
    sd: Interval
    quantiles: Mapping[str, Interval]
    indicator: bool = False

    @property
    def atom_mass(self) -> dict[str, float]:
        """Share of the outcomes that equal a percentile exactly, where that is more than 1 %."""
        return {name: q.atom_mass for name, q in self.quantiles.items() if q.atom_mass}
