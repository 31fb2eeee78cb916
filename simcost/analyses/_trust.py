"""What an estimate of a rare event has to pass before it is given."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from simcost.analyses._latent import Latent, Vector
from simcost.analyses._mixture import Estimate, estimate
from simcost.analyses._reach import reach
from simcost.analyses._shifts import NoWay, Numbers, Search, routes, search
from simcost.errors import UsageError

LEAST_EFFECTIVE = 200.0
MOST_SHIFTED = 100
LARGEST_SPREAD = 2.0  # of the replicates, in their own standard errors
LARGEST_RATIO = 2.0  # of the largest replicate to the median
CONTRADICTION = 4.0  # standard errors
CHECKED = 0.01  # chance of the event at which a plain run can be compared
WORST = 0.001
UNCOVERED = 0.25  # share of the worst plain outcomes that no shift leads to
REACHED = 1.0  # standard deviations along a shift, for it to lead to an outcome
COMPARED = 20_000  # outcomes of each replicate of the comparison


def check_possible(latent: Latent, threshold: float, output: str) -> None:
    high = reach(latent.output).high
    if threshold >= high:
        raise UsageError(
            f"{output} never exceeds {high:,.6g}, so the chance that it exceeds {threshold:,.6g} "
            "is 0"
        )
    if not latent.streams:
        raise UsageError(f"{output} is the same in every outcome")


def check_dimension(shifts: Sequence[Vector]) -> None:
    shifted = int(np.count_nonzero(np.any(np.array(shifts) != 0.0, axis=0)))
    if shifted > MOST_SHIFTED:
        raise NoWay(
            f"{shifted} inputs would have to be shifted, and weights bear {MOST_SHIFTED} at most"
        )
    if any(not shift.any() for shift in shifts):
        raise NoWay("no input has a part in it that can be told from luck")


def uncovered(found: Sequence[Search], shifts: Sequence[Vector]) -> float:
    """Return the share of the worst plain outcomes to which no shift leads.

    An event that is reached in two ways, of which the searches found one, shows here: outcomes
    on the other way are no further along the shift than any outcome is.
    """
    y = np.concatenate([one.y for one in found])
    w = np.concatenate([one.w for one in found], axis=1)
    worst = w[:, y >= np.quantile(y, 1 - WORST)]
    along = [shift @ worst / np.linalg.norm(shift) for shift in shifts if shift.any()]
    return float(np.mean(np.max(along, axis=0) < REACHED))


def check_agreement(estimates: Sequence[Estimate], uncovered: float) -> None:
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


def compare(
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
