"""Designs: how points fill the unit cube. One file a design, found by the folder itself."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

from simcost.designs._base import Design, Tables
from simcost.designs._fill import bind
from simcost.designs._threefry import distinct_keys, stream_key
from simcost.registry import collect

if TYPE_CHECKING:
    DESIGNS: Mapping[str, Design]


@functools.cache
def _designs() -> Mapping[str, Design]:
    return collect(__name__, "DESIGN")


def __getattr__(name: str) -> Mapping[str, Design]:
    # Collected on first use: the designs import this package's helpers.
    if name == "DESIGNS":
        return _designs()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = ["DESIGNS", "Design", "Tables", "bind", "distinct_keys", "stream_key"]
