"""What stages spend, each from when to when, and how money changes meanwhile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simcost.graph.node import Node, const, make, walk
from simcost.graph.profiles import UNIFORM, Profile

PERIOD = make("stream", name="\0period")  # what `period` stands for in formulas
ZERO, ONE = const(0.0), const(1.0)


@dataclass(frozen=True, slots=True)
class Rate:
    """How values change with time, exp(yearly t).

    Parameters
    ----------
    yearly : Node
        Continuous rate a year.
    at_start : Node
        What the values are worth when the project starts.
    falling : bool
        Whether the rate is known not to be positive.
    discount : Node or None
        The part of the rate, with the other sign, that values money and does not change prices.
    paid : Rate or None
        How the prices alone change.
    """

    yearly: Node
    at_start: Node = ONE
    falling: bool = False
    discount: Node | None = None
    paid: Rate | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """The periods of a model.

    Parameters
    ----------
    unit : str
        Of a period: ``month``.
    horizon : int
        Number of periods.
    period, year : float
        Length of a period and of a year, in the unit of durations.
    rates : mapping of str to Rate
        How money changes with time: ``nominal_cost``, ``present_value``.
    """

    unit: str
    horizon: int
    period: float
    year: float
    rates: Mapping[str, Rate] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """What one stage spends of one figure.

    Parameters
    ----------
    figure : Node
        Of the whole stage, as if it fell into the period `PERIOD`.
    share : Node
        What of it is spent, 0 to 1.
    start, length : Node
        When it starts and how long it goes on, in the unit of durations.
    profile : Profile
        How it is spent over that time.
    salvage : Node
        What of it comes back when the project fails.
    """

    figure: Node
    share: Node
    start: Node
    length: Node
    profile: Profile = UNIFORM
    salvage: Node = ZERO

    @property
    def moves(self) -> bool:
        """Whether the figure depends on the period."""
        return moves(self.figure)


@dataclass(frozen=True, slots=True)
class Flow:
    """An amount that is spent over time.

    Parameters
    ----------
    items : tuple of Item
        Its stages.
    rate : Rate or None
        How values change with time; None for amounts as they are.
    """

    items: tuple[Item, ...]
    rate: Rate | None = None


def moves(node: Node) -> bool:
    """Return whether a figure depends on the period."""
    return any(one is PERIOD for one in walk([node]))


def share_of(share: Node, figure: Node) -> Node:
    """Return a share of a figure; an infinite figure of a stage never reached is not NaN."""
    if share is ONE:
        return figure
    return make("where", share, make("mul", figure, share), ZERO)
