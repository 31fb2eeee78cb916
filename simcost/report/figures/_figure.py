"""What a figure is: a name, what it is drawn of, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simcost.report.figures._drawing import Drawing


@dataclass(frozen=True, slots=True)
class Figure:
    """A way to draw something.

    Parameters
    ----------
    name : str
        Name of the figure, that of its module. The first figure of an analysis has its name.
    of : str
        ``result``, ``results`` (a mapping of names to results) or ``analysis``.
    summary : str
        One line.
    make : callable
        ``make(what, **options)``, with what it is drawn of, returns a `Drawing`.
    analysis : str
        Name of the analysis, where the figure has another name.
    """

    name: str
    of: str
    summary: str
    make: Callable[..., Drawing]
    analysis: str = ""

    @property
    def subject(self) -> str:
        """Name of the analysis that it is drawn of; empty for a figure of results."""
        return (self.analysis or self.name) if self.of == "analysis" else ""
