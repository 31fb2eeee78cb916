"""Scrambled Sobol points: 16 independent replicates, interleaved.

Outcome k is point k // 16 of replicate k % 16, so a longer run keeps the first outcomes and every
16 * 2**m of them hold 16 complete nets. Direction numbers are those of Joe and Kuo for the first
1024 dimensions; dimensions beyond take random points, which is what little a Sobol sequence is
worth there.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost.designs import _joe_kuo, random
from simcost.designs._base import (
    MOST_REPLICATED,
    REPLICATES,
    SOBOL,
    Design,
    Tables,
    balanced_draws,
    outcome_numbers,
    replicate_seeds,
)
from simcost.designs._owen import sobol_u
from simcost.designs._threefry import stream_key


def tables(seed: int, name: str, dimension: int) -> Tables:
    """Direction numbers and seeds; see `simcost.designs.Tables`."""
    if dimension >= _joe_kuo.DIMENSIONS:
        return random.tables(seed, name, dimension)
    directions = _joe_kuo.reversed_directions(dimension)
    return Tables(SOBOL, *stream_key(seed, name), directions, replicate_seeds(seed, name))


def points(seed: int, name: str, dimension: int, first: int, last: int) -> npt.NDArray[np.float64]:
    """Coordinate `dimension` of the outcomes first to last - 1.

    Parameters
    ----------
    seed : int
        Any integer.
    name : str
        Name of the input; seeds the scrambling.
    dimension : int
        Which coordinate of the sequence, from 0; from 1024 on the points are random.
    first, last : int
        Outcome numbers, 0 <= first <= last <= 2**36.

    Returns
    -------
    float64[last - first]
        Each in [2**-53, 1 - 2**-53]: 32 digits of the net, then 20 random bits.

    Raises
    ------
    ValueError
        Outside that range.
    """
    outcomes = outcome_numbers(first, last, MOST_REPLICATED)
    found = tables(seed, name, dimension)
    if found.kind != SOBOL:
        return random.points(seed, name, dimension, first, last)
    keys = np.array([found.key0]), np.array([found.key1])
    u: npt.NDArray[np.float64] = sobol_u(found.directions, found.seeds, *keys, outcomes)
    return u


DESIGN = Design(
    name="sobol",
    summary="16 scrambled Sobol nets; draws are rounded up to 16 * 2^m",
    points=points,
    tables=tables,
    replicates=REPLICATES,
    valid_draws=balanced_draws,
    source="Joe & Kuo (2008), SIAM J. Sci. Comput. 30; Owen (1995); Burley (2020), JCGT 9(4)",
)
