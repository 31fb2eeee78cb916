"""One source, two flavours: functions of this package bound again for a scalar compiler.

The functions are written once, as plain Python over NumPy arrays. A compiler of scalar code
needs the same statements with another `select` and with calls that go to its own compiled
functions. `rebind` gives each function a new global namespace that says so; the code object,
and with it every arithmetic operation, stays the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import FunctionType, SimpleNamespace
from typing import Any

Jit = Callable[[Callable[..., Any]], Callable[..., Any]]


def choose(condition: bool, if_true: Any, if_false: Any) -> Any:
    """Scalar counterpart of ``numpy.where``."""
    return if_true if condition else if_false


def rebind(
    jit: Jit, functions: Sequence[Callable[..., Any]], provided: Mapping[str, Any] | None = None
) -> SimpleNamespace:
    """Compile functions that call each other by their module-level names.

    Parameters
    ----------
    jit : callable
        Turns a Python function into a compiled one, ``numba.njit(error_model="numpy")``.
    functions : sequence of function
        Callees before callers.
    provided : mapping of str to object
        Functions of the new flavour that these call but that are bound already.

    Returns
    -------
    namespace
        The compiled functions by name, with everything in `provided`.
    """
    bound = {"select": jit(choose), **(provided or {})}
    for function in functions:
        assert isinstance(function, FunctionType)
        copy = FunctionType(function.__code__, {**function.__globals__, **bound}, function.__name__)
        copy.__doc__ = function.__doc__
        bound[function.__name__] = jit(copy)
    return SimpleNamespace(**bound)
