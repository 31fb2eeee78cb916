"""A model lowered to plain arrays: what the machine executes and what travels to a worker."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.machine.block import BLOCK
from simcost.machine.listing import listing
from simcost.machine.packing import packed

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Tables:
    """Coefficients of every tabulated function of a program, one after the other.

    Parameters
    ----------
    rows : float64[r, 6]
        Polynomial coefficients, lowest power first, of every cell, as `simcost.machine.packing`
        rounds them.
    meta : int64[t, 5]
        For each table its first row in `rows`, then where its fine cells of the lower and of
        the upper side start and end: low start, low end = high start, high end, and 1 where it
        has any.
    bounds : float64[t, 2]
        Smallest and largest value of each table.
    fine_left, fine_scale : float64[f]
        Left edge of each fine cell and 2 / its width, ascending within a side.
    fine_rows : float64[f, 6]
        Coefficients of the fine cells.
    step_edges, step_values : float64[e]
        Cumulative edges and values of the discrete distributions.
    step_guide : int64[g]
        Guide table: the first candidate for each slice of u.
    step_meta : int64[s, 4]
        For each discrete distribution: first edge, number of edges, first guide entry, number
        of guide entries.
    triangles : float64[k, 6]
        See `simcost.machine.triangle`.
    """

    rows: Floats
    meta: Integers
    bounds: Floats
    fine_left: Floats
    fine_scale: Floats
    fine_rows: Floats
    step_edges: Floats
    step_values: Floats
    step_guide: Integers
    step_meta: Integers
    triangles: Floats

    @cached_property
    def packed_rows(self) -> Floats:
        """`rows` as the compiled machine reads them: float64[4 r], see `packing`."""
        return packed(self.rows)

    def __getstate__(self) -> dict[str, npt.NDArray[Any]]:
        """Travel without the copies in another layout."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True, eq=False)
class Program:
    """Instructions and coefficients; nothing but arrays and names, so it pickles as it is.

    Parameters
    ----------
    code : int32[n, 5]
        Operation, destination slot, three operands (see `simcost.machine.opcodes`).
    constants : float64[k]
        The values of slots 0 … k-1.
    outputs : tuple of str
        Names of the outputs.
    output_slots : int64[m]
        Where each output is found when a block is done.
    n_slots : int
        Number of slots.
    streams : tuple of str
        Names of the uniform draws.
    stream_index : int64[s]
        0: one draw an outcome; 1: one draw a project.
    stream_dimension : int64[s]
        Number of each stream in a quasi-random design.
    tables : Tables
        Coefficients.
    labels : tuple of str
        For each instruction the name of its result, or nothing.
    table_names, step_names, triangle_names : tuple of str
        What each table is, for the listing.
    table_error : tuple of float
        Largest error in u seen while each table was checked.
    """

    code: npt.NDArray[np.int32]
    constants: Floats
    outputs: tuple[str, ...]
    output_slots: Integers
    n_slots: int
    streams: tuple[str, ...]
    stream_index: Integers
    stream_dimension: Integers
    tables: Tables
    labels: tuple[str, ...]
    table_names: tuple[str, ...]
    step_names: tuple[str, ...]
    triangle_names: tuple[str, ...]
    table_error: tuple[float, ...]

    @cached_property
    def digest(self) -> str:
        """Hash of everything that a result depends on."""
        h = blake2b(digest_size=16)
        for part in (self, self.tables):
            for field in fields(part):
                value = getattr(part, field.name)
                if isinstance(value, np.ndarray):
                    h.update(f"{field.name}{value.shape}{value.dtype.str}".encode())
                    h.update(np.ascontiguousarray(value).tobytes())
                elif field.name in ("outputs", "streams", "n_slots"):
                    h.update(f"{field.name}{value!r}".encode())
        return h.hexdigest()

    def stream_bases(self, bases: tuple[int, int]) -> Integers:
        """Return what is added to the outcome number for each stream, int64[streams].

        Parameters
        ----------
        bases : tuple of int
            For streams that change with the outcome, and for those that change with the project.
        """
        return np.array(bases, dtype=np.int64)[self.stream_index]

    @property
    def scratch_bytes(self) -> int:
        """Memory that one worker needs besides the outputs."""
        return (self.n_slots + 4) * BLOCK * 8

    def listing(self) -> str:
        """Return the program as text, one instruction a line, in the model's own names."""
        return listing(self)
