"""A budget: percentiles, mean and spread of one output, and the chance to stay within each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from simcost.result.digits import percent
from simcost.result.interval import Interval


@dataclass(frozen=True, slots=True)
class Budget:
    """A budget for one output.

    Parameters
    ----------
    name, unit : str
        The output and its unit.
    quantiles : mapping of str to Interval
        Percentiles by name.
    mean, sd : Interval
        In that unit.
    chance : mapping of str to Interval
        Probability that an outcome stays within each percentile and within ``mean``. More than
        the percentile's own number where many outcomes share one value.
    draws : int
        Number of outcomes behind it.
    confidence : float
        Level of the intervals.
    """

    name: str
    unit: str
    quantiles: Mapping[str, Interval]
    mean: Interval
    sd: Interval
    chance: Mapping[str, Interval]
    draws: int
    confidence: float

    def __getitem__(self, figure: str) -> Interval:
        """Return a percentile by its name, ``"P90"``, or ``"mean"`` or ``"sd"``.

        Raises
        ------
        KeyError
            For a figure that was not asked for, with those that were.
        """
        figures = {**self.quantiles, "mean": self.mean, "sd": self.sd}
        if figure not in figures:
            raise KeyError(f"{figure}: this budget has {', '.join(figures)}")
        return figures[figure]

    def to_dict(self) -> dict[str, Any]:
        """Return plain numbers: ``{"name", "unit", "mean": {"value", "low", "high"}, …}``."""
        return {
            "name": self.name,
            "unit": self.unit,
            "draws": self.draws,
            "confidence": self.confidence,
            "mean": interval_dict(self.mean),
            "sd": interval_dict(self.sd),
            "quantiles": {name: interval_dict(q) for name, q in self.quantiles.items()},
            "chance": {name: interval_dict(c) for name, c in self.chance.items()},
        }

    def __str__(self) -> str:
        rows = [("", self._title(), "chance to stay within"), *self._rows()]
        widths = [max(len(row[i]) for row in rows) for i in range(2)]
        lines = [f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c}".rstrip() for a, b, c in rows]
        return "\n".join([*lines, self._legend()])

    def _repr_html_(self) -> str:
        head = f"<tr><th></th><th>{escape(self._title())}</th><th>chance to stay within</th></tr>"
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>"
            for row in self._rows()
        )
        return f"<table>{head}{body}</table><p>{escape(self._legend())}</p>"

    def _title(self) -> str:
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def _legend(self) -> str:
        level = f"{100 * self.confidence:.4g}%"
        return f"± is the half-width of a {level} interval; {self.draws:,} outcomes"

    def _rows(self) -> list[tuple[str, str, str]]:
        cells = [*self.quantiles.items(), ("mean", self.mean), ("sd", self.sd)]
        return [(name, str(cell), self._chance(name)) for name, cell in cells]

    def _chance(self, name: str) -> str:
        chance = self.chance.get(name)
        return "" if chance is None else percent(chance.value, chance.half_width)


def interval_dict(interval: Interval) -> dict[str, float | None]:
    """Return ``{"value", "low", "high"}``."""
    return {"value": interval.value, "low": interval.low, "high": interval.high}
