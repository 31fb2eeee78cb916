"""sin, cos and tan.

The kernels are those of fdlibm (Copyright (C) 1993 by Sun Microsystems, see NOTICE). The reduction
subtracts a multiple of pi/2 held in three doubles (159 bits), with the products taken exactly
(Dekker 1971), so it needs neither a table nor a second method for large arguments.
"""

from __future__ import annotations

from typing import Any

from simcost.elementary._bits import NAN, ROUNDER, ROUNDER_BITS, bits, select

TWO_PER_PI = 0.6366197723675814
HALF_PI_1 = 1.5707963267948966
HALF_PI_2 = 6.123233995736766e-17
HALF_PI_3 = -1.4973849048591698e-33
SPLITTER = 134217729.0  # 2^27 + 1
# Beyond this, neighbouring doubles are a quarter apart: no phase is left to speak of.
LARGEST = 1125899906842624.0  # 2^50
SMALLEST = 7.450580596923828e-09  # 2^-27: here sin x and tan x round to x

S1 = -1.66666666666666324348e-01
S2 = 8.33333333332248946124e-03
S3 = -1.98412698298579493134e-04
S4 = 2.75573137070700676789e-06
S5 = -2.50507602534068634195e-08
S6 = 1.58969099521155010221e-10

C1 = 4.16666666666666019037e-02
C2 = -1.38888888888741095749e-03
C3 = 2.48015872894767294178e-05
C4 = -2.75573143513906633035e-07
C5 = 2.08757232129817482790e-09
C6 = -1.13596475577881948265e-11


def upper_half(x: Any) -> Any:
    """Return `x` rounded to 26 bits, the remainder having as few (Veltkamp)."""
    spread = SPLITTER * x
    return spread - (spread - x)


def exact_product(x: Any, y: Any) -> Any:
    """Return x*y rounded, and what the rounding took away."""
    product = x * y
    xh = upper_half(x)
    yh = upper_half(y)
    xl = x - xh
    yl = y - yh
    return product, ((xh * yh - product) + xh * yl + xl * yh) + xl * yl


def exact_difference(x: Any, y: Any) -> Any:
    """Return x-y rounded, and what the rounding took away."""
    difference = x - y
    shadow = x - difference
    return difference, (x - (difference + shadow)) + (shadow - y)


def quadrant(x: Any) -> Any:
    """Return n and the pair r, s with x = n pi/2 + r + s, |r| <= pi/4, for |x| <= 2**50."""
    shifted = x * TWO_PER_PI + ROUNDER
    n = shifted - ROUNDER
    large, error = exact_product(n, HALF_PI_1)
    small, error_2 = exact_product(n, HALF_PI_2)
    r, lost = exact_difference(x - large, error)
    r, lost_2 = exact_difference(r, small)
    rest = ((lost + lost_2) - error_2) - n * HALF_PI_3
    total = r + rest
    shadow = total - r
    return bits(shifted) - ROUNDER_BITS, total, (r - (total - shadow)) + (rest - shadow)


def sine_kernel(x: Any, low: Any) -> Any:
    """Sine of x + low for |x| <= pi/4."""
    z = x * x
    v = z * x
    r = S2 + z * (S3 + z * (S4 + z * (S5 + z * S6)))
    return x - ((z * (0.5 * low - v * r) - low) - v * S1)


def cosine_kernel(x: Any, low: Any) -> Any:
    """Cosine of x + low for |x| <= pi/4."""
    z = x * x
    r = z * (C1 + z * (C2 + z * C3)) + z * z * (z * z) * (C4 + z * (C5 + z * C6))
    half = 0.5 * z
    w = 1.0 - half
    return w + (((1.0 - w) - half) + (z * r - x * low))


def sine_cosine(x: Any) -> Any:
    """Sine and cosine of x, NaN where |x| > 2**50."""
    usable = abs(x) <= LARGEST
    n, r, low = quadrant(select(usable, x, 0.0))
    sine = sine_kernel(r, low)
    cosine = cosine_kernel(r, low)
    swap = (n & 1) == 1
    s = select(swap, cosine, sine)
    c = select(swap, sine, cosine)
    s = select((n & 2) == 2, -s, s)
    c = select(((n + 1) & 2) == 2, -c, c)
    return select(usable, select(abs(x) < SMALLEST, x, s), NAN), select(usable, c, NAN)


def sin(x: Any) -> Any:
    """Sine, within 1 ulp for |x| <= 2**45; NaN from 2**50 on."""
    s, _ = sine_cosine(x)
    return s


def cos(x: Any) -> Any:
    """Cosine, within 1 ulp for |x| <= 2**45; NaN from 2**50 on."""
    _, c = sine_cosine(x)
    return c


def tan(x: Any) -> Any:
    """Tangent, within 2 ulp for |x| <= 2**45; NaN from 2**50 on."""
    s, c = sine_cosine(x)
    return s / c


FUNCTIONS = (
    upper_half,
    exact_product,
    exact_difference,
    quadrant,
    sine_kernel,
    cosine_kernel,
    sine_cosine,
    sin,
    cos,
    tan,
)
