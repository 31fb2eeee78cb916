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

from simcost.graph.node import Node, const, make
from simcost.graph.profiles import UNIFORM
from simcost.graph.rewrite import substitute
from simcost.run.flows import ONE, PERIOD, ZERO, Clock, Flow, Item, Rate, share_of

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

    def _spent(self, item: Item, rate: Rate | None) -> Node:
        if rate is None and not item.moves:
            return share_of(item.share, item.figure)
        if rate is not None and item.profile == UNIFORM and not item.moves:
            value = self._value(rate, item.start, item.length)
            return make("mul", share_of(item.share, item.figure), value)
        return _sum([self._spent_in(item, rate, n) for n in range(1, self.clock.horizon + 2)])

    def amounts(self, name: str) -> list[Node]:
        """Return what falls into each period, and last what falls after the horizon."""
        flow = self.flows[name]
        back = self._back(flow)
        amounts = []
        for n in range(1, self.clock.horizon + 2):
            amount = _sum([self._spent_in(item, flow.rate, n) for item in flow.items])
            if back is not None:
                here = make("sub", self._over(n), self._over(n - 1))
                amount = make("sub", amount, make("mul", back, here))
            amounts.append(self._guarded(amount))
        return amounts

    def _guarded(self, node: Node) -> Node:
        """Return the node, NaN where a share is out of range."""
        return node if self.guard is None else make("add", node, self.guard)

    def _spent_in(self, item: Item, rate: Rate | None, n: int) -> Node:
        """Return what a stage spends in period n; n = horizon + 1 is all the time after."""
        before, after = self._progress(item, n - 1), self._progress(item, n)
        figure = item.figure
        if item.moves:  # what comes after the horizon is at the terms of the last period
            (figure,) = substitute([figure], {PERIOD: const(min(n, self.clock.horizon))})
        part = make("sub", after, before)
        amount = make("mul", share_of(item.share, figure), part)
        if rate is None:
            return amount
        first, last = self._inside(item, n)
        return make("mul", amount, self._value(rate, first, make("sub", last, first)))

    def _progress(self, item: Item, n: int) -> Node:
        """Return the share of a stage's spending that is done by the end of period n."""
        if n == 0:
            return ZERO
        if n > self.clock.horizon:
            return ONE
        passed = make("sub", self._edge(n), item.start)
        reached = make("div", passed, make("max", item.length, _INSTANT))
        return item.profile.spent(make("max", make("min", reached, ONE), ZERO))

    def _inside(self, item: Item, n: int) -> tuple[Node, Node]:
        """Return from when to when a stage goes on within period n."""
        low, high = self._edge(n - 1), self._edge(n)
        ends = (item.start, make("add", item.start, item.length))
        first, last = (make("max", end, low) for end in ends)
        if n > self.clock.horizon:
            return first, last
        return make("min", first, high), make("min", last, high)

    def _over(self, n: int) -> Node:
        """Return whether the project is over by the end of period n."""
        if n == 0:
            return ZERO
        return ONE if n > self.clock.horizon else make("ge", self._edge(n), self.end)

    def _edge(self, n: int) -> Node:
        return const(n * self.clock.period)

    def _value(self, rate: Rate, start: Node, length: Node) -> Node:
        """Return the mean of exp(rate t) over a stretch of time, in closed form."""
        year = const(self.clock.year)
        begin = make("exp", make("mul", rate.yearly, make("div", start, year)))
        x = make("mul", rate.yearly, make("div", length, year))
        x = make("where", make("eq", x, ZERO), _INSTANT, x)  # its limit is 1
        mean = make("div", make("expm1", x), x)
        if rate.falling:  # tells the check of tails that these are shares of 1
            begin, mean = make("min", begin, ONE), make("min", mean, ONE)
        return make("mul", rate.at_start, make("mul", begin, mean))

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
            years = make("div", self.end, const(self.clock.year))
            worth = make("exp", make("neg", make("mul", rate.discount, years)))
            back = make("mul", back, make("min", worth, ONE) if rate.falling else worth)
        return make("where", self.failed, back, ZERO)


def _sum(parts: list[Node]) -> Node:
    return reduce(lambda total, part: make("add", total, part), parts)
