"""power, after fdlibm's e_pow.c (Copyright (C) 2004 by Sun Microsystems, see NOTICE).

log2 of the base is held in two doubles (about 70 bits), multiplied by the exponent in two, and
exponentiated. Powers of integers that a double can hold come out exact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.elementary._bits import (
    INF,
    LOWEST_NORMAL,
    NAN,
    ROUNDER,
    ROUNDER_BITS,
    bits,
    double,
    float_of,
    head,
    scale,
    select,
)
from simcost.elementary._exponential import P1, P2, P3, P4, P5

# Coefficients of 3/2 (log((1+s)/(1-s)) - 2s - 2/3 s^3) in s^2 on [0, 0.268].
L1 = 5.99999999999994648725e-01
L2 = 4.28571428578550184252e-01
L3 = 3.33333329818377432918e-01
L4 = 2.72728123808534006489e-01
L5 = 2.30660745775561754067e-01
L6 = 2.06975017800338417784e-01

LN2 = 6.93147180559945286227e-01
LN2_HIGH = 6.93147182464599609375e-01
LN2_LOW = -1.90465429995776804525e-09
CP = 9.61796693925975554329e-01  # 2 / (3 ln 2)
CP_HIGH = 9.61796700954437255859e-01
CP_LOW = -7.02846165095275826516e-09
LOG2_3_HALVES_HIGH = 5.84962487220764160156e-01
LOG2_3_HALVES_LOW = 1.35003920212974897128e-08

SIGNIFICAND = 0x000FFFFFFFFFFFFF
ONE_BITS = 0x3FF0000000000000
ROOT_THREE_HALVES = 0x3988E  # high bits of the significands of sqrt(3/2) and sqrt(3)
ROOT_THREE = 0xBB67A
LARGEST_EXPONENT = 18446744073709551616.0  # 2^64: any base but 1 over- or underflows


def log2_pair(x: Any) -> Any:
    """log2(x) of a positive finite x as a sum of two doubles, the first of 21 bits."""
    tiny = x < LOWEST_NORMAL
    pattern = bits(select(tiny, x * 18014398509481984.0, x))
    top = (pattern >> 32) & 0xFFFFF
    above = top >= ROOT_THREE
    middle = (top > ROOT_THREE_HALVES) & (top < ROOT_THREE)
    n = float_of((pattern >> 52) - select(tiny, 1077, 1023) + select(above, 1, 0))
    m = double((pattern & SIGNIFICAND) | ONE_BITS)
    m = select(above, 0.5 * m, m)
    point = select(middle, 1.5, 1.0)
    # s = (m - point) / (m + point) in two pieces.
    u = m - point
    v = 1.0 / (m + point)
    s = u * v
    sh = head(s)
    th = head(m + point)
    tl = m - (th - point)
    sl = v * ((u - sh * th) - sh * tl)
    # 3/2 log(m / point) = s (3 + s^2 + r) in two pieces.
    z = s * s
    r = z * z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * L6))))) + sl * (sh + s)
    z = sh * sh
    th = head(3.0 + z + r)
    tl = r - ((th - 3.0) - z)
    u = sh * th
    v = sl * th + tl * s
    ph = head(u + v)
    pl = v - (ph - u)
    # Times 2 / (3 ln 2), plus log2(point) and the exponent.
    zh = CP_HIGH * ph
    zl = CP_LOW * ph + pl * CP + select(middle, LOG2_3_HALVES_LOW, 0.0)
    offset = select(middle, LOG2_3_HALVES_HIGH, 0.0)
    high = head(((zh + zl) + offset) + n)
    return high, zl - (((high - n) - offset) - zh)


def exp2_pair(high: Any, low: Any) -> Any:
    """2**(high + low) for |high| <= 1200, low small beside it or below 1."""
    shifted = high + low + ROUNDER
    rest = high - (shifted - ROUNDER)
    t = head(rest + low)
    u = t * LN2_HIGH
    v = (low - (t - rest)) * LN2 + t * LN2_LOW
    z = u + v
    w = v - (z - u)
    s = z * z
    c = z - s * (P1 + s * (P2 + s * (P3 + s * (P4 + s * P5))))
    value = 1.0 - (((z * c) / (c - 2.0) - (w + z * w)) - z)
    return scale(value, bits(shifted) - ROUNDER_BITS)


def positive_power(x: Any, y: Any) -> Any:
    """x**y for positive finite x and |y| <= 2**64."""
    high, low = log2_pair(x)
    yh = head(y)
    ph = yh * high
    pl = (y - yh) * high + y * low
    huge = ph + pl > 1100.0
    tiny = ph + pl < -1200.0
    ph = select(huge, 1100.0, select(tiny, -1200.0, ph))
    return exp2_pair(ph, select(huge | tiny, 0.0, pl))


def power(x: Any, y: Any) -> Any:
    """x**y with the special cases of IEEE 754, within 1 ulp.

    x**0 and 1**y are 1 even for NaN; a negative base with a fractional exponent gives NaN.
    """
    size = abs(x)
    regular = (size > 0.0) & (size < INF)
    limited = select(
        y > LARGEST_EXPONENT,
        LARGEST_EXPONENT,
        select(y < -LARGEST_EXPONENT, -LARGEST_EXPONENT, y),
    )
    value = positive_power(select(regular, size, 1.0), limited)
    vanishes = (size == 0.0) == (y > 0.0)
    value = select(regular, value, select(vanishes, 0.0, INF))
    value = select(y == 0.5, np.sqrt(size), value)  # so that x**0.5 is sqrt(x) to the bit
    whole = np.floor(y) == y
    odd = whole & (np.floor(0.5 * y) * 2.0 != y)
    negative = bits(x) < 0
    value = select(negative & odd, -value, value)
    value = select((x < 0.0) & (size < INF) & ~whole, NAN, value)
    value = select((x != x) | (y != y), NAN, value)
    return select((y == 0.0) | (x == 1.0), 1.0, value)


FUNCTIONS = (log2_pair, exp2_pair, positive_power, power)
