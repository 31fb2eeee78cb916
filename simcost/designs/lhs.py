"""Latin hypercube points by outcome number, in 16 independent replicates, interleaved.

A classical Latin hypercube has to know its size. Here every aligned block of 2**m points of a
replicate is one, for all m at once, so a run can be extended.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost.designs._base import (
    LHS,
    MOST_REPLICATED,
    REPLICATES,
    Design,
    Tables,
    balanced_draws,
    outcome_numbers,
    replicate_seeds,
)
from simcost.designs._owen import lhs_u
from simcost.designs._threefry import stream_key


def tables(seed: int, name: str, dimension: int) -> Tables:
    """Seeds of the shuffling and scrambling; see `simcost.designs.Tables`."""
    unused = np.zeros(32, dtype=np.uint64)
    return Tables(LHS, *stream_key(seed, name), unused, replicate_seeds(seed, name))


def points(seed: int, name: str, dimension: int, first: int, last: int) -> npt.NDArray[np.float64]:
    """Uniform numbers of the outcomes first to last - 1; `dimension` plays no part.

    Parameters
    ----------
    seed : int
        Any integer.
    name : str
        Name of the input; seeds the shuffling and the scrambling.
    dimension : int
        Ignored: names are shuffled independently.
    first, last : int
        Outcome numbers, 0 <= first <= last <= 2**36.

    Returns
    -------
    float64[last - first]
        Each in [2**-53, 1 - 2**-53].

    Raises
    ------
    ValueError
        Outside that range.
    """
    outcomes = outcome_numbers(first, last, MOST_REPLICATED)
    found = tables(seed, name, dimension)
    keys = np.array([found.key0]), np.array([found.key1])
    u: npt.NDArray[np.float64] = lhs_u(found.seeds, *keys, outcomes)
    return u


DESIGN = Design(
    name="lhs",
    summary="16 Latin hypercubes; draws are rounded up to 16 * 2^m",
    points=points,
    tables=tables,
    replicates=REPLICATES,
    valid_draws=balanced_draws,
    source="McKay, Beckman & Conover (1979), Technometrics 21; Owen (1995); Burley (2020)",
)
