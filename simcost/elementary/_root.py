"""Roots of functions of one number."""

from __future__ import annotations

from collections.abc import Callable


def root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function crosses 0 inside (low, high), to a few units of the last bit.

    Inverse quadratic interpolation where it can be trusted, bisection elsewhere: about ten
    evaluations, no failure. The function is never asked at the ends.

    Source: Chandrupatla (1997), Advances in Engineering Software 28(3), 145-149.
    """
    below: tuple[float, float] | None = None
    above: tuple[float, float] | None = None
    a, b = low, high
    # Until there are values on both sides: halve.
    while below is None or above is None:
        x = a + (b - a) / 2
        if not a < x < b:
            return b
        f = rising(x)
        if f == 0.0:
            return x
        if f < 0.0:
            a, below = x, (x, f)
        else:
            b, above = x, (x, f)
    return _bracketed(rising, below, above)


def _bracketed(
    rising: Callable[[float], float], one: tuple[float, float], two: tuple[float, float]
) -> float:
    """Return the root between two points whose values have different signs."""
    (b, fb), (a, fa) = one, two  # a: the latest
    share = 0.5
    while True:
        x = a + share * (b - a)
        f = rising(x)
        if f == 0.0:
            return x
        if (f > 0.0) == (fa > 0.0):
            c, fc = a, fa
        else:
            c, fc = b, fb
            b, fb = a, fa
        a, fa = x, f
        best = a if abs(fa) < abs(fb) else b
        tolerance = 2.0**-51 * abs(best) + 5e-324
        smallest = tolerance / abs(b - a) if a != b else 1.0
        if smallest > 0.5:
            return best
        xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
        share = 0.5
        if phi * phi < xi and (1.0 - phi) * (1.0 - phi) < 1.0 - xi:
            share = fa / (fb - fa) * fc / (fb - fc)
            share += (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
        share = min(max(share, smallest), 1.0 - smallest)
