"""Roots of functions of one number."""

from __future__ import annotations

from collections.abc import Callable


def root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Return where a rising function crosses 0 inside (low, high), to the last bit.

    Bisection: fifty to a thousand evaluations, no failure.
    """
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:
            return high
        if rising(middle) < 0.0:
            low = middle
        else:
            high = middle
