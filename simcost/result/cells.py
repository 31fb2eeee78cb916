"""Outcomes in every pattern of a project's gates, with the weight of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from simcost.result.digest import digest
from simcost.result.source import leaf_slices
from simcost.result.weigher import NUMPY, Weigher

Vector = npt.NDArray[np.float64]
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cells:
    """Values and weights by pattern. Patterns in which an output is the same share a row.

    Parameters
    ----------
    rows : tuple of float64[n]
        What differs; read-only. A constant row has no strides and takes no room.
    values : mapping of str to tuple of int
        For each output the row of every pattern.
    weights : tuple of int
        The row with the weight of every pattern.
    """

    rows: tuple[Vector, ...]
    values: Mapping[str, tuple[int, ...]]
    weights: tuple[int, ...]

    @property
    def count(self) -> int:
        """Number n of outcomes."""
        return len(self.rows[0])

    def of(self, name: str) -> Matrix:
        """Return the values of an output, float64[patterns, n]."""
        return self._stacked(self.values[name])

    @cached_property
    def all_weights(self) -> Matrix:
        """The weights, float64[patterns, n]; each column adds up to 1."""
        return self._stacked(self.weights)

    def weighted(self, name: str) -> Sequence[tuple[Vector, Vector]]:
        """Return the different rows of an output, each with the weight of its patterns."""
        places = self.values[name]
        found = []
        for row in dict.fromkeys(places):
            chosen = tuple(place == row for place in places)
            if chosen not in self._sums:
                self._sums[chosen] = self._weight_where(chosen)
            found.append((self.rows[row], self._sums[chosen]))
        return found

    @cached_property
    def _sums(self) -> dict[tuple[bool, ...], Vector]:
        """Weights of several patterns together, which outputs share."""
        return {}

    def _weight_where(self, chosen: Sequence[bool]) -> Vector:
        if all(chosen):
            return np.broadcast_to(1.0, (self.count,))
        first, *others = [self.rows[w] for w, met in zip(self.weights, chosen, strict=True) if met]
        if any(part.strides[0] for part in (first, *others)):
            for part in others:
                first = first + part
            return first
        return np.broadcast_to(sum(float(part[0]) for part in (first, *others)), (self.count,))

    def digest(self, patterns: Sequence[str], weigher: Weigher = NUMPY) -> str:
        """Return the fingerprint of all values and weights."""
        hashed = [self._hashes(row, weigher) for row in self.rows]
        named = {**self.values, "\0weight": self.weights}
        hashes = {
            f"{name}\0{pattern}": hashed[row]
            for name, places in named.items()
            for pattern, row in zip(patterns, places, strict=True)
        }
        return digest(hashes, self.count)

    def _hashes(self, row: Vector, weigher: Weigher) -> list[bytes]:
        leaves = [row[piece] for piece in leaf_slices(self.count)]
        if row.strides[0]:
            return [weigher.fingerprint(np.ascontiguousarray(leaf)) for leaf in leaves]
        # Leaves of one number differ in nothing but their lengths.
        of_size = {len(leaf): leaf for leaf in leaves}
        known = {
            size: weigher.fingerprint(np.ascontiguousarray(leaf)) for size, leaf in of_size.items()
        }
        return [known[len(leaf)] for leaf in leaves]

    def _stacked(self, places: Sequence[int]) -> Matrix:
        found = np.stack([self.rows[row] for row in places])
        found.flags.writeable = False
        return found


class Stacked(Mapping[str, Matrix]):
    """Values by output, float64[patterns, n], put together when they are asked for."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def __getitem__(self, name: str) -> Matrix:
        """Return the values of an output."""
        return self._cells.of(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the outputs."""
        return iter(self._cells.values)

    def __len__(self) -> int:
        """Return the number of outputs."""
        return len(self._cells.values)
