"""Grids of doubling spacing for a severity, each made from the one before."""

from __future__ import annotations

from math import frexp, isfinite, ldexp

import numpy as np

from simcost.families._base import Vector
from simcost.families._compound_severity import Severity, cell_moments, merged

FINER = 40  # halvings of the spacing at the lower end of a severity
NEAR = 256  # cells that each of those grids reaches


def first_spacing(severity: Severity, spacing: float) -> float:
    """Return `spacing` halved until it resolves the bulk of the severity."""
    q = severity.quantile(np.array([0.05, 0.25, 0.75, 0.95]))
    scale = float(q[2] - q[1]) or float(q[3] - q[0]) or spacing
    return ldexp(spacing, min(0, frexp(scale / 64.0 / spacing)[1] - 1))


class Cells:
    """Moments of a severity on a grid whose spacing only ever doubles.

    The first grids are far finer than any window and reach a little beyond the lower end of the
    severity only, so a density without bound there (a gamma of shape 0.3) is resolved.

    Parameters
    ----------
    severity : Severity
    spacing : float
        Of the finest grid that a window needs.
    centre : float, optional
        Where to start from, for a severity with two heavy tails.
    """

    def __init__(self, severity: Severity, spacing: float, centre: float | None = None) -> None:
        self._severity = severity
        if centre is not None:
            start = centre
        elif isfinite(severity.low):
            start = severity.low
            # Not so fine that cell edges far from 0 could not be told apart.
            room = frexp(spacing / max(1e-12 * abs(start), 1e-300))[1] - 1
            spacing = ldexp(spacing, -max(0, min(FINER, room)))
        else:
            start = float(severity.quantile(np.array([1e-25]))[0])
        self._start = start
        self._spacing = spacing
        self._first = int(np.floor(start / spacing))
        self._moments = np.zeros((0, 6))

    def at(self, spacing: float, most: float, least: float | None = None) -> tuple[Vector, int]:
        """Return moments on a grid of `spacing`, and the index of the first cell.

        Parameters
        ----------
        spacing : float
            A power of two times the first one, and not below the last one.
        most : float
            How far up.
        least : float, optional
            How far down; from the start of the severity if not given.
        """
        while self._spacing < 0.75 * spacing:
            near = NEAR * self._spacing
            down = None if least is None else max(least, self._start - near)
            self._extend(min(most, self._start + near), down)
            self._moments, self._first = merged(self._moments, self._first)
            self._spacing *= 2.0
        self._extend(most, least)
        return self._moments, self._first

    def _extend(self, most: float, least: float | None) -> None:
        # Even ends: merging must not close a cell that is only half filled.
        have = self._first + self._moments.shape[0]
        need = max(have, int(np.ceil(most / self._spacing)))
        parts = [self._moments, self._between(have, need + need % 2)]
        if least is not None:
            need = min(self._first, int(np.floor(least / self._spacing)))
            need -= need % 2
            parts.insert(0, self._between(need, self._first))
            self._first = need
        self._moments = np.vstack(parts)

    def _between(self, first: int, last: int) -> Vector:
        if last <= first:
            return np.zeros((0, 6))
        return cell_moments(self._severity, self._spacing, first, last)
