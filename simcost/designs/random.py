"""Independent random points."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from simcost.designs._base import RANDOM, REPLICATES, Design, Tables, check_range
from simcost.designs._threefry import coarse_unit, stream_key, threefry_range


def points(seed: int, name: str, dimension: int, first: int, last: int) -> npt.NDArray[np.float64]:
    """Uniform numbers of the outcomes first to last - 1; `dimension` plays no part.

    Parameters
    ----------
    seed : int
        Any integer.
    name : str
        Name of the input.
    dimension : int
        Ignored: streams are told apart by name.
    first, last : int
        Outcome numbers, 0 <= first <= last <= 2**63.

    Returns
    -------
    float64[last - first]
        Each in [2**-43, 1 - 2**-43].
    """
    key0, key1 = (np.array([key]) for key in stream_key(seed, name))
    check_range(first, last)
    u: npt.NDArray[np.float64] = coarse_unit(threefry_range(key0, key1, first, last))
    return u


def tables(seed: int, name: str, dimension: int) -> Tables:
    """Key of the stream; see `simcost.designs.Tables`."""
    key0, key1 = stream_key(seed, name)
    nothing = np.zeros((2, REPLICATES), dtype=np.uint64)
    return Tables(RANDOM, key0, key1, np.zeros(32, dtype=np.uint64), nothing)


def valid_draws(draws: int) -> int:
    """Any number of draws will do."""
    return draws


DESIGN = Design(
    name="random",
    summary="independent random points (Threefry2x64-20)",
    points=points,
    tables=tables,
    replicates=1,
    valid_draws=valid_draws,
    source="Salmon, Moraes, Dror & Shaw (2011), SC '11",
)
