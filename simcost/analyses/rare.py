"""The chance of a ruinous outcome: importance sampling in the normals behind the inputs.

A plain run sees an event of chance 1e-6 once in a million outcomes. Here the normals behind all
draws are shifted to where the event happens, and every outcome is weighted back. What is printed
is the mean of independent replicates, and nothing is printed when they, or the plain outcomes,
contradict it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special

from simcost.analyses._acting import origin_of
from simcost.analyses._analysis import Analysis
from simcost.analyses._attributes import attributes, labels
from simcost.analyses._latent import Latent, Vector
from simcost.analyses._mixture import Estimate, estimate
from simcost.analyses._shifts import NoWay, Numbers, all_routes, search
from simcost.analyses._trust import (
    check_agreement,
    check_dimension,
    check_possible,
    compare,
    uncovered,
)
from simcost.errors import UsageError
from simcost.result import Result
from simcost.run.given import whole

if TYPE_CHECKING:
    import xarray

FEWEST_REPLICATES = 8


def rare(
    result: Result,
    output: str = "cost",
    *,
    above: float,
    draws: int = 100_000,
    replicates: int = FEWEST_REPLICATES,
) -> xarray.Dataset:
    """Return the chance that an output exceeds a level that it hardly ever exceeds.

    Parameters
    ----------
    result : Result
        A run with the random design, which knows its model; its seed is used, not its outcomes.
    output : str
        The output.
    above : float
        The level, in the output's unit.
    draws : int
        Outcomes of each replicate, besides those that the search takes.
    replicates : int
        8 or more.

    Returns
    -------
    xarray.Dataset
        Scalars ``chance`` with ``_lower`` and ``_upper`` (Student's t over replicates),
        ``threshold``, ``ess`` (smallest of a replicate), ``evaluations``, ``plain_draws`` (that a
        plain run would need for the same error), ``check_sampled`` and ``check_plain`` (chances of
        a less rare level, both ways), ``uncovered``. Over ``replicate``: ``estimate``,
        ``standard_error``. Over ``stream``: ``score``, the mean of its normal given the event.
        Over ``route`` and ``stream``: ``shift``.

    Raises
    ------
    UsageError
        For a level that makes no sense or cannot be exceeded, and where the replicates, or plain
        outcomes, contradict the estimate: then there is none.
    """
    replicates = whole("replicates", replicates, FEWEST_REPLICATES)
    draws = whole("draws", draws, 1000)
    plan, settings = origin_of(result, "a rare event", output)
    threshold = float(above)
    if not math.isfinite(threshold):
        raise UsageError(f"a level must be a finite number, not {above!r}")
    latent = Latent.of(plan, output, replace(settings, draws=draws, progress=None))
    event = f"{output} above {threshold:,.6g}"
    check_possible(latent, threshold, output)
    latent = latent.ready(replicates * draws)
    numbers = Numbers()
    with _said(f"no chance of {event} can be given"):
        found = [search(latent, threshold, numbers, r) for r in range(replicates)]
        check_dimension([one.shift for one in found])
        shifts = all_routes(latent, threshold, numbers, found)
        first = [numbers.take(draws) for _ in range(replicates)]
        estimates = [estimate(latent, threshold, shifts, number, draws) for number in first]
        missed = uncovered(found, shifts)
        check_agreement(estimates, missed)
        checked = compare(latent, found, numbers)
    return _dataset(
        result, output, threshold, latent, shifts, estimates, checked, missed, first, numbers
    )


@contextmanager
def _said(what: str) -> Iterator[None]:
    """Turn a reason why there is no estimate into an error that says what to do."""
    try:
        yield
    except NoWay as reason:
        raise UsageError(
            f"{what}: {reason}. Ask for a lower level, take more draws (--draws), or draw plainly: "
            "simcost run MODEL --draws 1e9 --budget LEVEL"
        ) from None


def _dataset(
    result: Result,
    output: str,
    threshold: float,
    latent: Latent,
    shifts: Sequence[Vector],
    estimates: Sequence[Estimate],
    checked: dict[str, tuple[float, float]],
    uncovered: float,
    first: Sequence[int],
    numbers: Numbers,
) -> xarray.Dataset:
    import xarray as xr

    n = len(estimates)
    t = float(special.stdtrit(n - 1, 0.5 + result.meta.confidence / 2))
    chances = np.array([one.chance for one in estimates])
    chance, error = float(np.mean(chances)), float(np.std(chances, ddof=1)) / math.sqrt(n)
    scores = np.array([one.scores / one.chance for one in estimates])
    score, half = np.mean(scores, axis=0), t * np.std(scores, axis=0, ddof=1) / math.sqrt(n)
    order = np.argsort(-np.abs(score), kind="stable")[: max(1, int(np.count_nonzero(score)))]
    z = float(special.ndtri(0.5 + result.meta.confidence / 2))
    data: dict[str, Any] = {
        "chance": chance,
        "chance_lower": max(chance - t * error, 0.0),
        "chance_upper": chance + t * error,
        "threshold": threshold,
        "ess": min(one.effective for one in estimates),
        "evaluations": numbers.outcomes,
        "plain_draws": chance * (1 - chance) / error**2 if error else math.inf,
        **{
            name + end: value + sign * z * spread
            for name, (value, spread) in checked.items()
            for end, sign in (("", 0), ("_lower", -1), ("_upper", 1))
        },
        "uncovered": uncovered,
        "estimate": ("replicate", chances),
        "standard_error": ("replicate", np.array([one.error for one in estimates])),
        "score": ("stream", score[order]),
        "score_lower": ("stream", (score - half)[order]),
        "score_upper": ("stream", (score + half)[order]),
        "shift": (("route", "stream"), np.array(shifts)[:, order]),
    }
    where = f"{output} exceeds {threshold:,.12g} {result.units[output]}".strip()
    return xr.Dataset(
        data,
        {
            "stream": labels(latent.names[k] for k in order),
            "replicate": np.arange(n),
            "route": np.arange(1, len(shifts) + 1),
            "first_outcome": ("replicate", np.array(first)),
        },
        attributes(
            result,
            output,
            "rare",
            method="importance sampling with shifted normals, defensive mixture",
            title=f"Chance that {where}",
            draws=latent.settings.draws,
        ),
    )


ANALYSIS = Analysis(
    name="rare",
    summary="the chance of an outcome that a plain run hardly ever sees",
    run=rare,
    source="de Boer et al. (2005), Annals of Operations Research 134, 19; Owen & Zhou (2000)",
)
