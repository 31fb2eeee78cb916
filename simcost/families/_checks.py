"""Checks on several parameters together."""

from __future__ import annotations

from itertools import pairwise

from simcost.errors import ParameterError
from simcost.families._text import show

# Between these the inverses of the incomplete beta and gamma functions are off by 2e-5 of a tail of
# 1e-9 at most, and mostly by less than 1e-9 of it. A beta has two shapes, a gamma has one.
SMALLEST_SHAPES, LARGEST_SHAPES = {1: 1e-3, 2: 0.03}, {1: 1e15, 2: 1e11}
FARTHEST = 1e8  # times one shape is the other


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


def shapes(values: dict[str, float], path: tuple[str, ...] | None = None) -> None:
    """Check that shapes of a beta or a gamma are neither too small, too large nor too far apart.

    Parameters
    ----------
    values : dict of str to float
        The shapes by name.
    path : tuple of str or None
        What is to be changed, if not the shape itself.

    Raises
    ------
    ParameterError
        Saying which is, and what to write.
    """
    by_size = sorted(values, key=values.__getitem__)
    least, most = (f"{name} = {show(values[name])}" for name in (by_size[0], by_size[-1]))
    low, high = values[by_size[0]], values[by_size[-1]]
    smallest, largest = SMALLEST_SHAPES[len(values)], LARGEST_SHAPES[len(values)]
    if low < smallest:
        raise ParameterError(
            f"{least} is below {show(smallest)}, which leaves little but the ends",
            f"Write at least {show(smallest)}, or a discrete distribution of the ends.",
            path or (by_size[0],),
        )
    if high > largest:
        raise ParameterError(
            f"{most} is above {largest:.0e}, where this is a normal distribution",
            "Write a normal with its mean and sd, or for a fixed number value = …",
            path or (by_size[-1],),
        )
    if high > FARTHEST * low:
        raise ParameterError(
            f"{most} is more than {FARTHEST:.0e} times {least}, so one of the ends is out of sight",
            f"Write shapes closer to each other, or a gamma with shape = {show(low)}.",
            path or (by_size[-1],),
        )
