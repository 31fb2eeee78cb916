"""The text of a scenario discovery."""

from __future__ import annotations

import math
from typing import Any

from simcost.report.columns import columns
from simcost.report.wrapped import heading, note
from simcost.result.digits import figure, percent

_TINY = 1e-4


def render_discover(data: Any, width: int = 100, top: int = 15) -> str:
    """Return the answer of ``simcost discover`` as text.

    Parameters
    ----------
    data : xarray.Dataset
        What `simcost.analyses.discover` returns.
    width : int
        Columns of text for sentences.
    top : int
        Restricted inputs of a box to print.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    count = f"{data.attrs['outcomes']:,}"
    base = percent(float(data.base_rate), float(data.base_rate_upper - data.base_rate))
    lines = [heading(data.attrs), ""]
    lines += note("Bad", f"{base} of {count} fresh outcomes, on which the boxes are scored", width)
    if not data.sizes["box"]:
        text = "no few ranges of inputs hold the bad outcomes better than all outcomes do"
        return "\n".join([*lines, "", *note("No box", text, width)]) + "\n"
    for place in range(data.sizes["box"]):
        lines += ["", *_box(data, place, top)]
    if data.sizes["box"] > 1:
        whole = _share(data, "total_coverage", data.sizes["box"] - 1)
        lines += ["", *note("Together", f"the boxes hold {whole} of the bad outcomes", width)]
    return "\n".join(lines) + "\n"


def _box(data: Any, place: int, top: int) -> list[str]:
    head = f"Box {place + 1}" + (", of what the boxes above do not hold" if place else "")
    rows = [
        ["holds", _share(data, "coverage", place), "of the bad outcomes (coverage)"],
        ["of it", _share(data, "density", place), "are bad (density)"],
        ["it is", _share(data, "support", place), "of all outcomes (support)"],
    ]
    return [head, *_ranges(data, place)[:top], *columns(rows, right=(1,))]


def _ranges(data: Any, place: int) -> list[str]:
    rows = []
    for i, name in enumerate(data.input.values):
        p_value = float(data.p_value.values[place, i])
        if math.isnan(p_value):
            continue
        luck = f"by luck {p_value:.1g}" if p_value >= _TINY else "by luck < 0.0001"
        row = [*_range(data, place, i, str(name)), luck]
        if place == 0:
            row.append(f"in {round(5 * float(data.repeated.values[0, i]))} of 5 fifths")
        rows.append(row)
    return columns(rows)


def _range(data: Any, place: int, i: int, name: str) -> list[str]:
    """Return an input and its range in words."""
    low, high = (float(data[end].values[place, i]) for end in ("low", "high"))
    if data.kind.values[i] == "gate":
        return [name.removesuffix(".gate"), "fails" if low else "does not fail"]
    unit = str(data.unit.values[i])
    if math.isnan(low):
        text = f"≤ {figure(high)}"
    elif math.isnan(high):
        text = f"≥ {figure(low)}"
    else:
        text = figure(low) if low == high else f"{figure(low)} to {figure(high)}"
    return [name, f"{text} {unit}".rstrip()]


def _share(data: Any, name: str, place: int) -> str:
    value, low, high = (float(data[name + end].values[place]) for end in ("", "_lower", "_upper"))
    return percent(value, max(high - value, value - low))
