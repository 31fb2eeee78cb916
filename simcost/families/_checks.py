"""Checks on several parameters together."""

from __future__ import annotations

from itertools import pairwise

from simcost.errors import ParameterError
from simcost.families._text import show


def rising(values: dict[str, float], *keys: str) -> None:
    """Check that the values of `keys` rise strictly.

    Raises
    ------
    ParameterError
        Naming the first pair that does not, and what to write.
    """
    for lower, upper in pairwise(keys):
        low, high = values[lower], values[upper]
        if low > high:
            raise ParameterError(
                f"{lower} = {show(low)} is above {upper} = {show(high)}", "Swap them.", (upper,)
            )
        if low == high:
            raise ParameterError(
                f"{lower} and {upper} are both {show(low)}, which leaves nothing uncertain",
                f"For a fixed number write value = {show(low)}.",
                (upper,),
            )


def mode_inside(low: float, mode: float, high: float) -> None:
    """Check that low < high and low <= mode <= high.

    Raises
    ------
    ParameterError
        Saying which is not, and what to write.
    """
    rising({"low": low, "high": high}, "low", "high")
    for end, value, side, wrong in (
        ("low", low, "below", mode < low),
        ("high", high, "above", mode > high),
    ):
        if wrong:
            raise ParameterError(
                f"mode = {show(mode)} is {side} {end} = {show(value)}",
                f"Write a mode from {show(low)} to {show(high)}.",
                ("mode",),
            )


def mode_between_percentiles(values: dict[str, float]) -> None:
    """Check that p10 < mode < p90.

    Raises
    ------
    ParameterError
        Saying which is not, and what to write.
    """
    low, mode, high = values["p10"], values["mode"], values["p90"]
    rising(values, "p10", "p90")
    if not low < mode < high:
        raise ParameterError(
            f"mode = {show(mode)} is not between p10 = {show(low)} and p90 = {show(high)}",
            "Write a mode between them, or give low, mode and high.",
            ("mode",),
        )
