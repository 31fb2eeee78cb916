"""Something measured of the outcomes in one pass."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Mapping
from typing import Any

from simcost.result.leaf import Leaf

Leaves = Mapping[str, Leaf]


class Gauge(ABC):
    """A measurement made leaf by leaf.

    `take` may run in any thread and changes nothing. `aim`, `add` and `settle` run one after the
    other, in the order of the leaves, so that the answer does not depend on threads.

    Attributes
    ----------
    names : tuple of str
        Outputs it looks at.
    finite : bool
        Whether their outcomes have to be finite.
    adaptive : bool
        Whether what `take` looks for depends on what was seen before. Then it is settled several
        times along the way.
    """

    names: tuple[str, ...]
    finite = True
    adaptive = False

    @property
    @abstractmethod
    def key(self) -> Hashable:
        """What tells it from other gauges."""

    def aim(self, leaf: Leaf) -> None:  # noqa: B027
        """Look at the first leaf of its first output before anything is taken."""

    @abstractmethod
    def take(self, leaves: Leaves) -> Any:
        """Return what a leaf contributes."""

    @abstractmethod
    def add(self, part: Any) -> None:
        """Add the contribution of the next leaf."""

    def settle(self, seen: int) -> None:  # noqa: B027
        """Take stock after so many outcomes; always done at the end."""
