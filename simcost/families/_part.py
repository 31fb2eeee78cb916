"""A distribution of which only a part is left: a window of values or of percentiles."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isfinite

import numpy as np

from simcost.errors import ParameterError
from simcost.families._atoms import AtomTable
from simcost.families._base import Atoms, Vector
from simcost.families._distribution import Distribution
from simcost.families._text import brief, show


@dataclass(frozen=True, slots=True)
class _Window:
    """A part of the unit interval, each number accurate where it is small."""

    start: float  # probability below it
    beyond: float  # probability above it
    mass: float  # probability in it


class _Part(Distribution):
    """What `base` is when its u is known to lie in a window."""

    __slots__ = ()
    base: Distribution

    @property
    @abstractmethod
    def window(self) -> _Window:
        """The part of the unit interval."""

    @abstractmethod
    def restricted(self, values: Vector, probabilities: Vector) -> AtomTable:
        """Return what is left of a discrete base."""

    def quantile(self, u: Vector) -> Vector:
        """Return the quantile of the base at the matching point of the window."""
        u = np.asarray(u, dtype=np.float64)
        if self.base.discrete:
            return _part_table(self).quantile(u)
        return self._at(u, 1.0 - u)

    def isf(self, q: Vector) -> Vector:
        """Return the inverse survival function of the base, likewise."""
        q = np.asarray(q, dtype=np.float64)
        if self.base.discrete:
            return _part_table(self).isf(q)
        return self._at(1.0 - q, q)

    def _at(self, u: Vector, q: Vector) -> Vector:
        window = self.window
        lower = window.start + window.mass * u
        upper = window.beyond + window.mass * q
        short = lower <= 0.5
        x = np.empty_like(lower)
        x[short] = self.base.quantile(lower[short])
        x[~short] = self.base.isf(upper[~short])
        return np.clip(x, *self.support())

    def cdf(self, x: Vector) -> Vector:
        """Return P(X <= x)."""
        if self.base.discrete:
            return _part_table(self).cdf(x)
        x, window = np.asarray(x, dtype=np.float64), self.window
        from_below = (self.base.cdf(x) - window.start) / window.mass
        from_above = 1.0 - (self.base.sf(x) - window.beyond) / window.mass
        inside = np.where(window.start <= 0.5, from_below, from_above)
        return self._ends(x, np.clip(inside, 0.0, 1.0), 0.0, 1.0)

    def sf(self, x: Vector) -> Vector:
        """Return P(X > x)."""
        if self.base.discrete:
            return _part_table(self).sf(x)
        x, window = np.asarray(x, dtype=np.float64), self.window
        from_above = (self.base.sf(x) - window.beyond) / window.mass
        from_below = 1.0 - (self.base.cdf(x) - window.start) / window.mass
        inside = np.where(window.beyond <= 0.5, from_above, from_below)
        return self._ends(x, np.clip(inside, 0.0, 1.0), 1.0, 0.0)

    def _ends(self, x: Vector, inside: Vector, before: float, after: float) -> Vector:
        low, high = self.support()
        return np.where(x < low, before, np.where(x >= high, after, inside))

    def slopes(self, x: Vector) -> tuple[Vector, Vector] | None:
        """Return those of the base, which has more mass, and no density beyond the window."""
        slopes = self.base.slopes(x)
        if slopes is None:
            return None
        low, high = self.support()
        inside = (x >= low) & (x <= high)
        return np.where(inside, slopes[0] / self.window.mass, 0.0), slopes[1]

    def tail_index(self) -> float:
        """Return 0 where the heavy ends are cut off, else that of the base."""
        low, high = self.support()
        return 0.0 if isfinite(low) and isfinite(high) else self.base.tail_index()

    def kinks(self) -> tuple[float, ...]:
        """Return the kinks of the base that lie in the window."""
        window = self.window
        moved = ((kink - window.start) / window.mass for kink in self.base.kinks())
        return tuple(kink for kink in moved if 0.0 < kink < 1.0)

    def atoms(self) -> Atoms | None:
        """Return the values that are left, where the base is discrete."""
        return _part_table(self).atoms() if self.base.discrete else None

    @property
    def discrete(self) -> bool:
        """Whether the base is discrete."""
        return self.base.discrete

    @property
    def costly(self) -> bool:
        """Whether the base is."""
        return self.base.costly

    @property
    def prompt(self) -> bool:
        """Whether the base is."""
        return self.base.prompt


@lru_cache(maxsize=16)
def _part_table(part: _Part) -> AtomTable:
    atoms = part.base.atoms()
    assert atoms is not None, f"{part.base.family} is discrete without atoms"
    return part.restricted(*atoms)


@dataclass(frozen=True, slots=True, eq=False, init=False)
class Truncated(_Part):
    """`base`, given that it lies in [low, high]: what ``within = [low, high]`` makes.

    Parameters
    ----------
    base : Distribution
        Any distribution, discrete or not.
    low, high : float
        Ends of the window, infinite for none.

    Raises
    ------
    ParameterError
        When the window is empty or `base` is never in it.
    """

    base: Distribution
    low: float
    high: float
    _window: _Window

    def __init__(self, base: Distribution, low: float, high: float) -> None:
        low, high = float(low) + 0.0, float(high) + 0.0
        if not low < high:
            fix = "Swap them." if low > high else f"For a fixed number write value = {show(low)}."
            raise ParameterError(
                f"within = [{show(low)}, {show(high)}] holds no range", fix, ("within",)
            )
        window = _between(base, low, high)
        if not window.mass > (1e-14 if base.discrete else 1e-290):
            ends = " to ".join(show(end) for end in base.support())
            raise ParameterError(
                f"within = [{show(low)}, {show(high)}] is a range the {base.family} never falls in",
                f"It goes from {ends}: choose a part of that.",
                ("within",),
            )
        for name, value in (("base", base), ("low", low), ("high", high), ("_window", window)):
            object.__setattr__(self, name, value)

    @property
    def window(self) -> _Window:
        """The part of the unit interval."""
        return self._window

    def restricted(self, values: Vector, probabilities: Vector) -> AtomTable:
        """Return the values in the window, by value: rounding must not let a neighbour in."""
        inside = (values >= self.low) & (values <= self.high)
        return AtomTable.from_weights(values[inside], probabilities[inside])

    @property
    def family(self) -> str:
        """Always ``within``."""
        return "within"

    @property
    def params(self) -> tuple[Distribution, float, float]:
        """Base and ends."""
        return self.base, self.low, self.high

    @property
    def key(self) -> str:
        """``within(normal(mean=5.0,sd=2.0),0.0,10.0)``."""
        return f"within({self.base.key},{self.low!r},{self.high!r})"

    def support(self) -> tuple[float, float]:
        """Return the part of the range of the base that is left."""
        if self.base.discrete:
            values = _part_table(self).values
            return float(values[0]), float(values[-1])
        low, high = self.base.support()
        return max(low, self.low), min(high, self.high)

    def describe(self) -> str:
        """Return the base and the window."""
        return f"{self.base.describe()}, within {brief(self.low)} to {brief(self.high)}"


def _between(base: Distribution, low: float, high: float) -> _Window:
    # P(X < low): the next number below it matters for a law with atoms only.
    ends = np.array([np.nextafter(low, -inf), high])
    below, above = base.cdf(ends), base.sf(ends)
    if low == -inf:
        below[0], above[0] = 0.0, 1.0
    if high == inf:
        below[1], above[1] = 1.0, 0.0
    if above[0] < 0.5:
        mass = above[0] - above[1]
    elif below[1] < 0.5:
        mass = below[1] - below[0]
    else:
        mass = 1.0 - below[0] - above[1]
    return _Window(float(below[0]), float(above[1]), float(mass))


@dataclass(frozen=True, slots=True, eq=False)
class Banded(_Part):
    """`base`, given that its own u lies in [low, high]: one percentile band of it.

    Parameters
    ----------
    base : Distribution
        Any distribution.
    low, high : float
        Probabilities, 0 <= low < high <= 1.

    Raises
    ------
    ParameterError
        When they are not.
    """

    base: Distribution
    low: float
    high: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.low < self.high <= 1.0:
            low, high = (show(100 * end) for end in (self.low, self.high))
            raise ParameterError(
                f"percentiles = [{low}, {high}] is no band between 0 and 100",
                "Write the lower percentile first, such as percentiles = [90, 100].",
                ("percentiles",),
            )

    @property
    def window(self) -> _Window:
        """The part of the unit interval."""
        return _Window(self.low, 1.0 - self.high, self.high - self.low)

    def restricted(self, values: Vector, probabilities: Vector) -> AtomTable:
        """Return the values that the band touches."""
        window = self.window
        whole = AtomTable.from_tails(values, self.base.cdf(values), self.base.sf(values))
        return whole.window(window.start, window.beyond, window.mass)

    @property
    def family(self) -> str:
        """Always ``band``."""
        return "band"

    @property
    def params(self) -> tuple[Distribution, float, float]:
        """Base and ends."""
        return self.base, self.low, self.high

    @property
    def key(self) -> str:
        """``band(normal(mean=5.0,sd=2.0),0.9,1.0)``."""
        return f"band({self.base.key},{float(self.low)!r},{float(self.high)!r})"

    def support(self) -> tuple[float, float]:
        """Return the range of the base between the two percentiles."""
        low, high = self.base.support()
        if self.base.discrete:
            values = _part_table(self).values
            return float(values[0]), float(values[-1])
        if self.low > 0.0:
            low = float(self.base.quantile(np.array([self.low]))[0])
        if self.high < 1.0:
            high = float(self.base.quantile(np.array([self.high]))[0])
        return low, high

    def describe(self) -> str:
        """Return the base and the band."""
        low, high = (brief(100 * end) for end in (self.low, self.high))
        return f"{self.base.describe()}, from its P{low} to its P{high}"
