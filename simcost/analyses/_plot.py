"""A Dataset that can be drawn. The drawing stands on a higher floor and is found when asked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import xarray

FIGURES = "simcost.report.figures"


class Drawing(xarray.Dataset):  # type: ignore[no-untyped-call]
    """An analysis as a labelled Dataset; ``.plot("bars.svg")`` draws it."""

    __slots__ = ()

    def plot(self, path: str | Path | None = None) -> Any:  # type: ignore[override]
        """Draw the bars, to a file where a path is given (``.svg``, ``.png``, ``.pdf``)."""
        return import_module(FIGURES).draw(self, path)
