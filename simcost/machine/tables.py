"""Quantile functions as tables that any distribution fits into.

The probability is folded at one half and cut into cells (see `simcost.machine.grid`), each with
a quintic: through six values, or, for laws whose quantiles are costly, from the density (see
`simcost.machine.osculate`). A cell in which the quintic is not good enough (a kink, a jump, an
atom inside a mixture) is cut into fine cells until it is.

Errors are judged as errors in u, which is what a Monte Carlo result can feel.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol, cast

import numpy as np

from simcost.machine.fit import Fit, fit_cells
from simcost.machine.grid import FOLDED
from simcost.machine.osculate import SmoothLaw, osculate
from simcost.machine.program import Floats
from simcost.machine.refine import distinct, refine
from simcost.machine.tolerance import ABSOLUTE_U, RELATIVE_U, RELATIVE_X, accepted, u_error

# Upper cells below this hold so few representable u that a straight line between the ends is as
# good, and cannot ring.
LINEAR_BELOW = 2.0**-45


class Law(Protocol):
    """What a table is made of."""

    @property
    def key(self) -> str:
        """Canonical text."""

    def quantile(self, u: Floats) -> Floats:
        """Generalised inverse distribution function."""

    def kinks(self) -> tuple[float, ...]:
        """Return where the quantile function is not smooth."""

    # One that says it is `costly` is a `simcost.machine.osculate.SmoothLaw` too.


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One tabulated function.

    Parameters
    ----------
    rows : float64[r, 6]
        Coefficients; NaN in cells that have fine cells.
    bounds : tuple of float
        Smallest and largest value.
    fine : tuple of Fit
        Fine cells of the lower and of the upper side, ascending.
    error : float
        Largest error in u seen at the check points.
    """

    rows: Floats
    bounds: tuple[float, float]
    fine: tuple[Fit, ...] = ()
    error: float = 0.0


def tabulate(law: Law) -> Table:
    """Build the table of a distribution's quantile function.

    Raises
    ------
    ValueError
        When the quantile function returns NaN.
    """
    kinks = np.array(sorted(law.kinks()), dtype=np.float64)
    sides = [_side(law, upper, kinks) for upper in (False, True)]
    return Table(
        rows=np.concatenate([side.rows for side in sides]),
        bounds=(sides[0].end, sides[1].end),
        fine=tuple(side.fine for side in sides),
        error=max(side.error for side in sides),
    )


def _checked(law: Law, u: Floats) -> Floats:
    x = np.asarray(law.quantile(u), dtype=np.float64)
    if np.isnan(x).any():
        where = float(u[np.isnan(x)][0])
        raise ValueError(f"the quantile function of {law.key} is not a number at u = {where!r}")
    return x


def _from_above(law: Law, v: Floats) -> Floats:
    return _checked(law, 1.0 - v)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One half of a table; `end` is its value at the smallest probability."""

    rows: Floats
    fine: Fit
    error: float
    end: float


def _side(law: Law, upper: bool, kinks: Floats) -> _Side:
    function: Callable[[Floats], Floats] = partial(_from_above if upper else _checked, law)
    edges = FOLDED.edges()
    tolerance = np.maximum(RELATIVE_U * edges[:-1], ABSOLUTE_U)
    fit = _fit(law, upper, edges, tolerance) or fit_cells(function, edges[:-1], edges[1:])
    if upper:
        _straighten(fit)
    fit.round()
    good = accepted(fit, tolerance, RELATIVE_X)
    both = np.concatenate([kinks, np.nextafter(kinks, 1.0)])
    cuts = distinct(_cuts(both, upper))
    fine = refine(function, fit.take(~good), tolerance[~good], cuts)
    rows = np.full((FOLDED.size, fit.coefficients.shape[1]), np.nan)
    rows[:-1][good] = fit.coefficients[good]
    rows[-1] = 0.0
    rows[-1, 0] = fit.values[-1, 1]
    error = max(u_error(fit.take(good)), u_error(fine))
    return _Side(rows, fine, error, float(fit.values[0, 0]))


def _fit(law: Law, upper: bool, edges: Floats, tolerance: Floats) -> Fit | None:
    """Return cells from few quantiles, where the law has what that takes; None for others.

    Cells that are not good enough are made once more, from quantiles alone.
    """
    if not getattr(law, "costly", False):
        return None
    fit = osculate(cast(SmoothLaw, law), upper, edges)
    if fit is None:
        return None
    function = partial(_from_above if upper else _checked, law)
    bad = ~accepted(fit, tolerance, RELATIVE_X)
    if bad.any():
        fit.put(bad, fit_cells(function, fit.left[bad], fit.right[bad]))
    return fit


def _cuts(u: Floats, upper: bool) -> Floats:
    return 1.0 - u if upper else u


def _straighten(fit: Fit) -> None:
    """Replace the last upper cells by straight lines."""
    last = fit.left < LINEAR_BELOW
    low, high = fit.values[last].T
    with np.errstate(invalid="ignore"):
        fit.coefficients[last] = 0.0
        fit.coefficients[last, 0] = np.where(low == high, low, 0.5 * (low + high))
        fit.coefficients[last, 1] = np.where(low == high, 0.0, 0.5 * (high - low))
    fit.error[last & np.isfinite(fit.coefficients).all(axis=1)] = 0.0
