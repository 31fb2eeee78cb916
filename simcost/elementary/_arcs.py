"""sinh, cosh, asinh and asin.

asin after fdlibm's e_asin.c (Copyright (C) 1993 by Sun Microsystems, see NOTICE).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.elementary._exponential import expm1
from simcost.elementary._logarithm import log1p

HALF_PI = 1.5707963267948966

# Remez coefficients of (asin(x) - x) / x^3 in x^2 on [0, 0.5], a fraction.
P0 = 1.66666666666666657415e-01
P1 = -3.25565818622400915405e-01
P2 = 2.01212532134862925881e-01
P3 = -4.00555345006794114027e-02
P4 = 7.91534994289814532176e-04
P5 = 3.47933107596021167570e-05
Q1 = -2.40339491173441421878e00
Q2 = 2.02094576023350569471e00
Q3 = -6.88283971605453293030e-01
Q4 = 7.70381505559019352791e-02

select = np.where


def sinh(x: Any) -> Any:
    """Hyperbolic sine, within 3 ulp up to 709."""
    grown = expm1(abs(x))
    size = 0.5 * (grown + grown / (grown + 1.0))
    return select(grown == np.inf, x, np.copysign(size, x))


def cosh(x: Any) -> Any:
    """Hyperbolic cosine, within 3 ulp up to 709."""
    grown = expm1(abs(x))
    return 1.0 + 0.5 * grown * (grown / (grown + 1.0))


def asinh(x: Any) -> Any:
    """Inverse hyperbolic sine, within 3 ulp."""
    size = abs(x)
    bounded = select(size < 1e150, size, 1.0)
    square = bounded * bounded
    near = log1p(bounded + square / (1.0 + np.sqrt(1.0 + square)))
    far = log1p(size) + 0.6931471805599453
    return np.copysign(select(size < 1e150, near, far), x)


def asin(x: Any) -> Any:
    """Arc sine in [-pi/2, pi/2], within 2 ulp; NaN outside [-1, 1]."""
    size = abs(x)
    outer = size > 0.5
    z = select(outer, 0.5 * (1.0 - size), size * size)
    top = z * (P0 + z * (P1 + z * (P2 + z * (P3 + z * (P4 + z * P5)))))
    rest = top / (1.0 + z * (Q1 + z * (Q2 + z * (Q3 + z * Q4))))
    s = select(outer, np.sqrt(z), size)
    value = s + s * rest
    return np.copysign(select(outer, HALF_PI - 2.0 * value, value), x)
