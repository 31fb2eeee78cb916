"""Stages in time: what is spent in each period, as operations on an outcome's own dates.

A stage starts when the one before has ended. What it spends follows its profile over the time that
it takes; a stage that fails has spent its share in the time that passed until then. The amounts of
a period follow in closed form from the stage's start, length and share, so a period is a dimension
of the answer: no input is copied for it, and every draw stays what it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise

from simcost.graph.node import Node, const, make
from simcost.graph.profiles import UNIFORM
from simcost.graph.rewrite import substitute
from simcost.run.flows import ONE, PERIOD, ZERO, Clock, Flow, Item, Rate, share_of

_SHORT = const(1e-5)  # times a rate: below, a mean is closer to its series than to its quotient
_INSTANT = const(1e-290)  # as long as a stage that takes no time: all of it falls on its start


@dataclass(frozen=True, slots=True)
class Schedule:
    """The flows of a model, and the operations that give their amounts.

    Parameters
    ----------
    clock : Clock
        The periods.
    flows : mapping of str to Flow
        By the output that they add up to.
    failed : Node
        Whether the project fails.
    end : Node
        When it ends, in the unit of durations: salvage comes back then.
    guard : Node or None
        NaN in an outcome whose shares are out of range.
    """

    clock: Clock
    flows: Mapping[str, Flow]
    failed: Node
    end: Node
    guard: Node | None = None

    def total(self, name: str) -> Node:
        """Return all that is spent of a flow, less what comes back."""
        spent = self.spent_by_stage(name)
        back = self._back(self.flows[name])
        total = _sum(spent)
        return self._guarded(total if back is None else make("sub", total, back))

    def spent_by_stage(self, name: str) -> list[Node]:
        """Return what each stage spends of a flow in all."""
        flow = self.flows[name]
        return [self._spent(item, flow.rate) for item in flow.items]

    def amounts(self, name: str) -> list[Node]:
        """Return what falls into each period, and last what falls after the horizon."""
        flow = self.flows[name]
        parts = [(item, self._parts(item, flow.rate)) for item in flow.items]
        back = self._back(flow)
        amounts = []
        for n in range(self.clock.horizon + 1):
            amount = _sum([share_of(one.share, found[n]) for one, found in parts])
            if back is not None:
                here = make("sub", self._over(n + 1), self._over(n))
                amount = make("sub", amount, make("mul", back, here))
            amounts.append(self._guarded(amount))
        return amounts

    def _guarded(self, node: Node) -> Node:
        """Return the node, NaN where a share is out of range."""
        return node if self.guard is None else make("add", node, self.guard)

    def _spent(self, item: Item, rate: Rate | None) -> Node:
        """Return what a stage spends in all, at the value that it has then."""
        if item.moves or (rate is not None and item.profile != UNIFORM):
            return share_of(item.share, _sum(self._parts(item, rate)))
        spent = share_of(item.share, item.figure)
        return spent if rate is None else make("mul", spent, self._mean_value(rate, item))

    def _parts(self, item: Item, rate: Rate | None) -> list[Node]:
        """Return what of a stage's figure falls into each period, if all of it is spent."""
        last = self.clock.horizon + 1
        done = [ZERO, *(self._progress(item, n) for n in range(1, last)), ONE]
        parts = [make("sub", b, a) for a, b in pairwise(done)]
        if rate is not None:
            values = self._values(rate, item)
            parts = [make("mul", a, b) for a, b in zip(parts, values, strict=True)]
        figures = [item.figure] * last
        if item.moves:  # what comes after the horizon is at the terms of the last period
            numbers = [const(min(n, last - 1)) for n in range(1, last + 1)]
            figures = [substitute([item.figure], {PERIOD: n})[0] for n in numbers]
        return [make("mul", a, b) for a, b in zip(figures, parts, strict=True)]

    def _progress(self, item: Item, n: int) -> Node:
        """Return the share of a stage's spending that is done by the end of period n."""
        passed = make("sub", self._edge(n), item.start)
        reached = make("div", passed, make("max", item.length, _INSTANT))
        return item.profile.spent(make("max", make("min", reached, ONE), ZERO))

    def _over(self, n: int) -> Node:
        """Return whether the project is over by the end of period n."""
        if n == 0:
            return ZERO
        return ONE if n > self.clock.horizon else make("ge", self._edge(n), self.end)

    def _edge(self, n: int) -> Node:
        return const(n * self.clock.period)

    def _worth(self, rate: Rate, time: Node) -> Node:
        """Return exp(rate t)."""
        worth = make("exp", make("mul", rate.yearly, make("div", time, const(self.clock.year))))
        return make("min", worth, ONE) if rate.falling else worth  # tells the check of tails

    def _mean_value(self, rate: Rate, item: Item) -> Node:
        """Return the mean of exp(rate t) while a stage goes on, in closed form."""
        x = make("mul", rate.yearly, make("div", item.length, const(self.clock.year)))
        x = make("where", make("eq", x, ZERO), _INSTANT, x)  # its limit is 1
        mean = make("div", make("expm1", x), x)
        mean = make("min", mean, ONE) if rate.falling else mean
        return make("mul", rate.at_start, make("mul", self._worth(rate, item.start), mean))

    def _values(self, rate: Rate, item: Item) -> list[Node]:
        """Return the mean of exp(rate t) while a stage goes on in each period.

        The mean from a to b is (exp(rate b) - exp(rate a)) / (rate (b - a)). Exponentials are
        taken at the edges of periods, for all stages, and at both ends of the stage.
        """
        end = make("add", item.start, item.length)
        edges = [self._edge(n) for n in range(1, self.clock.horizon + 1)]
        times = [make("max", make("min", edge, end), item.start) for edge in edges]
        begin, finish = self._worth(rate, item.start), self._worth(rate, end)
        low, high = make("min", begin, finish), make("max", begin, finish)
        worths = [make("max", make("min", self._worth(rate, edge), high), low) for edge in edges]
        times, worths = [item.start, *times, end], [begin, *worths, finish]
        scale = make("div", rate.yearly, const(self.clock.year))
        values = []
        for (a, b), (at_a, at_b) in zip(pairwise(times), pairwise(worths), strict=True):
            x = make("mul", scale, make("sub", b, a))
            mean = make("div", make("sub", at_b, at_a), x)
            near = make("min", make("max", x, make("neg", _SHORT)), _SHORT)
            limit = make("mul", at_a, make("add", ONE, make("mul", const(0.5), near)))
            short = make("eq", x, near)
            values.append(make("mul", rate.at_start, make("where", short, limit, mean)))
        return values

    def _back(self, flow: Flow) -> Node | None:
        """Return what comes back when a project fails; None where nothing ever does.

        It is a share of the money that was paid, and comes at the end of the project.
        """
        rate = flow.rate
        paid = rate if rate is None or rate.discount is None else rate.paid
        parts = [
            make("mul", self._spent(item, paid), item.salvage)
            for item in flow.items
            if item.salvage is not ZERO
        ]
        if not parts:
            return None
        back = _sum(parts)
        if rate is not None and rate.discount is not None:
            worth = self._worth(Rate(make("neg", rate.discount), falling=rate.falling), self.end)
            back = make("mul", back, worth)
        return make("where", self.failed, back, ZERO)


def _sum(parts: list[Node]) -> Node:
    return reduce(lambda total, part: make("add", total, part), parts)
