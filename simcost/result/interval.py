"""A number with its Monte Carlo error."""

from __future__ import annotations

from dataclasses import dataclass

from simcost.result.digits import plus_minus


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the ends of its confidence interval.

    Parameters
    ----------
    value : float or None
        The estimate; `None` where the quantity does not exist.
    low, high : float or None
        Ends of the interval; `None` where the draws do not support one. Never invented.
    reason : str
        Why something is `None`; empty otherwise.
    atom_mass : float
        Share of the outcomes that equal `value` exactly, where that is more than 1 %: then the
        interval may be a single point. 0 otherwise.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    reason: str = ""
    atom_mass: float = 0.0

    @property
    def half_width(self) -> float | None:
        """Distance from the value to the farther end; `None` without both ends."""
        if self.value is None or self.low is None or self.high is None:
            return None
        return max(self.high - self.value, self.value - self.low, 0.0)

    def __float__(self) -> float:
        return float("nan") if self.value is None else self.value

    def __str__(self) -> str:
        return plus_minus(self.value, self.half_width)


def around(value: float, half_width: float, atom_mass: float = 0.0) -> Interval:
    """Return the interval ``value ± half_width``."""
    return Interval(value, value - half_width, value + half_width, atom_mass=atom_mass)
