"""Direction numbers of the Sobol sequence.

Source: Joe & Kuo (2008), "Constructing Sobol sequences with better two-dimensional projections",
SIAM J. Sci. Comput. 30, file new-joe-kuo-6. The data file beside this one carries its licence.
"""

from __future__ import annotations

import functools
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from simcost.designs._owen import reverse

DIMENSIONS = 1024
BITS = 32


@functools.cache
def _rows() -> tuple[tuple[int, ...], ...]:
    """Rows (d, s, a, m_1 … m_s) of the data file for d = 2 to 1024."""
    text = files("simcost.designs").joinpath("_joe_kuo.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return tuple(tuple(map(int, line.split())) for line in lines)


def _direction_integers(dimension: int) -> list[int]:
    """v_1 … v_32 of one dimension as 32-bit integers, first digit highest."""
    if dimension == 0:
        return [1 << (BITS - 1 - j) for j in range(BITS)]
    _, degree, coefficients, *initial = _rows()[dimension - 1]
    v = [m << (BITS - 1 - j) for j, m in enumerate(initial)]
    for j in range(degree, BITS):
        value = v[j - degree] ^ (v[j - degree] >> degree)
        for k in range(1, degree):
            if (coefficients >> (degree - 1 - k)) & 1:
                value ^= v[j - k]
        v.append(value)
    return v


@functools.cache
def reversed_directions(dimension: int) -> npt.NDArray[np.uint64]:
    """Direction numbers of one dimension with their 32 bits reversed, read-only uint64[32].

    Raises
    ------
    ValueError
        When `dimension` is negative.
    """
    if dimension < 0:
        raise ValueError(f"dimension {dimension} is negative")
    directions = np.array(_direction_integers(dimension), dtype=np.uint64)
    table: npt.NDArray[np.uint64] = reverse(directions) >> np.uint64(BITS)
    table.flags.writeable = False
    return table
