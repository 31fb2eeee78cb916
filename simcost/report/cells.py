"""Figures of a labelled dataset as cells of a table, and the line above it."""

from __future__ import annotations

import math
from typing import Any

from simcost.result.digits import percent, plus_minus

MISSING = "—"


def with_unit(what: str, unit: str) -> str:
    """Return ``cost [USD]``; without brackets for a plain number."""
    return f"{what} [{unit}]" if unit else what


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
    facts = [with_unit(attrs["output"], attrs.get("unit", ""))]
    facts += [f"{attrs['draws']:,} draws", f"seed {attrs['seed']}", f"{attrs['design']} design"]
    if attrs.get("scenario"):
        facts.append(f"scenario {attrs['scenario']}")
    return ", ".join(facts)


def level(dataset: Any) -> str:
    """Return what ± means."""
    confidence = f"{100 * dataset.attrs['confidence']:g}%"
    return f"± is the half-width of a {confidence} interval of the simulation."
