"""Print no more digits than the error justifies.

A value is rounded at the decimal place of its half-width's first significant digit, one place
further when that digit is 1 (otherwise the rounding of 1.4 to 1 would be most of the error).
"""

from __future__ import annotations

import math
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

MISSING = "—"
_LARGE = 12  # from 1e12 on, and with more than _SMALL decimals: powers of ten
_SMALL = 6
_UNKNOWN = 3  # digits of a value whose error is unknown
_EXACT = 6  # digits of a fraction that is known exactly
_PLAIN = -4  # exponent of the least number that is known exactly and written without a power


def _decimal(value: float) -> Decimal:
    return Decimal(repr(float(value)))  # float: the repr of a NumPy number is not a number


def _place(half_width: Decimal) -> int:
    """Exponent of the last decimal place that `half_width` justifies."""
    return half_width.adjusted() - (half_width.as_tuple().digits[0] == 1)


def _rounded(number: Decimal, place: int, rounding: str) -> Decimal:
    with localcontext(prec=800):  # the widest double has 309 digits before the point
        result = number.quantize(Decimal((0, (1,), place)), rounding=rounding)
    return result if result else abs(result)  # no "-0"


def _fixed(number: Decimal, place: int) -> str:
    return f"{number:,f}" if place <= 0 else f"{int(number):,d}"


def _powers(number: Decimal, place: int) -> str:
    return f"{number:.{max(0, number.adjusted() - place)}e}" if number else "0"


def _pair(value: Decimal, half_width: Decimal, place: int) -> tuple[str, str]:
    largest = max(value.adjusted() if value else place, half_width.adjusted())
    style = _powers if largest >= _LARGE or place < -_SMALL else _fixed
    return (
        style(_rounded(value, place, ROUND_HALF_EVEN), place),
        style(_rounded(half_width, place, ROUND_HALF_UP), place),
    )


def figure(value: float, digits: int = _UNKNOWN) -> str:
    """Return `value` with `digits` significant digits and thousands separators."""
    if not math.isfinite(value):
        return str(value)
    number = _decimal(value)
    if not number:
        return "0"
    return _pair(number, number, number.adjusted() - digits + 1)[0]


def exact(value: float) -> str:
    """Return a value that is known exactly: whole, or with six digits at most."""
    if not math.isfinite(value):
        return str(value)
    if value == math.floor(value) and abs(value) < 10**_LARGE:
        return f"{int(value):,d}"
    number = _decimal(value)
    text = figure(value, max(_EXACT, 1 + number.adjusted()))
    if "e" in text and _PLAIN <= number.adjusted() < 0:
        place = number.adjusted() - _EXACT + 1
        text = _fixed(_rounded(number, place, ROUND_HALF_EVEN), place)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def split(value: float | None, half_width: float | None) -> tuple[str, str]:
    """Return the texts of a value and of its half-width, rounded alike.

    Parameters
    ----------
    value : float or None
        `None` where it does not exist.
    half_width : float or None
        `None` where it is not known; 0 for a value known exactly.

    Returns
    -------
    tuple of str
        ``("141,000", "600")``; ``("—", "")`` without a value, ``("141,000", "?")`` without an
        error.
    """
    if value is None:
        return MISSING, ""
    if half_width is None or not math.isfinite(half_width) or not math.isfinite(value):
        return figure(value), "?"
    if half_width == 0.0:
        return exact(value), "0"
    error = _decimal(abs(half_width))
    return _pair(_decimal(value), error, _place(error))


def plus_minus(value: float | None, half_width: float | None) -> str:
    """Return ``141,000 ± 600``; see `split`."""
    number, error = split(value, half_width)
    return f"{number} ± {error}" if error else number


def percent(value: float | None, half_width: float | None) -> str:
    """Return a probability and its half-width as ``50.4% ± 0.3%``."""
    if value is None:
        return MISSING
    number, error = split(100 * value, None if half_width is None else 100 * half_width)
    return f"{number}% ± {error}%" if error != "?" else f"{number}% ± ?"
