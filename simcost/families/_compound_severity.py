"""A severity as the transform method sees it: local moments on a grid.

A grid cell keeps the first six moments of the mass that lies in it, so coarse grids are made
from fine ones exactly, and structure far below the grid spacing (atoms, the bulk of a Pareto
seen from its tail) is still placed with the right mean, variance, … up to order five.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import comb, factorial

import numpy as np

from simcost import elementary
from simcost.families._base import Vector

ORDER = 6  # moments 0 … 5 a cell, and the order of the B-spline that spreads them
_NODES, _WEIGHTS = elementary.gauss_legendre(3)
_NODES, _WEIGHTS = (_NODES + 1.0) / 2.0, _WEIGHTS / 2.0
_MOMENTS = np.stack(
    [q * _WEIGHTS * np.prod([_NODES] * (q - 1), axis=0) for q in range(1, ORDER)], axis=1
)


@dataclass(frozen=True, slots=True)
class Severity:
    """One loss, given that it is not zero.

    Parameters
    ----------
    cdf, sf : callable
        P(X <= x) and P(X > x), each accurate where it is small.
    isf : callable
        Inverse of `sf`.
    quantile : callable
        Inverse of `cdf`, accurate for tiny arguments.
    low, high : float
        Support.
    mean, sd : float
        May be infinite.
    marks : float64 array
        Where its density begins, ends or jumps.
    """

    cdf: Callable[[Vector], Vector]
    sf: Callable[[Vector], Vector]
    isf: Callable[[Vector], Vector]
    quantile: Callable[[Vector], Vector]
    low: float
    high: float
    mean: float
    sd: float
    marks: Vector

    def mirrored(self) -> Severity:
        """Return the law of -X."""
        return Severity(
            cdf=lambda x: self.sf(-x),
            sf=lambda x: self.cdf(-x),
            isf=lambda q: -self.quantile(q),
            quantile=lambda u: -self.isf(u),
            low=-self.high,
            high=-self.low,
            mean=-self.mean,
            sd=self.sd,
            marks=-self.marks[::-1],
        )


def cell_moments(severity: Severity, spacing: float, first: int, last: int) -> Vector:
    """Return the local moments of the cells (i h, (i + 1) h] for i in [first, last).

    Parameters
    ----------
    severity : Severity
    spacing : float
        Cell width h, unit of the severity.
    first, last : int
        Range of cells.

    Returns
    -------
    float64 array (last - first, 6)
        Column q is the integral of ((x - i h) / h)**q over the cell. Found from the distribution
        function by parts, in the tail that is short there, so small masses keep their digits.
    """
    edges = np.arange(first, last + 1, dtype=np.float64)
    inner = ((edges[:-1, None] + _NODES) * spacing).ravel()
    edges *= spacing
    split = int(np.searchsorted(edges, severity.quantile(np.array([0.5]))[0]))
    split = min(max(split, 0), last - first)
    jumps = np.empty((last - first, 1 + _NODES.size))
    for part, law, sign in (
        (slice(0, split), severity.cdf, 1.0),
        (slice(split, last - first), severity.sf, -1.0),
    ):
        size = part.stop - part.start
        if size:
            at_edges = sign * law(edges[part.start : part.stop + 1])
            at_nodes = sign * law(inner[_NODES.size * part.start : _NODES.size * part.stop])
            jumps[part, 0] = np.diff(at_edges)
            jumps[part, 1:] = at_nodes.reshape(size, -1) - at_edges[:-1, None]
    integrals = elementary.product(jumps[:, 1:], _MOMENTS)
    return np.hstack([jumps[:, :1], jumps[:, :1] - integrals])


_HALVES = np.array(
    [
        [[comb(q, r) * 0.5**q if r <= q else 0.0 for q in range(ORDER)] for r in range(ORDER)],
        [[0.5**q if r == q else 0.0 for q in range(ORDER)] for r in range(ORDER)],
    ]
)


def merged(moments: Vector, first: int) -> tuple[Vector, int]:
    """Join cells two by two: moments on a grid of twice the spacing, and its first cell."""
    before, after = first % 2, (first + moments.shape[0]) % 2
    padded = np.pad(moments, ((before, after), (0, 0)))
    right, left = _HALVES
    both = elementary.product(padded[0::2], left) + elementary.product(padded[1::2], right)
    return both, (first - before) // 2


def _spline() -> Vector:
    """Polynomial pieces of the B-spline: row = power of the local coordinate, column = node."""
    table = np.zeros((ORDER, ORDER))
    for node in range(ORDER):
        start = ORDER - 1 - node
        for k in range(start + 1):
            factor = (-1) ** k * comb(ORDER, k) / factorial(ORDER - 1)
            for q in range(ORDER):
                table[q, node] += factor * comb(ORDER - 1, q) * (start - k) ** (ORDER - 1 - q)
    return table


_SPLINE = _spline()


def spread(moments: Vector, first: int) -> tuple[Vector, int]:
    """Return masses on the grid points, and the index of the first point.

    The masses are those of the law smeared by a B-spline of order 6; its transform is known, so
    the smearing is undone exactly after the Fourier transform, and what the grid cannot tell
    apart is suppressed by the sixth power of frequency times spacing.
    """
    size = moments.shape[0]
    masses = np.zeros(size + ORDER - 1)
    parts = elementary.product(moments, _SPLINE)
    for node in range(ORDER):
        masses[node : node + size] += parts[:, node]
    return masses, first - ORDER // 2 + 1
