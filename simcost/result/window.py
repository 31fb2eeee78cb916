"""Weighted values between two numbers, and the percentiles that lie among them."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
import numpy.typing as npt

from simcost.result.weigher import Near

Vector = npt.NDArray[np.float64]
Side = Literal["left", "right"]

_BINS = 512
_FEW = 1024  # values that are rather sorted than put into bins


class Window:
    """The values between two numbers, with the weight up to each of them.

    They are put into bins of one width, and only the bins that are asked for are sorted.

    Parameters
    ----------
    low, high : float
        Values above `low` and up to `high`.
    start : float
        The weight up to `low`.
    nears : list of Near
        What lies between, row by row.
    weights : float64[m]
        The weights of all of it.
    """

    def __init__(
        self, low: float, high: float, start: float, nears: list[Near], weights: Vector
    ) -> None:
        self.low, self.high, self.start = low, high, start
        self.all = low == -math.inf and high == math.inf
        self._values, self._weights = np.concatenate([near.values for near in nears]), weights
        parts = np.split(self._values, np.cumsum([len(near.values) for near in nears])[:-1])
        self.nears = [  # their values are kept once
            near._replace(values=part) for near, part in zip(nears, parts, strict=True)
        ]
        self._bins, count = _binned(self._values)
        self._upto = start + np.cumsum(np.bincount(self._bins, weights, count))
        self._sorted: dict[int, tuple[Vector, Vector]] = {}

    def find(self, mass: float, side: Side) -> float | None:
        """Return the smallest value with that weight up to it, None if it is not in here.

        With ``"right"``, the smallest with more than that.
        """
        below = self.start < mass if side == "left" else self.start <= mass
        place = int(self._upto.searchsorted(mass, side=side))
        if self.all:
            place = min(place, len(self._upto) - 1)
        elif not below or place == len(self._upto) or not len(self._values):
            return None
        values, masses = self._ascending(place)
        # The sums of a bin and of its values differ by rounding.
        return float(values[min(int(masses.searchsorted(mass, side=side)), len(values) - 1)])

    def _ascending(self, number: int) -> tuple[Vector, Vector]:
        """Return the values of a bin, ascending, with the weight up to each."""
        if number not in self._sorted:
            inside = np.flatnonzero(self._bins == number)
            inside = inside[np.argsort(self._values[inside], kind="stable")]
            before = float(self._upto[number - 1]) if number else self.start
            self._sorted[number] = self._values[inside], before + np.cumsum(self._weights[inside])
        return self._sorted[number]


def _binned(values: Vector) -> tuple[npt.NDArray[np.uint16], int]:
    """Return the bin of each value, and how many bins there are."""
    if len(values) > _FEW:
        low, high = float(values.min()), float(values.max())
        scale = _BINS / (high - low) if 0.0 < high - low < math.inf else 0.0
        if 0.0 < scale < math.inf:  # rounding keeps the order
            bins = ((values - low) * scale).astype(np.uint16)
            return np.minimum(bins, _BINS - 1, out=bins), _BINS
    return np.zeros(len(values), dtype=np.uint16), 1
