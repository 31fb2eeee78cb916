"""A Dataset that can be drawn. The drawing stands on a higher floor and is found when asked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import xarray

FIGURES = "simcost.report.figures"
TEXTS = "simcost.report.shown"


class Drawing(xarray.Dataset):  # type: ignore[no-untyped-call]
    """An analysis as a labelled Dataset; ``.plot("bars.svg")`` draws it.

    A whole analysis shows itself as the table of the command line, a part of it as any Dataset.
    """

    __slots__ = ()

    def plot(self, path: str | Path | None = None, **options: Any) -> Any:  # type: ignore[override]
        """Draw the bars, to a file where a path is given (``.svg``, ``.png``, ``.pdf``).

        Parameters
        ----------
        path : str or Path, optional
            Where; without it a matplotlib Figure is returned.
        **options
            Those of `simcost.report.figures.draw`: ``top``, ``title``, ``dpi``.
        """
        return import_module(FIGURES).draw(self, path, **options)

    def __repr__(self) -> str:
        return str(import_module(TEXTS).shown(self)) or super().__repr__()

    def _repr_html_(self) -> str:
        return str(import_module(TEXTS).shown_in_html(self)) or super()._repr_html_()
