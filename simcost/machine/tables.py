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

from simcost.machine.fit import Fit, arguments, fit_answers, fit_cells, joined
from simcost.machine.osculate import SmoothLaw, osculate
from simcost.machine.program import Floats
from simcost.machine.refine import distinct, refine
from simcost.machine.rows import CELLS, EDGES, TOLERANCE, finished
from simcost.machine.tolerance import RELATIVE_X, Mask, accepted, u_error

# Part of the sizes of its coefficients by which a polynomial is rounded at most.
ROUNDING = 2.0**-48
SIDE = np.repeat([False, True], CELLS)
_NEARER = arguments(EDGES[:-1], EDGES[1:])
ARGUMENTS = np.concatenate([_NEARER, 1.0 - _NEARER])


class Law(Protocol):
    """What a table is made of."""

    @property
    def key(self) -> str:
        """Canonical text."""

    def quantile(self, u: Floats) -> Floats:
        """Generalised inverse distribution function."""

    def kinks(self) -> tuple[float, ...]:
        """Return where the quantile function is not smooth."""

    def support(self) -> tuple[float, float]:
        """Return smallest and largest value; infinite where there is none."""

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
        Fine cells of the lower and of the upper side, ascending; nothing where there are none.
    error : float
        Largest error in u seen at the check points.
    contained : bool
        Whether there are no fine cells, and no cell can give a value beyond the law's own ends.
    """

    rows: Floats
    bounds: tuple[float, float]
    fine: tuple[Fit, ...] = ()
    error: float = 0.0
    contained: bool = False


def tabulate(law: Law) -> Table:
    """Build the table of a distribution's quantile function.

    Raises
    ------
    ValueError
        When the quantile function returns NaN.
    """
    fit = _fit(law) or _plain_fit(law)
    rows, good, error = finished(fit)
    sides = () if good.all() else (False, True)
    fine = tuple(_refined(law, fit, good, upper) for upper in sides)
    return Table(
        rows=rows,
        bounds=(float(fit.values[0, 0]), float(fit.values[CELLS, 0])),
        fine=fine,
        error=max([error, *map(u_error, fine)]),
        contained=bool(good.all()) and _contained(rows, law.support()),
    )


def _contained(rows: Floats, ends: tuple[float, float]) -> bool:
    """Return whether no polynomial can leave the range, however it is rounded."""
    middle = rows[:, 0]
    size, *others = np.abs(rows).T
    reach = sum(others, start=ROUNDING * size) * (1.0 + ROUNDING)
    low, high = ends
    return bool((middle - reach > low).all() and (middle + reach < high).all())


def tabulate_tail(tail: Callable[[Floats], Floats], edges: Floats) -> Table:
    """Build the table of P(X > size) of a law that is symmetric about 0, constant beyond `edges`.

    Parameters
    ----------
    tail : callable
        The probabilities of sizes.
    edges : float64[n + 1]
        Of all cells, ascending.
    """
    fit = fit_cells(tail, edges[:-1], edges[1:])
    fit.round()
    end = np.zeros((1, fit.coefficients.shape[1]))
    end[0, 0] = fit.values[-1, 1]
    return Table(
        rows=np.concatenate([fit.coefficients, end]),
        bounds=(float(end[0, 0]), 0.5),
        error=float(fit.error.max()),
    )


def _checked(law: Law, u: Floats) -> Floats:
    x = np.asarray(law.quantile(u), dtype=np.float64)
    if np.isnan(x).any():
        where = float(u[np.isnan(x)][0])
        raise ValueError(f"the quantile function of {law.key} is not a number at u = {where!r}")
    return x


def _from_above(law: Law, v: Floats) -> Floats:
    return _checked(law, 1.0 - v)


def _plain_fit(law: Law) -> Fit:
    """Return the cells of both sides, the lower first, from quantiles."""
    answers = _checked(law, ARGUMENTS).reshape(2, -1)
    return fit_answers(EDGES[:-1], EDGES[1:], answers)


def _fit(law: Law) -> Fit | None:
    """Return cells from few quantiles, where the law has what that takes; None for others.

    Cells that are not good enough are made once more, from quantiles alone.
    """
    if not getattr(law, "costly", False):
        return None
    lower = osculate(cast(SmoothLaw, law), upper=False, edges=EDGES)
    upper = osculate(cast(SmoothLaw, law), upper=True, edges=EDGES)
    if lower is None or upper is None:
        return None
    fit = joined([lower, upper])
    bad = ~accepted(fit, TOLERANCE, RELATIVE_X)
    if bad.any():
        for above in (False, True):
            mine = bad & (SIDE == above)
            fit.put(mine, fit_cells(_side(law, above), fit.left[mine], fit.right[mine]))
    return fit


def _side(law: Law, upper: bool) -> Callable[[Floats], Floats]:
    """Return the quantile function of the nearer probability on one side."""
    return partial(_from_above if upper else _checked, law)


def _refined(law: Law, fit: Fit, good: Mask, upper: bool) -> Fit:
    """Return the fine cells of one side."""
    bad = ~good & (SIDE == upper)
    if not bad.any():
        return fit.take(bad)
    kinks = np.array(sorted(law.kinks()), dtype=np.float64)
    cuts = distinct(_cuts(np.concatenate([kinks, np.nextafter(kinks, 1.0)]), upper))
    return refine(_side(law, upper), fit.take(bad), TOLERANCE[bad], cuts)


def _cuts(u: Floats, upper: bool) -> Floats:
    return 1.0 - u if upper else u
