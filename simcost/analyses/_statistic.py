"""The statistics of an output that a tornado can be about."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError
from simcost.result import Interval, Result
from simcost.result.names import quantile_name
from simcost.result.ranks import enough

Vector = npt.NDArray[np.float64]

TAIL = 30  # outcomes beyond a percentile that the error of a CVaR takes
_PERCENTILE = re.compile(r"(p|cvar)\s*_?(\d+(?:\.\d+)?)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statistic:
    """A number that sums up the outcomes of an output.

    Parameters
    ----------
    name : str
        ``mean``, ``P90``, ``CVaR90``, ``overrun``.
    ask : callable
        Takes a result and an output, returns the statistic with its interval.
    score : callable
        Takes outcomes and the statistic of all of them; returns for each outcome a number whose
        mean is the same in every bin of an input that the statistic does not depend on.
    title : str
        As it reads in a sentence, with ``{}`` for the output.
    fewest : int
        Outcomes that an interval of it takes.
    moments : bool
        Whether it is a mean of the output, so that a variance has to exist.
    plain : bool
        Whether it is a plain number instead of an amount of the output.
    """

    name: str
    ask: Callable[[Result, str], Interval]
    score: Callable[[Vector, float], Vector]
    title: str
    fewest: int = 30
    moments: bool = False
    plain: bool = False


def statistic_of(
    name: str, output: str, budget: float | None = None, confidence: float = 0.95
) -> Statistic:
    """Return the statistic of that name.

    Parameters
    ----------
    name : str
        ``mean``, ``P90`` or any percentile, ``CVaR90``, or ``overrun`` with a `budget`.
    output : str
        The output, for messages.
    budget : float or None
        What ``overrun`` is the chance to exceed.
    confidence : float
        Level of the intervals.

    Raises
    ------
    UsageError
        For an unknown name, with the nearest one; for ``overrun`` without a budget, or a budget
        without it.
    """
    text = str(name).strip()
    if text.lower() == "overrun":
        return _overrun(output, budget)
    if budget is not None:
        raise UsageError(f"a budget goes with the statistic overrun, not with {text}")
    if text.lower() == "mean":
        return Statistic(
            "mean", lambda result, of: result.mean(of), lambda y, _: y, "mean {}", moments=True
        )
    found = _PERCENTILE.fullmatch(text)
    if not found or not 0 < float(found[2]) < 100:
        raise UsageError(_unknown(text))
    percent = float(found[2])
    return _cvar(percent) if found[1].lower() == "cvar" else _quantile(percent, confidence)


def _quantile(percent: float, confidence: float) -> Statistic:
    return Statistic(
        quantile_name(percent),
        lambda result, of: result.quantile(of, percent),
        lambda y, value: (y > value).astype(np.float64),
        f"{quantile_name(percent)} of {{}}",
        fewest=enough(percent, confidence),
    )


def _cvar(percent: float) -> Statistic:
    def score(y: Vector, _: float) -> Vector:
        excess: Vector = np.maximum(y - np.quantile(y, percent / 100), 0.0)
        return excess

    return Statistic(
        f"CVaR{quantile_name(percent)[1:]}",
        lambda result, of: result.cvar(of, percent),
        score,
        f"mean of the worst {100 - percent:g}% of {{}}",
        fewest=math.ceil(TAIL / (1 - percent / 100)),
        moments=True,
    )


def _overrun(output: str, budget: float | None) -> Statistic:
    if budget is None or not math.isfinite(budget):
        raise UsageError(
            f"overrun is the chance that {output} exceeds a budget: give one (--budget 100000)"
        )
    limit = float(budget)
    return Statistic(
        "overrun",
        lambda result, of: result.exceedance(of, limit),
        lambda y, _: (y > limit).astype(np.float64),
        f"chance that {{}} exceeds {limit:,.12g}",
        plain=True,
    )


def _unknown(text: str) -> str:
    known = ["mean", "overrun", "P10", "P50", "P80", "P90", "CVaR90"]
    near = difflib.get_close_matches(text.lower(), [one.lower() for one in known], n=1)
    spelled = {one.lower(): one for one in known}
    hint = f"did you mean {spelled[near[0]]}?" if near else ""
    rest = "there are mean, P and CVaR with a percentile (P90, CVaR95), and overrun with a budget"
    return f"there is no statistic {text!r}; {hint or rest}"
