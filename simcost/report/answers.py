"""Answers of analyses, labelled datasets, as JSON and as lines of text."""

from __future__ import annotations

import json
import math
from typing import Any

from simcost.result.digits import percent, plus_minus

MISSING = "—"


# What the rows of a dimension are called in JSON.
ROWS = {
    "scenario": "scenarios",
    "input": "inputs",
    "version": "versions",
    "attribution": "attributions",
    "changed": "changes",
    "root": "roots",
    "tried": "trials",
}


def to_json(dataset: Any) -> str:
    """Return the dataset of an analysis as JSON.

    Parameters
    ----------
    dataset : xarray.Dataset
        Any analysis.

    Returns
    -------
    str
        An object with the attributes, the scalars, the labels of second dimensions, and a list of
        rows for each first dimension: ``"scenarios": [{"scenario": …, "value": […], …}, …]``. A
        figure that runs over a second dimension is a list, in the order of its labels. `null` for
        a number that does not exist.
    """
    answer = {str(key): _plain(value) for key, value in dataset.attrs.items()}
    rows: dict[str, list[dict[str, Any]]] = {}
    firsts = {variable.dims[0] for variable in dataset.data_vars.values() if variable.dims}
    for dim in (str(name) for name in dataset.sizes):
        labels = dataset[dim].values.tolist() if dim in dataset.coords else None
        if dim not in ROWS or dim not in firsts:
            answer[dim] = _plain(labels)
            continue
        count = dataset.sizes[dim]
        rows[dim] = [{} if labels is None else {dim: labels[k]} for k in range(count)]
    for name, variable in dataset.data_vars.items():
        values = _plain(variable.values.tolist())
        if variable.dims and variable.dims[0] in rows:
            for row, value in zip(rows[str(variable.dims[0])], values, strict=True):
                row[str(name)] = value
        else:
            answer[str(name)] = values
    answer |= {ROWS[dim]: found for dim, found in rows.items()}
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
    shown = text.partition(" ")[0]
    return f"+{text}" if sign and value > 0 and shown.strip("0.%") else text


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
