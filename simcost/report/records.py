"""A labelled Dataset as JSON: scalars, then a list of records for every dimension."""

from __future__ import annotations

import json
import math
from collections.abc import Collection
from typing import Any

_ENDS = {"_lower": "low", "_upper": "high"}


def to_json(data: Any, leave_out: Collection[str] = ("draw",)) -> str:
    """Return an analysis as JSON text ending in a line feed.

    Parameters
    ----------
    data : xarray.Dataset
        Attributes and scalars become keys; the dimension ``input`` becomes the list ``inputs`` of
        records. A figure with an interval is an object of ``value``, ``low`` and ``high``.
    leave_out : collection of str
        Dimensions that are not printed.

    Returns
    -------
    str
        A number that does not exist is ``null``.
    """
    document: dict[str, Any] = {key: _plain(value) for key, value in data.attrs.items()}
    document |= _figures({name: one for name, one in data.items() if not one.dims}, ())
    for dim in data.sizes:
        if dim in leave_out:
            continue
        columns = {
            name: data[name]
            for name in [*data.coords, *data.data_vars]
            if data[name].dims == (dim,) and name != dim
        }
        names = data[dim].values if dim in data.coords else range(data.sizes[dim])
        document[f"{dim}s" if not str(dim).endswith("x") else f"{dim}es"] = [
            {str(dim): _plain(label)} | _figures(columns, (place,))
            for place, label in enumerate(names)
        ]
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _figures(columns: dict[Any, Any], place: tuple[int, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, column in columns.items():
        value = _plain(column.values[place])
        for suffix, end in _ENDS.items():
            stem = str(name).removesuffix(suffix)
            if stem != name and stem in columns:
                found[stem][end] = value
                break
        else:
            has_ends = f"{name}_lower" in columns
            found[str(name)] = {"value": value} if has_ends else value
    return found


def _plain(value: Any) -> Any:
    """Return what JSON can hold."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    return value if isinstance(value, str | int | bool | None) else str(value)
