"""Where a statistic meets a target while one number is turned."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from scipy.optimize import brentq

from simcost.analyses._knob import Turned
from simcost.result import Interval
from simcost.result.digits import figure

POINTS = 9  # of the first range; a target that is met twice between two of them is missed
OUTWARD = 6  # steps beyond it
EXACT = 1e-5  # of the bracket: where Brent's method stops
ROUGH = 1e-3  # likewise for the ends of the interval
JUMP = 0.01  # of the target: a statistic that misses it by more does not pass through it

Number = Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Root:
    """Where the target is met."""

    answer: Interval
    reached: float
    rises: bool
    jumps: bool = False


class Hunt:
    """Looks for the numbers at which a statistic crosses the target."""

    def __init__(self, turned: Turned, target: float) -> None:
        self.turned, self.knob, self.target = turned, turned.knob, target

    def continuum(self) -> list[Root]:
        """Return every crossing on the grid, or the first one beyond it."""
        grid = [x for x in self.knob.grid(POINTS) if not math.isnan(self.miss(x))]
        if not grid:
            return []
        brackets = self.brackets(grid) or self._outward(grid[-1], True)
        brackets = brackets or self._outward(grid[0], False)
        return [self._root(a, b) for a, b in brackets]

    def brackets(self, grid: list[float]) -> list[tuple[float, float]]:
        """Return neighbours of a grid between which the target lies."""
        signs = [self.miss(x) > 0 for x in grid]
        pairs = pairwise(grid)
        return [pair for pair, a, b in zip(pairs, signs, signs[1:], strict=False) if a != b]

    def _outward(self, edge: float, up: bool) -> list[tuple[float, float]]:
        before = edge
        for step in range(OUTWARD):
            further = self.knob.beyond(before, up, step)
            if further == before or math.isnan(self.miss(further)):
                return []
            if (self.miss(further) > 0) != (self.miss(before) > 0):
                return [(before, further) if up else (further, before)]
            before = further
        return []

    def _root(self, low: float, high: float) -> Root:
        x = _crossing(self.miss, low, high)
        rises = self.miss(high) > 0
        reached = self.target + self.miss(x)
        ends = [self._end(side, low, high, x) for side in ("low", "high")]
        known = sorted(end for end in ends if end is not None)
        answer = Interval(x, known[0], known[1]) if len(known) == 2 else Interval(x)
        jumps = abs(self.miss(x)) > JUMP * max(abs(self.target), 1e-300)
        return Root(answer, reached, rises, jumps)

    def _end(self, side: str, low: float, high: float, x: float) -> float | None:
        """Return where an end of the statistic's interval meets the target, None if far away."""

        def miss(number: float) -> float:
            found = self.turned.at(number)
            end = None if found is None else getattr(found, side)
            return math.nan if end is None else end - self.target

        width = high - low
        for reach in (0.0, 1.0, 3.0):
            a = max(low - reach * width, self.knob.limits[0])
            b = min(high + reach * width, self.knob.limits[1])
            left, right = miss(a), miss(b)
            if math.isnan(left) or math.isnan(right):
                return None
            if (left > 0) != (right > 0):
                return _crossing(miss, a, b, ROUGH)
        return None

    def levels(self) -> list[Root]:
        """Return the last of the possible values that keeps the target, where the next does not."""
        levels = list(self.knob.levels)
        if self.knob.target == "cap":
            levels = self._caps()
        roots = []
        for a, b in self.brackets(levels):
            rises = self.miss(b) > 0
            best = a if rises else b
            roots.append(Root(Interval(best, best, best), self.target + self.miss(best), rises))
        return roots

    def _caps(self) -> list[float]:
        """Return caps around the first that breaks the target: doubled, then halved."""
        low, high = 1, 2
        last = int(self.knob.levels[-1])
        while high < last and (self.miss(high) > 0) == (self.miss(low) > 0):
            low, high = high, 2 * high
        while high - low > 1 and (self.miss(high) > 0) != (self.miss(low) > 0):
            middle = (low + high) // 2
            same = (self.miss(middle) > 0) == (self.miss(low) > 0)
            low, high = (middle, high) if same else (low, middle)
        return [float(low), float(high)]

    def miss(self, number: float) -> float:
        """Return by how much the statistic is above the target, NaN where it makes no sense."""
        found = self.turned.at(float(number))
        return math.nan if found is None or found.value is None else found.value - self.target

    def out_of_reach(self, output: str, unit: str) -> str:
        """Return what was tried and what it came to, as a sentence."""
        seen = [(x, one.value) for x, one in self.turned.drawn.items() if one is not None]
        known = sorted((x, y) for x, y in seen if y is not None)
        name, what = self.knob.name, self.turned.statistic.name
        if not known:
            return f"{what} of {output} has no value for any {name} that was tried"
        (a, low), (b, high) = (f(known, key=lambda pair: pair[1]) for f in (min, max))
        in_unit = f" {self.knob.unit}" if self.knob.unit else ""
        return (
            f"no value of {name} makes {what} of {output} {_text(self.target)} {unit}".rstrip()
            + f": it goes from {_text(low)} at {_text(a)}{in_unit} "
            f"to {_text(high)} at {_text(b)}{in_unit}"
        )


def _text(number: float) -> str:
    return f"{number:,.6g}" if number == round(number, 3) and abs(number) < 1e9 else figure(number)


def _crossing(function: Number, low: float, high: float, exact: float = EXACT) -> float:
    return float(brentq(function, low, high, xtol=exact * (high - low), rtol=1e-9))
