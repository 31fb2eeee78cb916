"""What is known of the outcomes, and the passes that find out more."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from simcost.errors import NumericalError
from simcost.result.bracket import Bracket, Sought
from simcost.result.exact import ExactGauge
from simcost.result.gauges import DigestGauge, MomentsGauge
from simcost.result.leaf import NO_PAIRS, Leaf, lookout_of
from simcost.result.rack import Rack
from simcost.result.radix import RadixGauge
from simcost.result.source import LEAF, Source, leaves_of
from simcost.result.tools import NUMPY, Asked, Lookout, Tools

Vector = npt.NDArray[np.float64]
S = TypeVar("S", bound=Sought)

_REST = 3  # brackets are narrowed when all but one part in so many has been drawn
_GROWTH = 4  # brackets are narrowed whenever this many times as many outcomes have been seen


class Ledger:
    """Everything measured so far of the outcomes of a source.

    Parameters
    ----------
    source : Source
        Where the outcomes come from.
    replicates : int
        Number R of replicates; outcome k belongs to replicate ``k % R``.
    tools : Tools
        What measures; all tools give the same bits.
    """

    def __init__(self, source: Source, replicates: int, tools: Tools = NUMPY) -> None:
        self.source, self.replicates, self.tools = source, replicates, tools
        self._done: dict[Hashable, Sought] = {}

    @property
    def count(self) -> int:
        """Number of outcomes."""
        return self.source.count

    def get(self, gauge: S) -> S:
        """Return a gauge like this one that has seen every outcome."""
        self.ensure([gauge])
        return self._done[gauge.key]  # type: ignore[return-value]

    def ensure(self, gauges: Iterable[Sought]) -> None:
        """Measure, in one pass, what has not been measured yet.

        Raises
        ------
        NumericalError
            When an outcome is NaN or infinite.
        """
        missing = {gauge.key: gauge for gauge in gauges if self._lacks(gauge)}
        if not missing:
            return
        self._pass([*missing.values()])
        self._make_sure([g for g in missing.values() if isinstance(g, MomentsGauge) and g.doubtful])
        lost = [g for g in missing.values() if isinstance(g, Bracket) and not g.hit]
        self._done |= missing
        if lost:
            self._rescue(lost)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "tools": NUMPY}  # compiled ones belong to this process

    def brackets(self, name: str) -> Iterator[Bracket]:
        """Yield the brackets of an output."""
        for gauge in self._done.values():
            if isinstance(gauge, Bracket) and gauge.names == (name,):
                yield gauge

    def known(self, key: Hashable) -> Sought | None:
        """Return the gauge of that key, if it has been measured."""
        return self._done.get(key)

    def _lacks(self, gauge: Sought) -> bool:
        known = self._done.get(gauge.key)
        if isinstance(known, Bracket) and isinstance(gauge, Bracket):
            return gauge.tails and not known.tails
        return known is None

    def _make_sure(self, doubtful: Sequence[MomentsGauge]) -> None:
        """Sum once more, without a rest, where outcomes cancel each other."""
        sums = [ExactGauge(gauge.names[0]) for gauge in doubtful]
        if sums:
            self._pass(sums)
        for gauge, exact in zip(doubtful, sums, strict=True):
            gauge.correct(exact.means(gauge.powers.count))

    def _rescue(self, lost: Sequence[Bracket]) -> None:
        """Find what no bracket held: outcomes that change along the way, as in a sorted list."""
        ends = {(b.names[0], rank): RadixGauge(b.names[0], rank) for b in lost
                for rank in (b.first, b.last)}  # fmt: skip
        while searching := [gauge for gauge in ends.values() if not gauge.done]:
            self._pass(searching)
        found = []
        for b in lost:
            name = b.names[0]
            bounds = ends[name, b.first].bounds[0], ends[name, b.last].bounds[1]
            found.append(b.within(bounds))
        self._pass(found)
        self._done |= {bracket.key: bracket for bracket in found}

    def _pass(self, sought: Sequence[Sought]) -> None:
        racks = _racks(sought, self.tools)
        gauges = [*(one for one in sought if not isinstance(one, Bracket)), *racks.values()]
        names = [*dict.fromkeys(name for gauge in gauges for name in gauge.names)]
        finite = {name for gauge in gauges if gauge.finite for name in gauge.names}
        asked = Asked(
            total=any(isinstance(gauge, MomentsGauge) for gauge in gauges),
            fingerprint=any(isinstance(gauge, DigestGauge) for gauge in gauges),
        )

        centres: dict[str, float] = {}
        pairs = dict.fromkeys(names, NO_PAIRS)
        lookout: Lookout | None = None

        def look(number: int, values: Mapping[str, Vector]) -> dict[str, Leaf]:
            leaves = {
                name: Leaf(array, self.replicates, centres.get(name), self.tools, pairs[name])
                for name, array in values.items()
            }
            if number and lookout:
                seen = self.tools.glance(values, lookout, self.replicates, asked)
                for leaf, found in zip(leaves.values(), seen, strict=True):
                    if found is not None:
                        leaf.saw(found)
            for name in finite:
                if leaves[name].found is None:  # a glance finds finite outcomes only
                    _refuse_not_finite(name, leaves[name], number)
            return leaves

        def work(number: int, values: Mapping[str, Vector]) -> Any:
            if number == 0:  # tells what to look out for, so it is kept until that is known
                return look(0, {name: array.copy() for name, array in values.items()})
            leaves = look(number, values)
            return [gauge.take(leaves) for gauge in gauges]

        def announce() -> None:
            nonlocal lookout
            pairs.update({name: rack.pairs for name, rack in racks.items()})
            if racks:
                lookout = lookout_of([centres[name] for name in names], [*pairs.values()])

        def start(pilot: dict[str, Leaf]) -> None:
            centres.update({name: leaf.centre for name, leaf in pilot.items()})
            for gauge in gauges:
                gauge.aim(pilot[gauge.names[0]])
                gauge.add(gauge.take(pilot))

        total = leaves_of(self.count)
        steps = self._steps(total, any(gauge.adaptive for gauge in gauges))
        # Leaves from `open_to` on may be drawn, but what to measure of them is not known yet.
        step, open_to = next(steps), 1
        found = self.source.map(work, names, 0, total, lambda number: number < open_to)
        for done, parts in enumerate(found, start=1):
            if done == 1:
                start(parts)
            else:
                for gauge, part in zip(gauges, parts, strict=True):
                    gauge.add(part)
            if done == step:
                seen = min(step * LEAF, self.count)
                for gauge in gauges:
                    if gauge.adaptive or step == total:
                        gauge.settle(seen)
                announce()
                step = next(steps, total)
            if done == open_to:
                open_to = step

    def _steps(self, total: int, adaptive: bool) -> Iterator[int]:
        """Yield the leaves after which to take stock, counted back from the end.

        What is narrowed at the end is narrowed while nothing is drawn, so it should be little; and
        leaves that are drawn while brackets are narrowed should have been measured by then.
        """
        steps = [total]
        step = total - max(total // _REST, 1)
        while adaptive and step > 0:
            steps.append(step)
            step = max(step // _GROWTH, min(step - 1, 1))
        yield from reversed(steps)


def _racks(sought: Sequence[Sought], tools: Tools) -> dict[str, Rack]:
    """Return the brackets among what is sought, by output."""
    brackets: dict[str, list[Bracket]] = {}
    for one in sought:
        if isinstance(one, Bracket):
            brackets.setdefault(one.names[0], []).append(one)
    return {name: Rack(mine, tools) for name, mine in brackets.items()}


def _refuse_not_finite(name: str, leaf: Leaf, number: int) -> None:
    # min and max pass a NaN on, and make no array as large as the outcomes
    if math.isfinite(leaf.low) and math.isfinite(leaf.high):
        return
    first = int(np.flatnonzero(~np.isfinite(leaf.values))[0])
    raise NumericalError(
        f"outcome {number * LEAF + first} of {name!r} is {leaf.values[first]}; there is no estimate"
    )
