"""The cells of a table: octaves of a positive number, each in equal parts.

A cell's number is read off a double's exponent and top significand bits, so that both tails of
a distribution are resolved down to the last representable probability without a logarithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from simcost.machine.program import Floats, Integers

PART_BITS = 4  # 16 cells an octave
PARTS = 1 << PART_BITS
ROW_SHIFT = 52 - PART_BITS
REST_MASK = (1 << ROW_SHIFT) - 1
TWO_BITS = 0x4000000000000000  # the double 2.0
BIAS = 1023
ORIGIN = 16.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Octaves from ``2**first`` to ``2**last``; the last row is the point ``2**last`` itself."""

    first: int
    last: int

    @property
    def row_base(self) -> int:
        """What the top bits of ``2**first`` read as; subtracted, it leaves row 0."""
        return (BIAS + self.first) << PART_BITS

    @property
    def size(self) -> int:
        """Number of rows: every cell and the end point."""
        return ((self.last - self.first) << PART_BITS) + 1

    @property
    def low(self) -> float:
        """Smallest argument."""
        return 2.0**self.first

    @property
    def high(self) -> float:
        """Largest argument."""
        return 2.0**self.last

    def edges(self) -> Floats:
        """Return the left edges of all rows; the last is `high`."""
        octave, part = np.divmod(np.arange(self.size), PARTS)
        edges: Floats = np.ldexp(1.0 + part / PARTS, octave + self.first)
        return edges

    def locate(self, v: Floats) -> tuple[Integers, Floats]:
        """Return row and position in it, in [-1, 1), of arguments inside the grid.

        The significand bits below the row number are moved up behind the exponent of 2.0, which
        gives a number in [2, 4): exact, and no division.
        """
        pattern = v.view(np.int64)
        rest = ((pattern & REST_MASK) << PART_BITS) | TWO_BITS
        return (pattern >> ROW_SHIFT) - self.row_base, rest.view(np.float64) - 3.0


@dataclass(frozen=True, slots=True)
class Strip:
    """Cells of equal width from 0 to `limit`; the last row is the point `limit` itself.

    Parameters
    ----------
    limit : float
        Largest argument, a multiple of the width, below 16.
    bits : int
        16 is cut into ``2**bits`` cells.
    """

    limit: float
    bits: int

    @property
    def shift(self) -> int:
        """Places below the number of the cell in 16 + size, a number from 16 to 32."""
        return 52 - self.bits

    @property
    def row_base(self) -> int:
        """What the top bits of 16 read as."""
        return (BIAS + 4) << self.bits

    def edges(self) -> Floats:
        """Return the left edges of all rows."""
        width = ORIGIN / (1 << self.bits)
        edges: Floats = np.arange(int(self.limit / width) + 1, dtype=np.float64) * width
        return edges

    def locate(self, size: Floats) -> tuple[Integers, Floats]:
        """Return row and position in it, in [-1, 1), of arguments from 0 to the limit."""
        pattern = (size + ORIGIN).view(np.int64)
        rest = ((pattern & ((1 << self.shift) - 1)) << self.bits) | TWO_BITS
        return (pattern >> self.shift) - self.row_base, rest.view(np.float64) - 3.0


# Nearer probability, u or 1 - u. Generators never leave [2^-53, 1 - 2^-53].
FOLDED = Grid(-53, -1)
# Size of a Student variate; its distribution function is linear below and constant above.
HALF_LINE = Grid(-40, 64)
# Size of a normal variate; 1/32 wide, since the curve falls by e**-4 between 8 and 8.5.
BELL = Strip(8.5, 9)
