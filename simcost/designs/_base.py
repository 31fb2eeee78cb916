"""What a design is: a rule that gives every outcome its points in the unit cube."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simcost.designs._threefry import stream_key, threefry

Words = npt.NDArray[np.uint64]
Points = Callable[[int, str, int, int, int], npt.NDArray[np.float64]]

RANDOM, SOBOL, LHS = 0, 1, 2
REPLICATES = 16
MOST_OUTCOMES = 1 << 63
MOST_REPLICATED = REPLICATES << 32


class Tables(NamedTuple):
    """Everything the points of one name depend on besides the outcome number.

    Attributes
    ----------
    kind : int
        Which kernel makes the points: 0 ``threefry_u(key0, key1, outcome)``,
        1 ``sobol_u(directions, seeds, key0, key1, outcome)``,
        2 ``lhs_u(seeds, key0, key1, outcome)``.
    key0, key1 : uint64
        Key of the name's stream.
    directions : uint64[32]
        Direction numbers with their bits reversed; zeros unless `kind` is 1.
    seeds : uint64[2, 16]
        Seeds of the scrambling and of the shuffling of each replicate; zeros if `kind` is 0.
    """

    kind: int
    key0: np.uint64
    key1: np.uint64
    directions: Words
    seeds: Words


@dataclass(frozen=True, slots=True)
class Design:
    """A way to fill the unit cube.

    Attributes
    ----------
    name : str
        As written in a model or on the command line.
    summary : str
        One line for the list of designs.
    points : callable
        ``points(seed, name, dimension, first, last)``: float64[last - first], the uniform numbers
        of the outcomes first to last - 1, each in [2**-53, 1 - 2**-53]. A pure function: any range
        can be asked for, and it never depends on the others.
    tables : callable
        ``tables(seed, name, dimension)``: what a compiled kernel needs to make the same points.
    replicates : int
        Number of independent replicates; outcome k belongs to replicate k % replicates.
    valid_draws : callable
        ``valid_draws(n)``: the smallest number of draws >= n that keeps the design balanced.
    source : str
        Where the method is published.
    """

    name: str
    summary: str
    points: Points
    tables: Callable[[int, str, int], Tables]
    replicates: int
    valid_draws: Callable[[int], int]
    source: str


def check_range(first: int, last: int, limit: int = MOST_OUTCOMES) -> None:
    """Check outcome numbers first to last - 1.

    Raises
    ------
    ValueError
        When the range is not inside [0, limit].
    """
    if not 0 <= first <= last <= limit:
        raise ValueError(f"outcomes {first} to {last} are not inside 0 to {limit}")


def outcome_numbers(first: int, last: int, limit: int = MOST_OUTCOMES) -> Words:
    """Outcome numbers first to last - 1; ValueError as in `check_range`."""
    check_range(first, last, limit)
    return np.arange(last - first, dtype=np.uint64) + np.uint64(first)


def balanced_draws(draws: int) -> int:
    """Smallest 16 * 2**m that is at least `draws`; a scrambled net is balanced at no other size.

    Raises
    ------
    ValueError
        Above 2**36 draws, where a 32-bit net ends.
    """
    points = max(1, -(-draws // REPLICATES))
    balanced = REPLICATES << (points - 1).bit_length()
    if balanced > MOST_REPLICATED:
        raise ValueError(f"{draws} draws are more than the {MOST_REPLICATED} this design has")
    return balanced


def replicate_seeds(seed: int, name: str) -> Words:
    """Seeds of every replicate of one name, uint64[2, 16].

    They are blocks of the name's own stream with 1 as second counter word, where no outcome is.
    """
    key0, key1 = (np.array([key]) for key in stream_key(seed, name))
    blocks = threefry(key0, key1, np.arange(REPLICATES, dtype=np.uint64), np.uint64(1))
    return np.stack(blocks)
