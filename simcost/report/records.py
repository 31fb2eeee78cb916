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
        records; what runs over two dimensions becomes a list inside the records of the first.
        A figure with an interval is an object of ``value``, ``low`` and ``high``.
    leave_out : collection of str
        Dimensions that are not printed.

    Returns
    -------
    str
        A number that does not exist is ``null``.
    """
    document: dict[str, Any] = {key: _plain(value) for key, value in data.attrs.items()}
    document |= _figures({name: one for name, one in data.items() if not one.dims}, ())
    shared = {dim for one in data.values() if len(one.dims) > 1 for dim in one.dims[1:]}
    for dim in data.sizes:
        own = any(one.dims == (dim,) for one in data.values())
        if dim not in leave_out and (own or dim not in shared):
            document[_plural(dim)] = _records(data, dim, leave_out)
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _records(data: Any, dim: Any, leave_out: Collection[str]) -> list[dict[str, Any]]:
    """Return one record for each place along a dimension, with the places below it."""
    columns = _along(data, dim)
    records = []
    for place in range(data.sizes[dim]):
        record = {str(dim): _label(data, dim, place)} | _figures(columns, (place,))
        row = data.isel({dim: place})
        for below in row.sizes:
            inner = {name: row[name] for name in row.data_vars if data[name].dims == (dim, below)}
            if inner and below not in leave_out:
                record[_plural(below)] = [
                    {str(below): _label(data, below, k)} | figures
                    for k in range(row.sizes[below])
                    for figures in [_figures(inner, (k,))]
                    if any(value is not None for value in figures.values())
                ]
        records.append(record)
    return records


def _along(data: Any, dim: Any) -> dict[Any, Any]:
    names = [*data.coords, *data.data_vars]
    return {name: data[name] for name in names if data[name].dims == (dim,) and name != dim}


def _label(data: Any, dim: Any, place: int) -> Any:
    return _plain(data[dim].values[place]) if dim in data.coords else place


def _plural(dim: Any) -> str:
    name = str(dim)
    if name.endswith("y"):
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith("x") else f"{name}s"


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
