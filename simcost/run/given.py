"""Settings given in Python: whole numbers, shares and percentiles, or a clear refusal."""

from __future__ import annotations

from numbers import Real
from operator import index

from simcost.errors import UsageError


def whole(name: str, given: object, least: int) -> int:
    """Return a setting that is a whole number, NumPy's kinds included.

    Raises
    ------
    UsageError
        For anything else, or a number below `least`.
    """
    try:
        number = index(given) if not isinstance(given, bool) else least - 1  # type: ignore[arg-type]
    except TypeError:
        number = least - 1
    if number < least:
        raise UsageError(f"{name} must be a whole number of at least {least}, not {given!r}")
    return number


def share(name: str, given: object) -> float:
    """Return a number between 0 and 1, the ends excluded.

    Raises
    ------
    UsageError
        For anything else.
    """
    if not isinstance(given, Real) or not 0 < float(given) < 1:
        raise UsageError(f"{name} must be a number between 0 and 1 (1% is 0.01), not {given!r}")
    return float(given)


def percentiles(given: object) -> tuple[float, ...]:
    """Return one or several percentiles.

    Raises
    ------
    UsageError
        For anything but numbers between 0 and 100, the ends excluded.
    """
    try:
        numbers = (float(given),) if isinstance(given, Real) else tuple(map(float, given))  # type: ignore[call-overload]
    except (TypeError, ValueError):
        numbers = ()
    if not numbers or not all(0 < number < 100 for number in numbers):
        raise UsageError(f"quantiles must be numbers between 0 and 100, not {given!r}")
    return numbers
