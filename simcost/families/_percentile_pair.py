"""Two percentiles of a normal, or of a normal logarithm."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from simcost import elementary
from simcost.errors import ParameterError
from simcost.families._base import Vector
from simcost.families._checks import rising
from simcost.families._number import percentile_of
from simcost.families._tails import normal_score
from simcost.families._text import show


def line_through(values: dict[str, float], *, logarithmic: bool) -> tuple[float, float]:
    """Return centre and spread of the normal through two percentiles.

    Parameters
    ----------
    values : dict
        Exactly two percentile keys.
    logarithmic : bool
        Whether it is the logarithm that is normal; the values must then be above 0.

    Returns
    -------
    mean, sd : float
        Of the quantity, or of its logarithm.

    Raises
    ------
    ParameterError
        When the values do not rise, or are not above 0 where they must be.
    """
    lower, upper = sorted(values, key=lambda key: percentile_of(key) or 0.0)
    if logarithmic:
        for key in (lower, upper):
            if values[key] <= 0.0:
                raise ParameterError(
                    f"{key} = {show(values[key])} is not above 0, and every lognormal value is",
                    "Write a number above 0, or use normal, which takes any.",
                    (key,),
                )
    rising(values, lower, upper)
    z_low, z_high = _scores(lower, upper)
    low, high = values[lower], values[upper]
    if logarithmic:
        # The ratio first: the difference of two logarithms would lose digits of a narrow range.
        spread = elementary.log(high / low) / (z_high - z_low)
        return float(elementary.log(low) - spread * z_low), float(spread)
    spread = (high - low) / (z_high - z_low)
    return float(low - spread * z_low), float(spread)


@lru_cache(maxsize=64)  # most are P5 and P95, or P10 and P90
def _scores(*keys: str) -> Vector:
    percents = np.array([percentile_of(key) for key in keys], dtype=np.float64)
    return normal_score(percents / 100.0)
