"""Histogram: how often an output comes out at what, with certain values as bars of their own."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes

from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import (
    Scale,
    amounts,
    scale_of,
    share_text,
    shares,
    with_unit,
)
from simcost.report.figures._palette import BLUE, INK, VERMILLION
from simcost.report.figures._result import (
    MARKED,
    atom_share,
    curve_of,
    limits,
    mean_text,
    output_of,
    tail_notes,
)
from simcost.report.figures._sheet import Heading, line, patch, sheet, source_of
from simcost.report.figures._texts import spread
from simcost.result import Result
from simcost.result.names import quantile_name

Vector = npt.NDArray[np.float64]

_BINS = 48
_ATOMS = 12  # more certain values than that are not told apart


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
    keys = [patch(BLUE, "share of the outcomes")]
    keys += [patch(VERMILLION, "outcomes of exactly one value")] * bool(atoms)
    keys.append(line(INK, "percentiles", linestyle=(0, (4, 2)), linewidth=1.2))
    heading = Heading(
        title or f"{name}: how it comes out",
        mean_text(result, name, scale),
        source_of(result.meta),
        tail_notes(result, name, low, high),
        tuple(keys),
    )
    drawing = sheet(heading, 4.0)
    axes = drawing.add_subplot()
    width = float(edges[1] - edges[0])
    axes.bar(edges[:-1], heights, width, align="edge", color=BLUE, edgecolor="white", linewidth=0.4)
    tops = [*heights.tolist(), *(mass for _, mass in atoms)]
    for value, mass in atoms[:_ATOMS]:
        axes.bar([value], [mass], width * 0.55, color=VERMILLION, zorder=3)
    axes.set_xlim(low - width, high + width)
    axes.set_ylim(0, max(tops) * 1.16)
    _name_atoms(axes, result, name, atoms, scale)
    _mark(axes, result, name, scale)
    amounts(axes.xaxis, scale)
    shares(axes.yaxis)
    axes.grid(axis="y")
    axes.set_xlabel(with_unit(name, unit))
    axes.set_ylabel("share of the outcomes")
    return drawing


def _heights(
    result: Result, name: str, edges: Vector, atoms: Sequence[tuple[float, float]]
) -> Vector:
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


def _name_atoms(
    axes: Axes, result: Result, name: str, atoms: Sequence[tuple[float, float]], scale: Scale
) -> None:
    """Write above the largest bars of one value what it is and how often it comes."""
    for value, mass in sorted(atoms, key=lambda atom: -atom[1])[:3]:
        share = share_text(atom_share(result, name, value, mass))
        left, right = axes.get_xlim()
        side = 1 if value < (left + right) / 2 else -1
        axes.annotate(
            f"exactly {scale.rough(value, 3)}: {share}",
            (value, mass),
            xytext=(7 * side, -2),
            textcoords="offset points",
            ha="left" if side > 0 else "right",
            va="top",
            size=8.5,
            weight="bold",
            color=VERMILLION,
            zorder=7,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.0},
        )


def _mark(axes: Axes, result: Result, name: str, scale: Scale) -> None:
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
