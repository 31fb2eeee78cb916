"""Compiled counterparts of functions of arrays, once there are any: the same bits, sooner.

Whoever has a compiler provides them. Nothing depends on whether that has happened but the time.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

_provided: dict[str, Callable[..., Any]] = {}


def provide(**functions: Callable[..., Any]) -> None:
    """Let functions take the place of those of the same name, for float64 arrays.

    Parameters
    ----------
    **functions : callable
        ``exp``, ``fast_exp`` and ``finite_log`` take an array; ``fraction`` takes an array and the
        terms and power of a `simcost.elementary._fraction.Fraction`; ``beta_parts`` takes a
        `simcost.elementary._beta.Recipe` and two arrays. Others mean something to those who ask
        for them by name.
    """
    _provided.update(functions)


def withdraw() -> dict[str, Callable[..., Any]]:
    """Take back what was provided, and return it."""
    taken = dict(_provided)
    _provided.clear()
    return taken


def provided(name: str) -> Callable[..., Any] | None:
    """Return what was provided by that name."""
    return _provided.get(name)


def swift(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a function of one array that does what was provided by its name, if it was."""
    name = function.__name__

    @functools.wraps(function)
    def either(x: Any) -> Any:
        known = _provided.get(name)
        if known is None or not isinstance(x, np.ndarray) or x.dtype != np.float64:
            return function(x)
        return known(x)

    return either
