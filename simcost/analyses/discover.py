"""Where the bad outcomes are: ranges of a few inputs that hold most of them.

The ranges are found on the outcomes of a run and scored on as many outcomes that had no part in
finding them, so what is printed of them is not too good to be true.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
from scipy import special

from simcost.analyses._analysis import Analysis
from simcost.analyses._boxes import FIFTHS, Box, make_dataset
from simcost.analyses._boxing import cover, find_box, inside
from simcost.analyses._outcomes import Outcomes
from simcost.analyses._points import as_points, axes, draw_points
from simcost.analyses._prim import Points, trajectory
from simcost.errors import ModelError, UsageError
from simcost.graph import formula
from simcost.result import Result
from simcost.run.given import whole
from simcost.units import parse_unit

if TYPE_CHECKING:
    import xarray

MOST_BOXES = 3
LEAST_BAD = 100
LARGEST_DRAWS = 1_000_000
CHANCE = 1e-3  # that a box without any power would do as well


def discover(
    result: Result,
    output: str = "cost",
    *,
    above: str | float | None = None,
    below: str | float | None = None,
    boxes: int = MOST_BOXES,
    inputs: int = 4,
) -> xarray.Dataset:
    """Return ranges of a few inputs that hold most of the bad outcomes.

    Parameters
    ----------
    result : Result
        A run with the random design, which knows its model.
    output : str
        The figure that can be bad.
    above, below : str or float
        One of them: beyond what it is bad, ``"P90"`` or an amount.
    boxes : int
        Largest number of boxes, each found among what the earlier ones do not hold.
    inputs : int
        Largest number of inputs that a box restricts.

    Returns
    -------
    xarray.Dataset
        Over ``box``, which may have length 0: ``coverage`` (of all bad outcomes), ``density`` (bad
        ones in the box), ``support`` (of all outcomes), each with ``_lower`` and ``_upper``;
        ``restricted``, ``total_coverage``. Over ``box`` and ``input``: ``low``, ``high`` (in the
        input's unit, NaN where not restricted), ``low_u``, ``high_u``, ``p_value``, ``repeated``
        (share of fifths of the outcomes). Over ``box`` and ``step``: ``peel_coverage``,
        ``peel_density``, ``peel_support``, ``peel_restricted``, on the fresh outcomes, and
        ``train_coverage``, ``train_density``. Scalars ``threshold``, ``base_rate``.

    Raises
    ------
    UsageError
        For a threshold that makes no sense or leaves fewer than 100 bad outcomes.
    """
    boxes, inputs = whole("boxes", boxes, 1), whole("inputs", inputs, 1)
    if result.meta.design != "random":
        raise UsageError("scenario discovery takes independent outcomes; run with design random")
    outcomes = Outcomes(result, output)
    count = min(outcomes.count, LARGEST_DRAWS)
    if (above is None) == (below is None):
        raise UsageError("say what is bad: above P90, above 200000, or below an amount")
    beyond = above if below is None else below
    assert beyond is not None
    threshold = _threshold(outcomes, beyond)
    along = axes(outcomes)
    names = ("above", "below") if below is None else ("below", "above")
    blocks = []
    for first in (0, result.meta.draws):
        index, y = draw_points(outcomes, along, first, first + count)
        bad = y > threshold if below is None else y < threshold
        blocks.append(as_points(index, bad, along))
        _check_bad(output, threshold, names, int(np.count_nonzero(bad)), count)
    peeled, fresh = blocks
    found = _boxes(peeled, fresh, boxes, inputs)
    return make_dataset(result, output, names[0], threshold, along, found, fresh)


def _threshold(outcomes: Outcomes, given: str | float) -> float:
    text = str(given).strip()
    percent = re.fullmatch(r"[Pp](\d+\.?\d*)", text)
    if percent:
        if not 0.0 < float(percent[1]) < 100.0:
            raise UsageError(f"{text} is no percentile: it lies between P0 and P100")
        value = outcomes.result.quantile(outcomes.output, float(percent[1])).value
        assert value is not None
        return value
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        value = _with_unit(outcomes, text)
    if not math.isfinite(value):
        raise UsageError(f"{text} is no amount; write P90, or a number such as 200000")
    return value


def _with_unit(outcomes: Outcomes, text: str) -> float:
    try:
        stated = formula.evaluate(text, {})
        unit = parse_unit(outcomes.unit) if outcomes.unit else stated.unit
        return float(stated.to(unit).fixed or 0.0)
    except ModelError:
        raise UsageError(
            f"{text!r} is no amount of {outcomes.unit or 'a plain number'}; write P90, or 200000"
        ) from None


def _check_bad(output: str, threshold: float, names: tuple[str, str], bad: int, count: int) -> None:
    if bad < LEAST_BAD:
        more = math.ceil(1.2 * count * LEAST_BAD / bad) if bad else 0
        advice = f"take {more:.2g} draws or more, or " if 0 < more <= LARGEST_DRAWS else ""
        raise UsageError(
            f"{output} is {names[0]} {threshold:,.6g} in {bad} of {count:,} outcomes, and boxes "
            f"need {LEAST_BAD}: {advice}choose another level"
        )
    if count - bad < LEAST_BAD:
        raise UsageError(
            f"{output} is {names[0]} {threshold:,.6g} in all but {count - bad} of {count:,} "
            "outcomes: choose another level"
        )


def _boxes(peeled: Points, fresh: Points, boxes: int, inputs: int) -> list[Box]:
    found: list[Box] = []
    rest = np.ones(fresh.count, dtype=bool)
    covered = 0
    repeated = _repeated(peeled, inputs)
    for steps, cuts in cover(peeled, boxes, inputs):
        points = fresh.part(rest) if found else fresh
        held = inside(points, cuts)
        size, bad = int(np.count_nonzero(held)), int(np.count_nonzero(held & points.bad))
        share = float(np.mean(points.bad)) if points.count else 0.0
        if not cuts or _by_luck(size, bad, share) > CHANCE:
            break
        covered += bad
        p_values = {}
        for dim in {cut.dim: None for cut in cuts}:
            wider = inside(points, [cut for cut in cuts if cut.dim != dim])
            p_values[dim] = _by_luck(size, bad, float(np.mean(points.bad[wider])))
        scored = trajectory(points, steps)
        found.append(
            Box(tuple(cuts), size, bad, covered, p_values, repeated, tuple(steps), tuple(scored))
        )
        rest[np.flatnonzero(rest)[held]] = False
    return found


def _by_luck(held: int, bad: int, share: float) -> float:
    """Return the chance that so many of the outcomes held, or more, are bad (binomial tail)."""
    if held == 0 or bad == 0:
        return 1.0
    return float(special.betainc(bad, held - bad + 1, share)) if share < 1.0 else 1.0


def _repeated(points: Points, inputs: int) -> dict[int, int]:
    """Return how many fifths of the outcomes restrict each input in a first box."""
    counts: dict[int, int] = {}
    size = points.count // FIFTHS
    for k in range(FIFTHS):
        part = points.part(slice(k * size, (k + 1) * size))
        _, cuts = find_box(part, inputs)
        for dim in {cut.dim for cut in cuts}:
            counts[dim] = counts.get(dim, 0) + 1
    return counts


ANALYSIS = Analysis(
    name="discover",
    summary="ranges of a few inputs that hold most of the bad outcomes",
    run=discover,
    source="Friedman & Fisher (1999), Statistics and Computing 9, 123",
)
