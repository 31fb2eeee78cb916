"""Answers of analyses, labelled datasets, as JSON and as lines of text."""

from __future__ import annotations

import json
import math
from typing import Any

from simcost.result.digits import percent, plus_minus

MISSING = "—"


def to_json(dataset: Any) -> str:
    """Return the dataset of an analysis as JSON.

    Parameters
    ----------
    dataset : xarray.Dataset
        Any analysis.

    Returns
    -------
    str
        ``attributes``; ``dimensions`` with their labels; ``variables``, each with ``dimensions``
        and ``values``, nested lists in their order. A number that does not exist is null.
    """
    answer = {
        "attributes": {key: _plain(value) for key, value in dataset.attrs.items()},
        "dimensions": {str(name): _plain(dataset[name].values.tolist()) for name in dataset.sizes},
        "variables": {
            str(name): {
                "dimensions": [str(dim) for dim in variable.dims],
                "values": _plain(variable.values.tolist()),
            }
            for name, variable in dataset.data_vars.items()
        },
    }
    return json.dumps(answer, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def cell(dataset: Any, name: str, *, sign: bool = False, share: bool = False, **at: Any) -> str:
    """Return a figure and its half-width as text, ``+1,200 ± 30``.

    Parameters
    ----------
    dataset : xarray.Dataset
        With variables `name`, and its ends ``_lower`` and ``_upper``.
    name : str
        Of the variable.
    sign : bool
        Whether to write a plus before a positive number.
    share : bool
        Whether it is a chance.
    **at
        Where: labels of the dimensions.
    """
    value, low, high = (
        float(dataset[name + suffix].sel(**at)) for suffix in ("", "_lower", "_upper")
    )
    if math.isnan(value):
        return MISSING
    half = None if math.isnan(low) or math.isnan(high) else max(high - value, value - low, 0.0)
    if share:
        # A share known exactly needs no error.
        text = f"{100 * value:.4g}%" if half == 0.0 else percent(value, half)
    else:
        text = plus_minus(value, half)
    return f"+{text}" if sign and value > 0 and text[0] != "0" else text


def heading(dataset: Any) -> str:
    """Return what was asked of which model, and how it was drawn."""
    attrs = dataset.attrs
    facts = [attrs["output"] + (f" [{attrs['unit']}]" if attrs.get("unit") else "")]
    facts += [f"{attrs['draws']:,} draws", f"seed {attrs['seed']}", f"{attrs['design']} design"]
    if attrs.get("scenario"):
        facts.append(f"scenario {attrs['scenario']}")
    return ", ".join(facts)


def level(dataset: Any) -> str:
    """Return what ± means."""
    confidence = f"{100 * dataset.attrs['confidence']:g}%"
    return f"± is the half-width of a {confidence} interval of the simulation."
