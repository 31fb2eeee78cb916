"""Boxes of scenario discovery as a Dataset, in the units of their inputs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from simcost.analyses._attributes import attributes, labels
from simcost.analyses._axes import Axis
from simcost.analyses._points import ends
from simcost.analyses._prim import Cut, Points, Step
from simcost.result import Result
from simcost.result.proportion import clopper_pearson

if TYPE_CHECKING:
    import xarray

FIFTHS = 5  # parts of the outcomes in which a box is looked for again


@dataclass(frozen=True, slots=True)
class Box:
    """A box, and how it does on outcomes that had no part in finding it.

    Parameters
    ----------
    cuts : tuple of Cut
        What it excludes.
    held, bad : int
        Fresh outcomes in it and in no earlier box, and the bad ones among them.
    covered : int
        Bad fresh outcomes in it or in an earlier one.
    p_values : mapping of int to float
        For each restricted input, the chance that the box without it, by luck, would do as well.
    repeated : mapping of int to int
        For each input, in how many fifths of the outcomes it is restricted in a first box.
    found, scored : tuple of Step
        Its peeling, on the outcomes that it was found on, and on the others.
    """

    cuts: tuple[Cut, ...]
    held: int
    bad: int
    covered: int
    p_values: dict[int, float]
    repeated: dict[int, int]
    found: tuple[Step, ...]
    scored: tuple[Step, ...]


def make_dataset(
    result: Result,
    output: str,
    side: str,
    threshold: float,
    along: Sequence[Axis],
    boxes: Sequence[Box],
    fresh: Points,
) -> xarray.Dataset:
    """Return the answer of `simcost.analyses.discover`."""
    import xarray as xr

    count, all_bad = fresh.count, int(np.count_nonzero(fresh.bad))
    level = result.meta.confidence
    data: dict[str, Any] = {"threshold": threshold}
    data |= _shares("base_rate", [(all_bad, count)], level, scalar=True)
    data |= _shares("coverage", [(one.bad, all_bad) for one in boxes], level)
    data |= _shares("density", [(one.bad, one.held) for one in boxes], level)
    data |= _shares("support", [(one.held, count) for one in boxes], level)
    data |= _shares("total_coverage", [(one.covered, all_bad) for one in boxes], level)
    data["restricted"] = ("box", np.array([len(one.p_values) for one in boxes], dtype=int))
    data |= {name: (("box", "input"), cells) for name, cells in _limits(boxes, along).items()}
    data |= {name: (("box", "step"), cells) for name, cells in _peelings(boxes).items()}
    where = f"{output} is {side} {threshold:,.6g} {result.units[output]}".strip()
    return xr.Dataset(
        data,
        {
            "box": np.arange(1, len(boxes) + 1),
            "input": labels(one.name for one in along),
            "unit": ("input", labels(one.driver.unit if one.driver else "" for one in along)),
            "kind": ("input", labels(one.kind for one in along)),
        },
        attributes(
            result,
            output,
            "discover",
            method="PRIM",
            title=f"Where {where}",
            side=side,
            outcomes=count,
        ),
    )


def _shares(
    name: str, pairs: Sequence[tuple[int, int]], level: float, *, scalar: bool = False
) -> dict[str, Any]:
    """Return shares with the ends of their exact intervals."""
    rows = [(met / n, *clopper_pearson(met, n, level)) for met, n in pairs]
    columns = np.array(rows, dtype=float).reshape(len(rows), 3).T
    names = (name, f"{name}_lower", f"{name}_upper")
    if scalar:
        return {each: float(column[0]) for each, column in zip(names, columns, strict=True)}
    return {each: ("box", column) for each, column in zip(names, columns, strict=True)}


def _limits(boxes: Sequence[Box], along: Sequence[Axis]) -> dict[str, npt.NDArray[np.float64]]:
    names = ("low_u", "high_u", "low", "high", "p_value", "repeated")
    cells = {name: np.full((len(boxes), len(along)), np.nan) for name in names}
    for row, box in enumerate(boxes):
        for dim, p_value in box.p_values.items():
            low, high = span(box.cuts, dim, along[dim].bins.count)
            for name, value in zip(names, ends(along[dim], low, high), strict=False):
                cells[name][row, dim] = value
            cells["p_value"][row, dim] = p_value
        if row == 0:
            cells["repeated"][0] = [box.repeated.get(k, 0) / FIFTHS for k in range(len(along))]
    return cells


def span(cuts: Sequence[Cut], dim: int, bins: int) -> tuple[int, int]:
    """Return the first and the last bin of an input that a box holds."""
    low, high = 0, bins - 1
    for cut in cuts:
        if cut.dim == dim and cut.upper:
            high = cut.edge - 1
        elif cut.dim == dim:
            low = cut.edge + 1
    return low, high


def _peelings(boxes: Sequence[Box]) -> dict[str, npt.NDArray[np.float64]]:
    """Return the boxes on the way, counted on both blocks; NaN after the last step."""
    most = max((len(one.found) for one in boxes), default=0)
    names = (
        "peel_coverage",
        "peel_density",
        "peel_support",
        "peel_restricted",
        "train_coverage",
        "train_density",
    )
    cells = {name: np.full((len(boxes), most), np.nan) for name in names}
    for row, box in enumerate(boxes):
        seen: set[int] = set()
        for k, (train, test) in enumerate(zip(box.found, box.scored, strict=True)):
            seen |= {train.cut.dim} if train.cut else set()
            coverage, density, support = _shares_of(test, box.scored[0])
            held = (coverage, density, support, float(len(seen)))
            for name, value in zip(
                names, (*held, *_shares_of(train, box.found[0])[:2]), strict=True
            ):
                cells[name][row, k] = value
    return cells


def _shares_of(step: Step, whole: Step) -> tuple[float, float, float]:
    return (
        step.bad / whole.bad if whole.bad else np.nan,
        step.bad / step.held if step.held else np.nan,
        step.held / whole.held if whole.held else np.nan,
    )
