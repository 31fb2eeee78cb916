"""An analysis as it shows itself at a prompt and in a notebook: the table of the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from simcost.report.bars import render_bars
from simcost.report.joint import render_joint
from simcost.report.timeline import render_timeline

_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "tornado": render_bars,
    "spider": render_bars,
    "comparison": render_bars,
    "sensitivity": render_bars,
    "contingency": render_bars,
    "joint": render_joint,
    "timeline": render_timeline,
}
_WHOLE = (KeyError, ValueError, IndexError, TypeError)  # what a part of an analysis lacks


def shown(data: Any) -> str:
    """Return an analysis as text, with what its Dataset holds in a last line.

    Parameters
    ----------
    data : xarray.Dataset
        An analysis; or a part of one, or what became of it.

    Returns
    -------
    str
        Empty where it is no whole analysis any more.
    """
    try:
        table = _TEXTS[data.attrs["analysis"]](data)
    except _WHOLE:
        return ""
    dims = ", ".join(f"{name}: {size}" for name, size in data.sizes.items())
    names = [str(name) for name in data.data_vars]
    mains = [name for name in names if not name.endswith(("_lower", "_upper"))]
    ends = " (_lower, _upper)" if len(mains) < len(names) else ""
    return f"{table}\nDataset ({dims}) of {', '.join(mains)}{ends}; .plot() draws it"


def shown_in_html(data: Any) -> str:
    """Return the same as HTML; empty where there is nothing to show."""
    text = shown(data)
    return f"<pre>{escape(text)}</pre>" if text else ""
