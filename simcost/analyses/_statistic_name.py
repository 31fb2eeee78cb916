"""Statistics by the names that people write: ``P80``, ``mean``, ``overrun``."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches

from simcost.analyses._influence import Statistic
from simcost.errors import UsageError

_PERCENTILE = re.compile(r"[pP](\d+(?:\.\d+)?)")
_KNOWN = ("mean", "overrun", "P50", "P80", "P90", "P95")


def parse_statistic(text: str, budget: float | None = None) -> Statistic:
    """Return the statistic of that name.

    Parameters
    ----------
    text : str
        ``P80`` or any other percentile, ``mean``, or ``overrun``: the chance to exceed a budget.
    budget : float or None
        That goes with ``overrun``.

    Raises
    ------
    UsageError
        For an unknown name, or ``overrun`` without a budget.
    """
    name = str(text).strip()
    if name.lower() == "mean":
        return Statistic("mean")
    if name.lower() == "overrun":
        if budget is None or not math.isfinite(budget):
            raise UsageError("overrun is the chance to exceed a budget: give one (--budget 100000)")
        return Statistic("chance", float(budget))
    found = _PERCENTILE.fullmatch(name)
    if found and 0 < float(found[1]) < 100:
        return Statistic("quantile", float(found[1]))
    near = get_close_matches(name, _KNOWN, n=1)
    hint = f"did you mean {near[0]}?" if near else "write P80 or another percentile, mean, overrun"
    raise UsageError(f"there is no statistic {name!r}; {hint}")
