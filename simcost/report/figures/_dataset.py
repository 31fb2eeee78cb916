"""What a figure reads of an analysis: names, columns and attributes of anything shaped like one.

An `xarray.Dataset` has the shape; so has any object with ``attrs`` and ``[]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from simcost.errors import UsageError

Vector = npt.NDArray[np.float64]


class Data:
    """An analysis, read by name.

    Parameters
    ----------
    dataset : object
        With ``attrs``, a mapping, and ``dataset[name]``, something that makes an array.

    Raises
    ------
    UsageError
        When something that the figure needs is not there.
    """

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self.attrs: Mapping[str, Any] = dataset.attrs
        self.analysis = str(self.attrs.get("analysis", ""))

    def __contains__(self, name: str) -> bool:
        return name in self._dataset

    def text(self, name: str, default: str = "") -> str:
        """Return an attribute."""
        return str(self.attrs.get(name, default))

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences that a reader must see."""
        notes = self.attrs.get("notes", ())
        return tuple(str(notes).splitlines() if isinstance(notes, str) else map(str, notes))

    @property
    def confidence(self) -> str:
        """Level of the intervals, ``"95%"``."""
        return f"{100 * float(self.attrs.get('confidence', 0.95)):g}%"

    def names(self, dim: str) -> list[str]:
        """Return the labels along a dimension."""
        return [str(label) for label in np.asarray(self._get(dim)).tolist()]

    def first(self, dim: str, top: int) -> list[str]:
        """Return the first labels along a dimension, at most `top`.

        Raises
        ------
        UsageError
            When there are none, or `top` is no number of them.
        """
        if top < 1:
            raise UsageError(f"top must be 1 or more, not {top!r}")
        names = self.names(dim)
        if not names:
            raise UsageError(f"the {self.analysis} has no {dim}: there is nothing to draw")
        return names[:top]

    def column(self, name: str) -> Vector:
        """Return a variable over one dimension."""
        return np.asarray(self._get(name), dtype=np.float64)

    def ends(self, name: str) -> tuple[Vector, Vector]:
        """Return lower and upper ends of the intervals of a variable; NaN where there are none."""
        columns = [
            self.column(f"{name}_{end}") if f"{name}_{end}" in self else None
            for end in ("lower", "upper")
        ]
        none = np.full(np.shape(self.column(name)), np.nan)
        low, high = (none if column is None else column for column in columns)
        return low, high

    def matrix(self, name: str, first: str, second: str) -> Vector:
        """Return a variable over two dimensions, in this order."""
        values = self._get(name)
        if hasattr(values, "transpose") and hasattr(values, "dims"):
            values = values.transpose(first, second)
        return np.asarray(values, dtype=np.float64)

    def flags(self, name: str, default: bool) -> npt.NDArray[np.bool_]:
        """Return a variable of truths; `default` where the analysis has none."""
        if name not in self:
            return np.full(len(self.names("input")), default)
        return np.asarray(self._get(name), dtype=np.bool_)

    def texts(self, name: str, count: int) -> list[str]:
        """Return a variable of texts; empty ones where the analysis has none."""
        if name not in self:
            return [""] * count
        return [str(text) for text in np.asarray(self._get(name)).tolist()]

    def number(self, name: str, default: float | None = None) -> float:
        """Return a single number."""
        if name not in self and default is not None:
            return default
        return float(np.asarray(self._get(name), dtype=np.float64))

    def _get(self, name: str) -> Any:
        if name not in self:
            raise UsageError(
                f"this figure needs {name!r}, which the {self.analysis or 'data'} has not"
            )
        return self._dataset[name]
