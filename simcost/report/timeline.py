"""The text and the JSON of a timeline."""

from __future__ import annotations

import json
import math
from typing import Any

from simcost.report.bar_tables import amount
from simcost.report.bars import facts, note_lines
from simcost.report.columns import columns

Data = Any  # an xarray.Dataset, which this room knows by its names only


def render_timeline(data: Data, *, width: int = 100) -> str:
    """Return a timeline as text: both tables side by side, or below each other.

    Parameters
    ----------
    data : xarray.Dataset
        As described in `simcost.analyses`.
    width : int
        Columns of text to keep within.
    """
    unit, period = data.attrs["unit"], data.attrs["period_unit"]
    title = data.attrs["title"] + (f" [{unit}]" if unit else "")
    each = _cells(data, "amount", f"in the {period}")
    upto = _cells(data, "cumulative", "up to its end")
    lines = [facts(data), title[0].upper() + title[1:], ""]
    both = [[*left, "", *right[1:]] for left, right in zip(each, upto, strict=True)]
    flush = range(len(both[0]))
    side = columns(both, flush)
    if max(map(len, side)) <= width:
        lines += side
    else:
        lines += [*columns(each, range(len(each[0]))), "", *columns(upto, range(len(upto[0])))]
    lines += ["", f"Mean in all {amount(data, 'total_mean')} {unit}".rstrip()]
    if float(data["over"]) > 0:
        rest = amount(data, "later_mean")
        lines[-1] += f", of which {rest} after {period} {data.attrs['horizon']}"
    lines += ["", f"± is the half-width of a {100 * data.attrs['confidence']:g}% interval."]
    return "\n".join(line.rstrip() for line in [*lines, *note_lines(data, width)]) + "\n"


def _cells(data: Data, key: str, above: str) -> list[list[str]]:
    names = [str(name) for name in data["quantile"].values]
    heads = [data.attrs["period_unit"], *names]
    rows = [["", *[""] * (len(names) - 1), above], heads]
    for k, period in enumerate(data["period"].values):
        cells = [amount(data, key, (k, q)) for q in range(len(names))]
        rows.append([str(int(period)), *cells])
    return rows


def timeline_json(data: Data) -> str:
    """Return a timeline as a JSON text, in a shape that programs can rely on."""

    def interval(name: str, k: Any = ()) -> dict[str, float | None]:
        ends = (float(data[f"{name}{suffix}"].values[k]) for suffix in ("", "_lower", "_upper"))
        known = (one if math.isfinite(one) else None for one in ends)
        return dict(zip(("value", "low", "high"), known, strict=True))

    names = [str(name) for name in data["quantile"].values]
    content: dict[str, Any] = {**data.attrs}
    content["periods"] = [
        {
            "period": int(period),
            **{
                key: {
                    "mean": interval(f"{key}_mean", k),
                    "quantiles": {name: interval(key, (k, q)) for q, name in enumerate(names)},
                }
                for key in ("amount", "cumulative")
            },
        }
        for k, period in enumerate(data["period"].values)
    ]
    content |= {name: interval(name) for name in ("later_mean", "total_mean", "over")}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
