"""An analysis as JSON, in a shape that programs can rely on."""

from __future__ import annotations

import json
import math
from typing import Any

MAIN = ("item", "input")


def analysis_json(data: Any) -> str:
    """Return an analysis as a JSON text.

    Parameters
    ----------
    data : xarray.Dataset
        As described in `simcost.analyses`.

    Returns
    -------
    str
        An object with the attributes, the scalars, and ``"bars"``: one object for each input or
        item, in order. A figure that runs over percentiles or methods is a list there, in the
        order of ``"percentile"`` or ``"tornado"``. `null` for a number that does not exist.
    """
    main = next(dim for dim in MAIN if dim in data.sizes)
    content: dict[str, Any] = {name: _plain(value) for name, value in data.attrs.items()}
    for name in data.coords:
        if name != main:
            content[_free(name, content)] = _plain(data[name].values)
    bars: list[dict[str, Any]] = [{main: str(name)} for name in data[main].values]
    for name, variable in data.data_vars.items():
        if main not in variable.dims:
            content[_free(name, content)] = _plain(variable.values)
            continue
        values = variable.transpose(main, ...).values
        for bar, value in zip(bars, values, strict=True):
            bar[str(name)] = _plain(value)
    content["bars"] = bars
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _free(name: object, content: dict[str, Any]) -> str:
    """Return a key for a coordinate whose name an attribute has taken: ``units``."""
    return f"{name}s" if name in content else str(name)


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
