"""What an analysis is: a name and a function from a Result to a Dataset."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray


@dataclass(frozen=True, slots=True)
class Analysis:
    """A question that can be asked of a result.

    Attributes
    ----------
    name : str
        Name of its file, and of the method of `Result`.
    summary : str
        One line.
    run : callable
        ``run(result, output, **options)``: a Dataset as described in `simcost.analyses`.
    source : str
        Where the method is published.
    check : callable or None
        ``check(subject, **options)`` refuses options that make no sense, before anything is
        drawn; None where `run` alone can tell.
    """

    name: str
    summary: str
    run: Callable[..., xarray.Dataset]
    source: str
    check: Callable[..., None] | None = None
