"""Exact law of a sum of losses that are multiples of one step."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from simcost import elementary
from simcost.families._atoms import LIMIT, AtomTable
from simcost.families._base import Vector
from simcost.families._compound_count import Count
from simcost.families._compound_ladder import reach
from simcost.families._compound_window import Points, cumulant

_DEPTH = 44.0  # -log of the probability left out at either end


def common_step(values: Vector) -> float | None:
    """Return the largest number that all values are whole multiples of, None if there is none.

    The values are taken as they are written in decimal, so 0.1 and 0.25 have the step 0.05.
    """
    if values.size > 10_000:
        whole = values == np.floor(values)
        return 1.0 if whole.all() and np.abs(values).max() < 2**53 else None
    fractions = [Fraction(Decimal(repr(float(value)))) for value in values if value]
    below = lcm(*(fraction.denominator for fraction in fractions))
    above = gcd(*(int(fraction * below) for fraction in fractions))
    return float(Fraction(above, below)) if fractions else 1.0


def lattice_table(
    count: Count,
    values: Vector,
    probabilities: Vector,
    step: float,
    support: tuple[float, float],
) -> AtomTable | None:
    """Return the law of the sum, or None where it would have too many values.

    Parameters
    ----------
    count : Count
    values, probabilities : float64 arrays
        Law of one loss; the values are multiples of `step`.
    step : float
        See `common_step`.
    support : tuple of float
        Least and greatest sum; may be infinite.
    """
    index = np.rint(values / step)
    points = Points(index, elementary.log(probabilities))
    whole = cumulant(count, points)
    unit = float(np.abs(index).max()) or 1.0
    low = -reach(lambda theta: whole(-theta), _DEPTH, unit)
    high = reach(whole, _DEPTH, unit)
    first = int(max(np.floor(low), np.rint(support[0] / step)))
    last = int(min(np.ceil(high), np.rint(support[1] / step)))
    if last - first + 1 > 10 * LIMIT:
        return None
    length = 1 << (max(last - first + 1, 16) - 1).bit_length()
    ring = np.bincount(index.astype(np.int64) % length, probabilities, length)
    z = elementary.rfft(np.asarray(ring, np.float64))
    # A transform of probabilities is at most 1; rounding must not be raised to a high power.
    z = z * (1.0 / np.maximum(z.size(), 1.0))
    sums = elementary.irfft(count.transform(z), length)
    mass = np.roll(sums, -(first % length))[: last - first + 1]
    # Rounding leaves about 1e-16 of the largest; what is smaller counts as nothing.
    real = mass > 1e-15 * mass.max()
    if real.sum() > LIMIT:
        return None
    return AtomTable.from_weights(_multiples(np.arange(first, last + 1)[real], step), mass[real])


def _multiples(index: np.typing.NDArray[np.int64], step: float) -> Vector:
    exact = Fraction(Decimal(repr(step)))
    # numerator * index / denominator rounds once: 3 times 0.1 is 0.3.
    return np.asarray(index * float(exact.numerator) / float(exact.denominator), dtype=np.float64)
