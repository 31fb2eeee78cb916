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
from simcost.analyses._reach import reach
from simcost.analyses._shifts import NoWay, Numbers, Search, all_routes, routes, search
from simcost.errors import UsageError
from simcost.result import Result
from simcost.run.given import whole

if TYPE_CHECKING:
    import xarray

FEWEST_REPLICATES = 8
COMPARED = 20_000  # outcomes of each replicate of the comparison
LEAST_EFFECTIVE = 200.0
MOST_SHIFTED = 100
LARGEST_SPREAD = 2.0  # of the replicates, in their own standard errors
LARGEST_RATIO = 2.0  # of the largest replicate to the median
CONTRADICTION = 4.0  # standard errors
CHECKED = 0.01  # chance of the event at which a plain run can be compared
WORST = 0.001
UNCOVERED = 0.25  # share of the worst plain outcomes that no shift leads to
REACHED = 1.0  # standard deviations along a shift, for it to lead to an outcome


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
    _check_possible(latent, threshold, output)
    latent = latent.ready(replicates * draws)
    numbers = Numbers()
    with _said(f"no chance of {event} can be given"):
        found = [search(latent, threshold, numbers, r) for r in range(replicates)]
        _check_dimension([one.shift for one in found])
        shifts = all_routes(latent, threshold, numbers, found)
        first = [numbers.take(draws) for _ in range(replicates)]
        estimates = [estimate(latent, threshold, shifts, number, draws) for number in first]
        uncovered = _uncovered(found, shifts)
        _check_agreement(estimates, uncovered)
        checked = _compare(latent, found, numbers)
    return _dataset(
        result, output, threshold, latent, shifts, estimates, checked, uncovered, first, numbers
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


def _check_possible(latent: Latent, threshold: float, output: str) -> None:
    high = reach(latent.output).high
    if threshold >= high:
        raise UsageError(
            f"{output} never exceeds {high:,.6g}, so the chance that it exceeds {threshold:,.6g} "
            "is 0"
        )
    if not latent.streams:
        raise UsageError(f"{output} is the same in every outcome")


def _check_dimension(shifts: Sequence[Vector]) -> None:
    shifted = int(np.count_nonzero(np.any(np.array(shifts) != 0.0, axis=0)))
    if shifted > MOST_SHIFTED:
        raise NoWay(
            f"{shifted} inputs would have to be shifted, and weights bear {MOST_SHIFTED} at most"
        )
    if any(not shift.any() for shift in shifts):
        raise NoWay("no input has a part in it that can be told from luck")


def _uncovered(found: Sequence[Search], shifts: Sequence[Vector]) -> float:
    """Return the share of the worst plain outcomes to which no shift leads.

    An event that is reached in two ways, of which the searches found one, shows here: outcomes
    on the other way are no further along the shift than any outcome is.
    """
    y = np.concatenate([one.y for one in found])
    w = np.concatenate([one.w for one in found], axis=1)
    worst = w[:, y >= np.quantile(y, 1 - WORST)]
    along = [shift @ worst / np.linalg.norm(shift) for shift in shifts if shift.any()]
    return float(np.mean(np.max(along, axis=0) < REACHED))


def _check_agreement(estimates: Sequence[Estimate], uncovered: float) -> None:
    """Refuse an estimate that its own parts contradict."""
    chances = np.array([one.chance for one in estimates])
    error = float(np.mean([one.error for one in estimates]))
    weight = float(np.mean([one.weight for one in estimates]))
    weight_error = math.sqrt(sum(one.weight_error**2 for one in estimates)) / len(estimates)
    effective = min(one.effective for one in estimates)
    median = float(np.median(chances))
    problem = ""
    if effective < LEAST_EFFECTIVE:
        problem = (
            f"a replicate rests on {effective:,.0f} outcomes, effectively, and {LEAST_EFFECTIVE:g} "
            "are needed"
        )
    elif float(np.std(chances, ddof=1)) > LARGEST_SPREAD * error:
        problem = "the replicates differ by more than twice their own errors"
    elif float(np.max(chances)) > LARGEST_RATIO * median:
        problem = "one replicate is more than twice the median of all"
    elif abs(weight - 1.0) > CONTRADICTION * weight_error:
        problem = f"the weights add up to {weight:.4f} and not to 1"
    elif uncovered > UNCOVERED:
        problem = (
            f"{uncovered:.0%} of the worst plain outcomes lie where no shift leads: it comes about "
            "in more ways than were found"
        )
    if problem:
        raise NoWay(problem)


def _compare(
    latent: Latent, found: Sequence[Search], numbers: Numbers
) -> dict[str, tuple[float, float]]:
    """Return the chance of a less rare event and its error, found in both ways.

    Raises
    ------
    NoWay
        When they contradict each other.
    """
    y = np.concatenate([one.y for one in found])
    level = float(np.quantile(y, 1 - CHECKED))
    shifts = routes([search(latent, level, numbers, r).shift for r in range(4)])
    sampled = [
        estimate(latent, level, shifts, numbers.take(COMPARED), COMPARED) for _ in range(len(found))
    ]
    count = len(found) * COMPARED
    none = np.zeros(len(latent.streams))
    met = sum(
        int(np.count_nonzero(part > level))
        for part, _ in latent.draw(none, numbers.take(count), count, [])
    )
    plain = met / count
    chance = float(np.mean([one.chance for one in sampled]))
    errors = [
        math.sqrt(sum(one.error**2 for one in sampled)) / len(sampled),
        math.sqrt(plain * (1 - plain) / count),
    ]
    if abs(chance - plain) > CONTRADICTION * math.hypot(*errors):
        raise NoWay(
            f"at a level where plain outcomes suffice they give {plain:.3%}, and weighted ones "
            f"{chance:.3%}"
        )
    return {"check_sampled": (chance, errors[0]), "check_plain": (plain, errors[1])}


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
