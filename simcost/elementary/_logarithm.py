"""log, log2, log10 and log1p, after fdlibm (Copyright (C) 1993 by Sun Microsystems, see NOTICE)."""

from __future__ import annotations

from typing import Any

from simcost.elementary._bits import INF, LOWEST_NORMAL, NAN, bits, double, float_of, head, select
from simcost.elementary._swift import swift

LN2_HIGH = 6.93147180369123816490e-01
LN2_LOW = 1.90821492927058770002e-10
PER_LN2_HIGH = 1.44269504072144627571e00
PER_LN2_LOW = 1.67517131648865118353e-10
PER_LN10_HIGH = 4.34294481878168880939e-01
PER_LN10_LOW = 2.50829467116452752298e-11
LG2_HIGH = 3.01029995663611771306e-01
LG2_LOW = 3.69423907715893078616e-13

# Remez coefficients of log((1+s)/(1-s)) / s - 2 in s^2, error below 2^-58.45.
L1 = 6.666666666666735130e-01
L2 = 3.999999999940941908e-01
L3 = 2.857142874366239149e-01
L4 = 2.222219843214978396e-01
L5 = 1.818357216161805012e-01
L6 = 1.531383769920937332e-01
L7 = 1.479819860511658591e-01

# Distance, in the bit pattern, from sqrt(1/2) up to 1: adding it makes the exponent field change
# at sqrt(1/2) instead of at a power of two, so that the reduced argument is centred on 1.
CENTRE = 0x3FF0000000000000 - 0x3FE6A09E00000000
SIGNIFICAND = 0x000FFFFFFFFFFFFF
ROOT_HALF = 0x3FE6A09E00000000


def split_exponent(x: Any) -> Any:
    """Return k (a double) and m in [sqrt(1/2), sqrt(2)) with x = 2**k m, for positive finite x."""
    tiny = x < LOWEST_NORMAL
    pattern = bits(select(tiny, x * 18014398509481984.0, x)) + CENTRE
    k = (pattern >> 52) - select(tiny, 1077, 1023)
    return float_of(k), double((pattern & SIGNIFICAND) + ROOT_HALF)


def log_tail(f: Any) -> Any:
    """log(1+f) - f + f*f/2 for f in [sqrt(1/2)-1, sqrt(2)-1)."""
    s = f / (2.0 + f)
    z = s * s
    w = z * z
    even = w * (L2 + w * (L4 + w * L6))
    odd = z * (L1 + w * (L3 + w * (L5 + w * L7)))
    return s * (0.5 * f * f + (odd + even))


def log_limits(x: Any, value: Any) -> Any:
    """Put -inf at 0, inf at inf and NaN left of 0 into the values of a logarithm."""
    inside = select(x == INF, INF, select(x > 0.0, value, NAN))
    return select(x == 0.0, -INF, inside)


def finite_log(x: Any) -> Any:
    """Natural logarithm of a positive finite x."""
    k, m = split_exponent(x)
    f = m - 1.0
    tail = log_tail(f) + k * LN2_LOW
    return tail - 0.5 * f * f + f + k * LN2_HIGH


def log(x: Any) -> Any:
    """Natural logarithm, within 1 ulp."""
    return log_limits(x, finite_log(x))


def log2(x: Any) -> Any:
    """Logarithm to base 2, within 1 ulp; exact for powers of two."""
    k, m = split_exponent(x)
    f = m - 1.0
    square = 0.5 * f * f
    high = head(f - square)
    low = (f - high) - square + log_tail(f)
    main = high * PER_LN2_HIGH
    rest = (low + high) * PER_LN2_LOW + low * PER_LN2_HIGH
    total = k + main
    return log_limits(x, rest + ((k - total) + main) + total)


def log10(x: Any) -> Any:
    """Logarithm to base 10, within 1 ulp."""
    k, m = split_exponent(x)
    f = m - 1.0
    square = 0.5 * f * f
    high = head(f - square)
    low = (f - high) - square + log_tail(f)
    main = high * PER_LN10_HIGH
    rest = k * LG2_LOW + (low + high) * PER_LN10_LOW + low * PER_LN10_HIGH
    whole = k * LG2_HIGH
    total = whole + main
    return log_limits(x, rest + ((whole - total) + main) + total)


def log1p(x: Any) -> Any:
    """log(1 + x) without cancellation near 0, within 1 ulp."""
    u = 1.0 + x
    k, m = split_exponent(u)
    # What rounding 1 + x lost, relative to u. Which difference is exact depends on the size of x.
    lost = select(x > 1.0, 1.0 - (u - x), x - (u - 1.0)) / u
    small = k == 0.0
    f = select(small, x, m - 1.0)
    correction = select(small, 0.0, lost)
    tail = log_tail(f) + (k * LN2_LOW + correction)
    value = tail - 0.5 * f * f + f + k * LN2_HIGH
    return select(abs(x) < 1e-300, x, log_limits(u, value))


swift_log = swift(finite_log)  # for arrays

FUNCTIONS = (split_exponent, log_tail, log_limits, finite_log, log, log2, log10, log1p)
