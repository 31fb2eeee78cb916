"""A small histogram made of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from simcost.result.digits import figure

Vector = npt.NDArray[np.float64]

_BLOCKS = " ▁▂▃▄▅▆▇█"
_STEPS = len(_BLOCKS) - 1
_SHOWN = (0.005, 0.995)  # beyond, one long tail would leave a single column


def histogram(
    edges: Sequence[float] | Vector, heights: Sequence[float] | Vector, rows: int = 4
) -> str:
    """Draw columns of block characters above an axis with its two ends.

    Parameters
    ----------
    edges : sequence of float
        Ends of the columns, one more than `heights`, ascending.
    heights : sequence of float
        Height of each column, not negative.
    rows : int
        Lines of text that the highest column takes.

    Returns
    -------
    str
        `rows` + 1 lines, each as wide as there are columns (the axis may be wider).
    """
    top = max(heights, default=0.0)
    eighths = [round(rows * _STEPS * height / top) if top > 0 else 0 for height in heights]
    # What is there must be seen, however little it is.
    levels = [max(level, int(h > 0)) for level, h in zip(eighths, heights, strict=True)]
    lines = [
        "".join(_BLOCKS[min(max(level - _STEPS * row, 0), _STEPS)] for level in levels).rstrip()
        for row in reversed(range(rows))
    ]
    left, right = figure(edges[0]), figure(edges[-1])
    return "\n".join([*lines, left + right.rjust(max(len(levels) - len(left), len(right) + 1))])


_ATOM = 1e-6  # probability at one point that no smooth law has between two neighbouring doubles


def of_sample(values: Vector, columns: int = 48) -> tuple[Vector, Vector]:
    """Return edges and heights of outcomes, float64[columns + 1] and float64[columns]."""
    low, high = np.quantile(values, _SHOWN)
    counts, edges = np.histogram(values, bins=columns, range=_range(float(low), float(high)))
    return edges, counts.astype(np.float64)


def of_distribution(
    quantile: Callable[[Vector], Vector], cdf: Callable[[Vector], Vector], columns: int = 48
) -> tuple[Vector, Vector]:
    """Return edges and heights of a distribution: probability of each column.

    Parameters
    ----------
    quantile, cdf : callable
        Of arrays, as a Distribution has them.
    columns : int
        Number of columns between the 0.5 % and the 99.5 % quantile.
    """
    low, high = quantile(np.array(_SHOWN))
    edges = np.linspace(*_range(float(low), float(high)), columns + 1)
    heights = np.diff(cdf(edges))
    at, below = cdf(np.array([edges[0], np.nextafter(edges[0], -np.inf)]))
    if at - below > _ATOM:
        heights[0] += at - below  # an atom at the first edge belongs to the first column
    return edges, np.maximum(heights, 0.0)


def _range(low: float, high: float) -> tuple[float, float]:
    """Return a range with some width, for a constant too."""
    if low < high:
        return low, high
    margin = abs(low) / 2 or 0.5
    return low - margin, high + margin
