"""exp and expm1, after fdlibm's e_exp.c (Copyright (C) 2004 by Sun Microsystems, see NOTICE)."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.elementary._bits import NAN, ROUNDER, ROUNDER_BITS, bits, scale, select
from simcost.elementary._swift import swift

# ln 2 in two pieces; k times the first is exact for |k| < 2^20.
LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
PER_LN2 = 1.44269504088896338700e00

# Remez coefficients of r coth(r/2) - 2 in r^2 on [0, ln2/2], error below 2^-59.
P1 = 1.66666666666666019037e-01
P2 = -2.77777777770155933842e-03
P3 = 6.61375632143793436117e-05
P4 = -1.65339022054652515390e-06
P5 = 4.13813679705723846039e-08


def reduced_exp(x: Any) -> Any:
    """Return k, h, t with e**x = 2**k (1 + h + t), t small beside h."""
    shifted = x * PER_LN2 + ROUNDER
    n = shifted - ROUNDER
    h = x - n * LN2_HIGH
    low = n * LN2_LOW
    r = h - low
    s = r * r
    c = r - s * (P1 + s * (P2 + s * (P3 + s * (P4 + s * P5))))
    return bits(shifted) - ROUNDER_BITS, h, r * c / (2.0 - c) - low


def exp(x: Any) -> Any:
    """e**x, within 1 ulp; results below the normal range are rounded properly, not flushed."""
    bounded = select(x > 710.0, 710.0, select(x < -746.0, -746.0, x))
    k, h, t = reduced_exp(bounded)
    return select(x != x, NAN, scale(1.0 + (h + t), k))


def fast_exp(x: Any) -> Any:
    """Return what `exp` does, for arrays without NaN: fewer selections, which are slow on them."""
    k, h, t = reduced_exp(np.minimum(np.maximum(x, -746.0), 710.0))
    return scale(1.0 + (h + t), k)


def small_expm1(x: Any) -> Any:
    """e**x - 1 for x up to 40."""
    bounded = select(x > 40.0, 40.0, select(x < -40.0, -40.0, x))
    k, h, t = reduced_exp(bounded)
    unit = scale(1.0, k)
    whole = unit - 1.0
    part = unit * h
    # Exact sum of the two large terms; which of them is larger depends on k.
    total = whole + part
    shadow = total - whole
    error = (whole - (total - shadow)) + (part - shadow)
    near = select(k == 0, h + t, total + (error + unit * t))
    return select(x != x, NAN, select(abs(x) < 1e-300, x, near))


def expm1(x: Any) -> Any:
    """e**x - 1 without cancellation near 0, within 1 ulp."""
    return select(x > 40.0, exp(x), small_expm1(x))


# For arrays.
swift_exp, swift_fast_exp = swift(exp), swift(fast_exp)

FUNCTIONS = (reduced_exp, exp, small_expm1, expm1)
