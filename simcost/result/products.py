"""Sums of products of two outputs' distances from their centres, for the error of a ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simcost.result.leaf import Leaf
from simcost.result.sums import columns

Vector = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Products:
    """Centred sums of two outputs over independent outcomes, one row a cell.

    Parameters
    ----------
    scales : float64[2]
        Powers of two by which the outputs were multiplied.
    count : float64[1]
        Number of outcomes.
    centres : float64[2, 1]
        Of both outputs, scaled.
    firsts : float64[2, 1]
        Sums of the distances from the centres.
    product : float64[1]
        Sum of the products of the distances.
    """

    scales: Vector
    count: Vector
    centres: Vector
    firsts: Vector
    product: Vector


def leaf_products(top: Leaf, bottom: Leaf) -> Products:
    """Return the sums of two outputs' leaves, of one replicate."""
    centres = top.scaled_centre, bottom.scaled_centre
    return Products(
        np.array([top.scale, bottom.scale]),
        np.array([float(len(top.values))]),
        np.array(centres)[:, None],
        np.stack([top.sums[0], bottom.sums[0]]),
        top.tools.products(top.scaled, bottom.scaled, centres, 1),
    )


def merge_products(cells: Sequence[Products]) -> Products:
    """Return the sums of the outcomes of several cells."""
    scales = np.min([cell.scales for cell in cells], axis=0)
    ratios = np.stack([scales / cell.scales for cell in cells])[:, :, None]
    n = np.stack([cell.count for cell in cells])
    centres = np.stack([cell.centres for cell in cells]) * ratios
    firsts = np.stack([cell.firsts for cell in cells]) * ratios
    product = np.stack([cell.product for cell in cells]) * ratios[:, 0] * ratios[:, 1]
    total = np.add.reduce(n, axis=0)
    middles = np.stack([_middle(n, centres[:, i], firsts[:, i], total) for i in (0, 1)])
    (dx, dy), (sx, sy) = np.moveaxis(centres - middles, 1, 0), np.moveaxis(firsts, 1, 0)
    return Products(
        scales,
        total,
        middles,
        np.stack([columns(n * dx, sx), columns(n * dy, sy)]),
        columns(product, dx * sy, dy * sx, n * dx * dy),
    )


def _middle(n: Vector, centre: Vector, first: Vector, total: Vector) -> Vector:
    middle: Vector = centre[0] + columns(n * (centre - centre[0]), first) / total
    return middle
