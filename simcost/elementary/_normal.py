"""The standard normal distribution function and its inverse."""

from __future__ import annotations

from typing import Any

import numpy as np

from simcost.elementary._bits import INF, NAN, head, select
from simcost.elementary._exponential import exp
from simcost.elementary._logarithm import finite_log


def central_quantile(q: Any) -> Any:
    """Return the normal quantile of 1/2 + q for |q| <= 0.425 as a fraction (AS 241, a and b)."""
    r = 0.180625 - q * q
    top = 2.5090809287301226727e3
    top = top * r + 3.3430575583588128105e4
    top = top * r + 6.7265770927008700853e4
    top = top * r + 4.5921953931549871457e4
    top = top * r + 1.3731693765509461125e4
    top = top * r + 1.9715909503065514427e3
    top = top * r + 1.3314166789178437745e2
    top = top * r + 3.3871328727963666080e0
    low = 5.2264952788528545610e3
    low = low * r + 2.8729085735721942674e4
    low = low * r + 3.9307895800092710610e4
    low = low * r + 2.1213794301586595867e4
    low = low * r + 5.3941960214247511077e3
    low = low * r + 6.8718700749205790830e2
    low = low * r + 4.2313330701600911252e1
    low = low * r + 1.0
    return q * top, low


def tail_quantile(s: Any) -> Any:
    """Size of the normal quantile of exp(-s*s) as a fraction (AS 241, c to f)."""
    far = s > 5.0
    r = select(far, s - 5.0, s - 1.6)
    top = select(far, 2.01033439929228813265e-7, 7.74545014278341407640e-4)
    top = top * r + select(far, 2.71155556874348757815e-5, 2.27238449892691845833e-2)
    top = top * r + select(far, 1.24266094738807843860e-3, 2.41780725177450611770e-1)
    top = top * r + select(far, 2.65321895265761230930e-2, 1.27045825245236838258e0)
    top = top * r + select(far, 2.96560571828504891230e-1, 3.64784832476320460504e0)
    top = top * r + select(far, 1.78482653991729133580e0, 5.76949722146069140550e0)
    top = top * r + select(far, 5.46378491116411436990e0, 4.63033784615654529590e0)
    top = top * r + select(far, 6.65790464350110377720e0, 1.42343711074968357734e0)
    low = select(far, 2.04426310338993978564e-15, 1.05075007164441684324e-9)
    low = low * r + select(far, 1.42151175831644588870e-7, 5.47593808499534494600e-4)
    low = low * r + select(far, 1.84631831751005468180e-5, 1.51986665636164571966e-2)
    low = low * r + select(far, 7.86869131145613259100e-4, 1.48103976427480074590e-1)
    low = low * r + select(far, 1.48753612908506148525e-2, 6.89767334985100004550e-1)
    low = low * r + select(far, 1.36929880922735805310e-1, 1.67638483018380384940e0)
    low = low * r + select(far, 5.99832206555887937690e-1, 2.05319162663775882187e0)
    low = low * r + 1.0
    return top, low


def ndtri(u: Any) -> Any:
    """Return the normal quantile of u; -inf at 0, inf at 1, NaN outside [0, 1].

    Relative error below 1.5e-15 for every u, the smallest included.
    Source: Wichura (1988), Algorithm AS 241, PPND16.
    """
    q = u - 0.5
    nearer = select(u > 0.5, 1.0 - u, u)
    inside = nearer > 0.0
    top, low = central_quantile(q)
    size, scale = tail_quantile(np.sqrt(-finite_log(select(inside, nearer, 0.25))))
    centre = abs(q) <= 0.425
    top = select(centre, top, select(q < 0.0, -size, size))
    value = top / select(centre, low, scale)
    edge = select(u == 0.0, -INF, select(u == 1.0, INF, NAN))
    return select(inside, value, edge)


def square_half(z: Any) -> Any:
    """Return -z*z/2 as an unevaluated sum of two doubles."""
    top = head(z)
    rest = z - top
    product = z * z
    error = ((top * top - product) + 2.0 * top * rest) + rest * rest
    return -0.5 * product, -0.5 * error


def normal_centre(z: Any) -> Any:
    """Return the normal probability of z for |z| <= 0.674."""
    s = z * z
    top = 0.065682337918207449113
    top = top * s + 2.2352520354606839287
    top = top * s + 161.02823106855587881
    top = top * s + 1067.6894854603709582
    top = top * s + 18154.981253343561249
    low = s + 47.20258190468824187
    low = low * s + 976.09855173777669322
    low = low * s + 10260.932208618978205
    low = low * s + 45507.789335026729956
    return 0.5 + z * (top / low)


def mills_middle(y: Any) -> Any:
    """Upper tail probability over exp(-y*y/2) for 0.674 < y <= 5.657."""
    top = 1.0765576773720192317e-8
    top = top * y + 0.39894151208813466764
    top = top * y + 8.8831497943883759412
    top = top * y + 93.506656132177855979
    top = top * y + 597.27027639480026226
    top = top * y + 2494.5375852903726711
    top = top * y + 6848.1904505362823326
    top = top * y + 11602.651437647350124
    top = top * y + 9842.7148383839780218
    low = y + 22.266688044328115691
    low = low * y + 235.38790178262499861
    low = low * y + 1519.377599407554805
    low = low * y + 6485.558298266760755
    low = low * y + 18615.571640885098091
    low = low * y + 34900.952721145977266
    low = low * y + 38912.003286093271411
    low = low * y + 19685.429676859990727
    return top / low


def mills_far(y: Any) -> Any:
    """Upper tail probability over exp(-y*y/2) for y > 5.657."""
    s = 1.0 / (y * y)
    top = 0.02307344176494017303
    top = top * s + 0.21589853405795699
    top = top * s + 0.1274011611602473639
    top = top * s + 0.022235277870649807
    top = top * s + 0.001421619193227893466
    top = top * s + 2.9112874951168792e-5
    low = s + 1.28426009614491121
    low = low * s + 0.468238212480865118
    low = low * s + 0.0659881378689285515
    low = low * s + 0.00378239633202758244
    low = low * s + 7.29751555083966205e-5
    return (0.3989422804014327 - s * (top / low)) / y


def ndtr(z: Any) -> Any:
    """Return the normal probability of z, to 2e-15 of itself also in the lower tail.

    Source: W. J. Cody (1969), "Rational Chebyshev approximations for the error function".
    """
    y = select(abs(z) < 40.0, abs(z), 40.0)
    high, low = square_half(y)
    factor = exp(high)
    ratio = select(y <= 5.656854249492381, mills_middle(y), mills_far(y))
    tail = (factor + factor * low) * ratio
    value = select(z < 0.0, tail, 1.0 - tail)
    value = select(abs(z) <= 0.67448975, normal_centre(z), value)
    return select(z != z, NAN, value)


def normal_mills(z: Any) -> Any:
    """Upper tail probability over exp(-z*z/2), for z >= 0 only."""
    near = 1.0 - normal_centre(z)
    middle = select(z <= 5.656854249492381, mills_middle(z), mills_far(select(z > 5.0, z, 5.0)))
    return select(z <= 0.67448975, near / exp(-0.5 * z * z), middle)


FUNCTIONS = (
    central_quantile,
    tail_quantile,
    ndtri,
    square_half,
    normal_centre,
    mills_middle,
    mills_far,
    ndtr,
)
