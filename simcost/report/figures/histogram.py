"""Histogram: how often an output comes out at what, with certain values as bars of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from simcost.report.cells import with_unit
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import (
    amounts,
    exact_amount,
    scale_of,
    share_text,
    shares,
)
from simcost.report.figures._palette import BLUE, INK, VERMILLION, readable
from simcost.report.figures._result import (
    MARKED,
    curve_of,
    heading_of,
    limits,
    output_of,
)
from simcost.report.figures._sheet import line, patch, sheet
from simcost.report.figures._texts import spread
from simcost.result import Result
from simcost.result.names import quantile_name

Vector = npt.NDArray[np.float64]

_BINS = 48
_NAMED = 8  # levels that have room for a text each
_ALL = 0.995  # of the outcomes, in a few values: an output of levels
Atom = tuple[float, float]  # value and share


def make(result: Result, *, output: str | None = None, title: str = "") -> Drawing:
    """Draw how the outcomes of an output are spread.

    A value that more than 1% of the outcomes take exactly (a write-off of 0, say) is a bar of its
    own with its share; the other bars hold all else.

    Parameters
    ----------
    result : Result
        Of a run.
    output : str, optional
        Which output; the cost if not given.
    title : str
        Instead of ours.
    """
    name = output_of(result, output)
    curve, unit = curve_of(result, name), result.units[name]
    low, high = limits([curve])
    scale = scale_of([low, high])
    atoms = [atom for atom in curve.atoms if low <= atom[0] <= high]
    edges = np.linspace(low, high, _BINS + 1)
    heights = _heights(result, name, edges, atoms)
    levels = sum(mass for _, mass in curve.atoms) > _ALL
    colour = BLUE if levels else VERMILLION
    keys = [patch(BLUE, "share of the outcomes")]
    keys += [patch(colour, "outcomes of exactly one value")] * bool(atoms and not levels)
    keys += [line(INK, "percentiles", linestyle=(0, (4, 2)), linewidth=1.2)] * (not levels)
    heading = heading_of(result, name, title or f"{name}: how it comes out", keys, low, high)
    drawing = sheet(heading, 4.0)
    axes = drawing.add_subplot()
    width = float(edges[1] - edges[0])
    axes.bar(edges[:-1], heights, width, align="edge", color=BLUE, edgecolor="white", linewidth=0.4)
    tops = [*heights.tolist(), *(mass for _, mass in atoms)]
    bar = _bar_width(atoms) if levels else 0.7 * width
    axes.bar([v for v, _ in atoms], [mass for _, mass in atoms], bar, color=colour, zorder=3)
    axes.set_xlim(low - max(width, bar), high + max(width, bar))
    axes.set_ylim(0, max(tops) * 1.16)
    if not levels:
        _name_atoms(axes, result, name, atoms)
    elif len(atoms) <= _NAMED:
        _name_levels(axes, result, name, atoms)
    if not levels:
        _mark(axes, result, name)
    amounts(axes.xaxis, scale)
    shares(axes.yaxis)
    axes.grid(axis="y")
    axes.set_xlabel(with_unit(name, unit))
    axes.set_ylabel("share of the outcomes")
    return drawing


def _heights(result: Result, name: str, edges: Vector, atoms: Sequence[Atom]) -> Vector:
    """Return the share of the outcomes between each two edges, without the atoms."""
    ends = edges.copy()
    ends[0] = math.nextafter(float(edges[0]), -math.inf)  # the first bar holds its left end too
    result.prepare(thresholds={name: ends.tolist()})
    shares = np.array([float(result.within(name, float(end))) for end in ends])
    heights = np.diff(shares)
    for value, mass in atoms:
        place = int(np.clip(np.searchsorted(ends, value) - 1, 0, len(heights) - 1))
        heights[place] -= mass
    return np.maximum(heights, 0.0)


def _bar_width(atoms: Sequence[Atom]) -> float:
    """Return half the least distance between two levels."""
    values = [value for value, _ in atoms]
    return min((b - a for a, b in pairwise(values)), default=1.0) / 2


def _name_atoms(axes: Axes, result: Result, name: str, atoms: Sequence[Atom]) -> None:
    """Write beside the largest bar of one value what it is and how often it comes."""
    if not atoms:
        return
    value, mass = max(atoms, key=lambda atom: atom[1])
    left, right = axes.get_xlim()
    side = 1 if value < (left + right) / 2 else -1
    axes.annotate(
        f"exactly {exact_amount(value, '')}: {share_text(result.exactly(name, value))}",
        (value, mass),
        xytext=(8 * side, -1),
        textcoords="offset points",
        ha="left" if side > 0 else "right",
        va="top",
        size=8.5,
        weight="bold",
        color=readable(VERMILLION),
        zorder=7,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
    )


def _name_levels(axes: Axes, result: Result, name: str, atoms: Sequence[Atom]) -> None:
    """Write above each bar of a quantity with few values how often it comes."""
    for value, mass in atoms:
        axes.annotate(
            share_text(result.exactly(name, value)),
            (value, mass),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=8.0,
        )


def _mark(axes: Axes, result: Result, name: str) -> None:
    """Draw the percentiles as lines, named above the plot."""
    left, right = axes.get_xlim()
    values = [float(result.quantile(name, percent)) for percent in MARKED]
    places = spread(values, (right - left) * 0.055, left, right)
    for percent, value, place in zip(MARKED, values, places, strict=True):
        axes.axvline(value, color=INK, linewidth=1.2, linestyle=(0, (4, 2)), zorder=4)
        axes.annotate(
            quantile_name(percent),
            (place, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=8.5,
            weight="bold",
        )


FIGURE = Figure("histogram", "result", "How often an output comes out at what.", make)
