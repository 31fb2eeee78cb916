"""What a file format is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simcost.result import Result


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a result.

    Parameters
    ----------
    name : str
        Name of the format, that of its module.
    suffix : str
        Suffix of its files, with the dot, lower case.
    write : callable
        Takes a result and a path; raises FileError.
    outcomes : bool
        Whether it holds every outcome, so that a run has to keep them.
    """

    name: str
    suffix: str
    write: Callable[[Result, Path], None]
    outcomes: bool = True
