"""The law of a sum of a random number of losses, for any kind of severity."""

from __future__ import annotations

from math import isfinite, ldexp

import numpy as np

from simcost import elementary
from simcost.families._base import Vector
from simcost.families._compound_cells import Cells, first_spacing
from simcost.families._compound_count import Count
from simcost.families._compound_ladder import (
    CELLS,
    FAR,
    Curve,
    is_heavy,
    one_sided_curve,
    weighted_points,
    with_far_tail,
    with_single_losses,
)
from simcost.families._compound_severity import Severity
from simcost.families._compound_window import LEAD, Frame, cumulant, window_masses

WIDE = 16_384  # cells of the innermost window where both tails are heavy


def compound_curve(count: Count, severity: Severity) -> Curve:
    """Return the distribution of the sum of N severities, given that there is one.

    Parameters
    ----------
    count : Count
        N, with a positive probability of two or more.
    severity : Severity
        Never zero.

    Returns
    -------
    Curve
    """
    mirror = severity.mirrored()
    if severity.low < 0.0 and is_heavy(mirror):
        if is_heavy(severity):
            return two_sided_curve(count, severity)
        return one_sided_curve(count, mirror).mirrored()
    if severity.high <= 0.0:
        return one_sided_curve(count, mirror).mirrored()
    return one_sided_curve(count, severity)


def two_sided_curve(count: Count, severity: Severity) -> Curve:
    """Return the curve for a severity with two heavy tails.

    Tilting needs one light tail, so the windows are centred instead; each leaves out losses that
    would take a sum from its middle to beyond half the period. Only two such losses of opposite
    sign could bring it back, which squares a probability of 1e-3 or less, further out.
    """
    points = weighted_points(severity)
    many = max(count.mean, 1.0)
    chances = np.array([0.01, 1e-3, FAR]) / many
    upper, lower = severity.isf(np.minimum(chances, 0.5)), severity.quantile(chances)
    common = (points.values > lower[0]) & (points.values < upper[0])
    weights = elementary.exp(points.log_weights[common])
    mean = (
        severity.mean if isfinite(severity.mean) else elementary.dot(points.values[common], weights)
    )
    centre = count.mean * mean
    square = elementary.dot(points.values[common] ** 2, weights)
    spread = 9.0 * float(np.sqrt(many * square + count.sd * mean * (count.sd * mean)))
    first, last = (spread + max(abs(float(upper[i])), abs(float(lower[i]))) for i in (1, 2))
    rungs = 1 + max(0, int(np.ceil(elementary.log(last / first) / elementary.log(4.0))))
    middle = float(severity.quantile(np.array([0.5]))[0])
    cells = Cells(severity, first_spacing(severity, 2.0 * first / WIDE), middle)
    x = [np.array([centre])]
    masses: list[Vector] = []
    for rung in range(rungs):
        half = ldexp(first, 2 * rung)
        size = CELLS if rung else WIDE
        cut = size * 3 // 8 if rung else size // 2
        spacing = 2.0 * half / size
        moments, start = cells.at(spacing, middle + 7.0 * half, middle - 7.0 * half)
        frame = Frame(count, cumulant(count, points), centre - half, spacing, size)
        seen = window_masses(frame, moments, start, 0.0)[LEAD:]
        steps = half - spacing * np.arange(cut)
        x = [centre - steps, *x, centre + steps[::-1]]
        masses = [seen[:cut], *masses, seen[size - cut :]]
    curve = with_single_losses(count, severity, np.concatenate(x), np.concatenate(masses))
    upper_done = with_far_tail(count, severity, curve)
    return with_far_tail(count, severity.mirrored(), upper_done.mirrored()).mirrored()
