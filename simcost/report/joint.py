"""The text and the JSON of joint confidence."""

from __future__ import annotations

import json
import math
from typing import Any

from simcost.report.bar_tables import amount
from simcost.report.bars import facts, note_lines
from simcost.report.cells import with_unit
from simcost.report.columns import columns
from simcost.result.digits import MISSING, figure, percent

Data = Any  # an xarray.Dataset, which this room knows by its names only
ROWS = 7  # of a frontier; JSON and figures have all points
ANY = "any"
_DIGITS = 4  # of a target of a frontier, which is chosen


def render_joint(data: Data, *, width: int = 100) -> str:
    """Return joint confidence as text.

    Parameters
    ----------
    data : xarray.Dataset
        As described in `simcost.analyses`.
    width : int
        Columns of text to fold notes at.
    """
    parts = [
        [facts(data), data.attrs["title"][0].upper() + data.attrs["title"][1:]],
        _chances(data),
        _budgets(data),
        *(_frontier(data, k) for k in range(data.sizes["pair"])),
        _funding(data),
        [f"± is the half-width of a {100 * data.attrs['confidence']:g}% interval."],
    ]
    lines = "\n\n".join("\n".join(part) for part in parts if part).split("\n")
    return "\n".join(line.rstrip() for line in [*lines, *note_lines(data, width)]) + "\n"


def _chances(data: Data) -> list[str]:
    if math.isnan(float(data["joint"])):
        return []
    rows = []
    for k, name in enumerate(data["target"].values):
        if not math.isnan(limit := float(data["limit"].values[k])):
            rows.append(
                [name, f"{limit:,.12g} {_unit(data, k)}".rstrip(), _share(data, "holds", k)]
            )
    rows.append(["all together", "", _share(data, "joint")])
    if len(rows) > 2:
        rows.append(["if they were independent", "", _share(data, "independent")])
    if not math.isnan(float(data["succeeds"])):
        rows.append(["all, and the project succeeds", "", _share(data, "succeeds")])
    return ["Chance to stay within", *columns(rows, (1, 2))]


def _budgets(data: Data) -> list[str]:
    names = [str(name) for name in data["target"].values]
    together = f"{100 * data.attrs['joint_confidence']:g}%"
    own = f"P{100 * data.attrs['joint_confidence']:g}"
    rows = [["", "together", f"each at its own {own}", ""]]
    for k, name in enumerate(names):
        rows.append([name, amount(data, "budget", k), amount(data, "alone", k), _unit(data, k)])
    return [
        f"Budgets that hold together in {together} of outcomes, all at P{amount(data, 'level')}",
        *columns(rows, (1, 2)),
        f"Each at its own {own}, they hold together in {_share(data, 'alone_joint')} of outcomes.",
    ]


def _frontier(data: Data, pair: int) -> list[str]:
    first, second = (str(data[key].values[pair]) for key in ("first", "second"))
    names = [str(name) for name in data["target"].values]
    heads = [with_unit(name, _unit(data, names.index(name))) for name in (first, second)]
    points = [k for k, x in enumerate(data["frontier_x"].values[pair]) if not math.isnan(x)]
    step = max(len(points) - 1, 1) / (ROWS - 1)
    shown = sorted({points[round(k * step)] for k in range(ROWS) if round(k * step) < len(points)})
    rows = [heads]
    for k in shown:
        x = figure(float(data["frontier_x"].values[pair, k]), _DIGITS)
        # Beyond the largest outcome nothing is asked of the first: the second decides alone.
        alone = k == points[-1] and len(points) > 1
        rows.append([ANY if alone else x, amount(data, "frontier_y", (pair, k))])
    share = f"{100 * data.attrs['joint_confidence']:g}%"
    title = f"Frontier of {first} and {second}: pairs that hold together in {share} of outcomes"
    return [title, *columns(rows, (0, 1))]


def _funding(data: Data) -> list[str]:
    rows = [["", "level", "amount", "in all", ""]]
    for k, name in enumerate(data["funding"].values):
        level = str(data["funding_level"].values[k])
        cells = [amount(data, "amount", k), amount(data, "upto", k), data.attrs["unit"]]
        rows.append([str(name), level, *cells])
    return [f"Funding of {data.attrs['output']}", *columns(rows, (2, 3))]


def _share(data: Data, name: str, k: int | None = None) -> str:
    value, low, high = _ends(data, name, k)
    half = None if low is None or high is None or value is None else max(high - value, value - low)
    return MISSING if value is None else percent(value, half)


def _unit(data: Data, k: int) -> str:
    return str(data["target_unit"].values[k])


def _ends(data: Data, name: str, k: Any = None) -> tuple[float | None, float | None, float | None]:
    value, low, high = (
        float(data[f"{name}{suffix}"].values[() if k is None else k])
        for suffix in ("", "_lower", "_upper")
    )
    return _known(value), _known(low), _known(high)


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def joint_json(data: Data) -> str:
    """Return joint confidence as a JSON text, in a shape that programs can rely on."""

    def interval(name: str, k: Any = None) -> dict[str, float | None]:
        return dict(zip(("value", "low", "high"), _ends(data, name, k), strict=True))

    content: dict[str, Any] = {**data.attrs}
    content["targets"] = {
        str(name): {
            "unit": _unit(data, k),
            "limit": _known(float(data["limit"].values[k])),
            "holds": interval("holds", k),
            "budget": interval("budget", k),
            "alone": interval("alone", k),
        }
        for k, name in enumerate(data["target"].values)
    }
    scalars = ("joint", "succeeds", "independent", "level", "alone_joint")
    content |= {name: interval(name) for name in scalars}
    content["frontiers"] = [
        {
            "first": str(data["first"].values[pair]),
            "second": str(data["second"].values[pair]),
            "points": [
                {"first": float(x), "second": interval("frontier_y", (pair, k))}
                for k, x in enumerate(data["frontier_x"].values[pair])
                if not math.isnan(x)
            ],
        }
        for pair in range(data.sizes["pair"])
    ]
    content["funding"] = [
        {
            "name": str(name),
            "level": str(data["funding_level"].values[k]),
            "amount": interval("amount", k),
            "upto": interval("upto", k),
        }
        for k, name in enumerate(data["funding"].values)
    ]
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
