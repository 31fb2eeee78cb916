"""Beta: a share or a probability."""

from __future__ import annotations

from math import sqrt

from simcost.errors import ParameterError
from simcost.families import _unit_beta
from simcost.families._base import Elicitation, Family, Parameter
from simcost.families._checks import rising, shapes
from simcost.families._text import show


def support(alpha: float, beta: float, low: float, high: float) -> tuple[float, float]:
    """Return (low, high)."""
    return low, high


def check(alpha: float, beta: float, low: float, high: float) -> None:
    """Check that low < high, and that the shapes are of this world."""
    rising({"low": low, "high": high}, "low", "high")
    shapes({"alpha": alpha, "beta": beta})


def _from_mean_sd(values: dict[str, float]) -> dict[str, float]:
    mean, sd, low, high = (values[key] for key in ("mean", "sd", "low", "high"))
    rising(values, "low", "high")
    if not low < mean < high:
        raise ParameterError(
            f"mean = {show(mean)} is not between low = {show(low)} and high = {show(high)}",
            "Write a mean between them, or give other ends with low and high.",
            ("mean",),
        )
    width = high - low
    share, rest = (mean - low) / width, (high - mean) / width
    widest = width * sqrt(share * rest)
    if sd >= widest:
        raise ParameterError(
            f"sd = {show(sd)} is more than a beta with this mean can have",
            f"Write an sd below {widest:.6g}.",
            ("sd",),
        )
    total = widest / sd * (widest / sd) - 1
    return {"alpha": share * total, "beta": rest * total, "low": low, "high": high}


FAMILY = Family(
    name="beta",
    summary="between two ends, by default 0 and 1: shares, rates, uncertain probabilities",
    parameters=(
        Parameter("alpha", "the first shape, above 0", low=0.0),
        Parameter("beta", "the second shape, above 0", low=0.0),
        Parameter("low", "the least possible value", default=0.0),
        Parameter("high", "the greatest possible value", default=1.0),
    ),
    words=(
        Parameter("mean", "the mean"),
        Parameter("sd", "the standard deviation, above 0", low=0.0),
    ),
    elicitations=(
        Elicitation(
            ("alpha", "beta"), ("low", "high"), doc="successes and failures seen, one added to each"
        ),
        Elicitation(("mean", "sd"), ("low", "high"), solve=_from_mean_sd, doc="centre and spread"),
    ),
    quantile=_unit_beta.quantile,
    cdf=_unit_beta.cdf,
    sf=_unit_beta.sf,
    isf=_unit_beta.isf,
    density=_unit_beta.density,
    log_slope=_unit_beta.log_slope,
    costly=True,
    prompt=True,
    support=support,
    mean_sd=_unit_beta.mean_sd,
    check=check,
    oracle=_unit_beta.oracle,
    examples=(
        {"alpha": 2.0, "beta": 5.0},
        {"alpha": 0.5, "beta": 0.5},
        {"mean": 0.3, "sd": 0.1},
        {"mean": 12.0, "sd": 2.0, "low": 5.0, "high": 30.0},
    ),
    source="Johnson, Kotz & Balakrishnan (1995), Continuous Univariate Distributions 2, ch. 25",
)
