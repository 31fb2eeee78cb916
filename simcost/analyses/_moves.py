"""How weights on the outcomes move one input: mean, percentiles, and distances.

References
----------
Pesenti, Millossovich & Tsanakas (2019), European Journal of Operational Research 274, 654: the
reverse sensitivity Γ. Woodruff (1952), JASA 47, 635: intervals of weighted percentiles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.analyses._weights import Tilt, Vector

PERCENTS = (10, 50, 90)
ROUNDING = 1e-12  # of a sum of weights


@dataclass(frozen=True, slots=True)
class Sorted:
    """Values in ascending order, with their weights, which sum to 1."""

    order: npt.NDArray[np.int64]
    values: Vector
    weights: Vector
    total: Vector

    @classmethod
    def of(cls, values: Vector, weights: Vector) -> Sorted:
        """Sort values with weights of mean 1."""
        order = np.argsort(values, kind="stable")
        shares = weights[order] / len(weights)
        return cls(order, values[order], shares, np.cumsum(shares))

    def quantile(self, p: float) -> float:
        """Return the smallest value at which the weights reach p."""
        place = int(np.searchsorted(self.total, p - ROUNDING))
        return float(self.values[min(place, len(self.values) - 1)])


def moves(tilt: Tilt, values: Vector, z: float, tail: float = 0.0) -> dict[str, float]:
    """Return how an input moves, with the ends of each figure's interval.

    Parameters
    ----------
    tilt : Tilt
        Weights.
    values : float64[n]
        The input in the outcomes.
    z : float
        Critical value of the intervals.
    tail : float
        Tail index of the input: from 1 on it has no mean, from 1/2 on no interval of it.

    Returns
    -------
    dict of str to float
        ``base_mean``, ``stressed_mean``, ``base_p10`` …, ``gamma``, ``kolmogorov``,
        ``wasserstein``, each also with ``_lower`` and ``_upper``. NaN for what does not exist.
    """
    n = len(values)
    stressed = Sorted.of(values, tilt.weights)
    base = Sorted(stressed.order, stressed.values, np.full(n, 1 / n), np.arange(1, n + 1) / n)
    found: dict[str, float] = {}
    mean = float(np.mean(values))
    _put(found, "base_mean", mean, z * float(np.std(values)) / math.sqrt(n))
    value, error = tilt.mean(values)
    _put(found, "stressed_mean", value, z * error)
    for percent in PERCENTS:
        p = percent / 100
        for name, law in (("base", base), ("stressed", stressed)):
            at = law.quantile(p)
            below = (values <= at).astype(np.float64)
            spread = math.sqrt(p * (1 - p) / n) if law is base else tilt.mean(below)[1]
            found[f"{name}_p{percent}"] = at
            found[f"{name}_p{percent}_lower"] = law.quantile(max(p - z * spread, 0.0))
            found[f"{name}_p{percent}_upper"] = law.quantile(min(p + z * spread, 1.0))
    change, error = tilt.change(values)
    gamma, scale = _gamma(stressed.values, tilt.weights, change)
    _put(found, "gamma", gamma, z * error / scale if scale else 0.0)
    found["gamma_lower"] = max(found["gamma_lower"], -1.0)
    found["gamma_upper"] = min(found["gamma_upper"], 1.0)
    _distances(found, tilt, values, stressed, z)
    for name in ("base_mean", "stressed_mean", "gamma", "wasserstein"):
        if tail >= 1.0:
            found[name] = math.nan
        if tail >= 0.5:
            found[f"{name}_lower"] = found[f"{name}_upper"] = math.nan
    return found


def has_moved(row: Mapping[str, float]) -> bool:
    """Whether an input moves by more than its error: its distance is twice its half-width."""
    distance = row["kolmogorov"]
    return distance > 2.0 * (row["kolmogorov_upper"] - distance)


def _put(found: dict[str, float], name: str, value: float, half: float) -> None:
    found |= {name: value, f"{name}_lower": value - half, f"{name}_upper": value + half}


def _gamma(ascending: Vector, weights: Vector, change: float) -> tuple[float, float]:
    """Return the change as a share of the largest that these weights could bring about."""
    matched = np.sort(weights) if change >= 0 else np.sort(weights)[::-1]
    largest = abs(float(np.mean(matched * ascending) - np.mean(ascending)))
    return (change / largest, largest) if largest > 0.0 else (0.0, 0.0)


def _distances(
    found: dict[str, float], tilt: Tilt, values: Vector, stressed: Sorted, z: float
) -> None:
    """Add the largest and the total distance of the two distribution functions."""
    n = len(values)
    gap = stressed.total - np.arange(1, n + 1) / n
    steps = np.diff(stressed.values)
    gap[:-1][steps == 0.0] = 0.0  # inside an atom the functions have not jumped yet
    at = int(np.argmax(np.abs(gap)))
    change, error = tilt.change((values <= stressed.values[at]).astype(np.float64))
    _put(found, "kolmogorov", abs(change), z * error)
    signed = np.concatenate([[0.0], np.cumsum(np.sign(gap[:-1]) * steps)])
    potential = np.empty(n)
    potential[stressed.order] = -signed  # E[(w - 1) g] is the area between the functions
    change, error = tilt.change(potential)
    _put(found, "wasserstein", change, z * error)
