"""Names of percentiles, and the names an output may be asked by."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from simcost.errors import UsageError


def check_percent(percent: float) -> float:
    """Return `percent` as a float.

    Raises
    ------
    UsageError
        When it does not lie strictly between 0 and 100.
    """
    value = float(percent)
    if not 0.0 < value < 100.0:
        raise UsageError(f"a percentile must lie between 0 and 100, not {percent!r}")
    return value


def quantile_name(percent: float) -> str:
    """Return ``P10``, ``P2.5``, ``P99.9``."""
    short = f"{percent:g}"
    # %g keeps six digits: P99.99999 would be called P100.
    return f"P{short if float(short) == percent else repr(float(percent))}"


def check_output(name: str, known: Iterable[str]) -> None:
    """Check that an output has that name.

    Raises
    ------
    UsageError
        When no output has that name; with the nearest one that does.
    """
    names = list(known)
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(names)}"
    raise UsageError(f"no output is named {name!r}; {hint}")
