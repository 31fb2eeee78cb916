"""The text of a reverse stress."""

from __future__ import annotations

import math
from typing import Any

from simcost.report.cells import with_unit
from simcost.report.columns import columns
from simcost.report.wrapped import heading, note
from simcost.result.digits import figure, percent, plus_minus

PERCENTS = (10, 50, 90)


def render_reverse(data: Any, width: int = 100, top: int = 15) -> str:
    """Return the answer of ``simcost reverse`` as text.

    Parameters
    ----------
    data : xarray.Dataset
        What `simcost.analyses.reverse` returns.
    width : int
        Columns of text for sentences.
    top : int
        Inputs to print.

    Returns
    -------
    str
        Lines ending in a line feed.
    """
    draws = data.attrs["draws"]
    effective = float(data.ess)
    lines = [heading(data.attrs), "", *_targets(data), ""]
    lines += note("How far-fetched", f"{data.attrs['plausibility']} (KL {_short(data.kl)})", width)
    rests = f"{effective:,.0f} of {draws:,} outcomes, effectively"
    lines += [*note("Rests on", rests, width), "", *_inputs(data, width, top)]
    if "scenario_toml" in data.attrs:
        lines += ["", *_scenario(data, width)]
    return "\n".join(lines) + "\n"


def _short(value: Any) -> str:
    return figure(float(value), 2)


def _targets(data: Any) -> list[str]:
    again = "rerun" in data
    rows = [["", "as it is", "asked for", "weights give", *["scenario gives"] * again]]
    for i, name in enumerate(data["figure"].values):
        unit = str(data.target_unit.values[i])
        show = percent if str(name).startswith("chance") else plus_minus
        base, half = _with_half(data, "base", i)
        asked, attained = (float(data[one].values[i]) for one in ("asked", "attained"))
        cells = [show(base, half), *(show(one, half).split(" ± ")[0] for one in (asked, attained))]
        if again:
            cells.append(show(*_with_half(data, "rerun", i)))
        rows.append([with_unit(str(name), unit), *cells])
    return columns(rows, range(1, len(rows[0])))


def _inputs(data: Any, width: int, top: int) -> list[str]:
    moved = [i for i, one in enumerate(data.moved.values) if one]
    if not moved:
        return note("Inputs", "none moves by more than its error", width)
    shown = moved[:top]
    header = ["Inputs that move", "mean", "becomes", "Γ", "distance"]
    rows = [header, *(_means(data, i) for i in shown)]
    lines = columns(rows, range(1, len(header)))
    inside = [i for i in shown if not _yes_or_no(data, i)]
    if inside:
        header = ["", *(word for p in PERCENTS for word in (f"P{p}", "becomes"))]
        rows = [header, *(_percentiles(data, i) for i in inside)]
        lines += ["", *columns(rows, range(1, len(header)))]
    rest = data.sizes["input"] - len(shown)
    if rest:
        more = len(moved) - top
        which = f"{more} of them by more than" if more > 0 else "none by more than"
        lines += ["", f"  and {rest} others, {which} its error"]
    return lines


def _yes_or_no(data: Any, i: int) -> bool:
    """Whether an input is 0 or 1, so that its mean says everything."""
    if data.kind.values[i] == "continuous":
        return False
    ends = {float(data[f"base_p{p}"].values[i]) for p in PERCENTS}
    return bool(data.kind.values[i] == "gate") or ends <= {0.0, 1.0}


def _means(data: Any, i: int) -> list[str]:
    gate = data.kind.values[i] == "gate"
    value, half = _with_half(data, "stressed_mean", i)
    base = _with_half(data, "base_mean", i)[0]
    show = percent if gate else plus_minus
    return [
        _label(data, i),
        show(base, half).split(" ± ")[0],
        show(value, half),
        plus_minus(*_with_half(data, "gamma", i)),
        plus_minus(*_with_half(data, "kolmogorov", i)),
    ]


def _percentiles(data: Any, i: int) -> list[str]:
    names = [f"{kind}_p{p}" for p in PERCENTS for kind in ("base", "stressed")]
    cells = [plus_minus(*_with_half(data, name, i)).split(" ± ")[0] for name in names]
    return [_label(data, i), *cells]


def _label(data: Any, i: int) -> str:
    name, unit = str(data.input.values[i]), str(data.unit.values[i])
    if data.kind.values[i] == "gate":
        return f"{name.removesuffix('.gate')} fails"
    return with_unit(name, unit)


def _with_half(data: Any, name: str, i: int) -> tuple[float | None, float | None]:
    """Return a figure and its half-width; None for what does not exist."""
    value, low, high = (float(data[name + end].values[i]) for end in ("", "_lower", "_upper"))
    if math.isnan(value):
        return None, None
    return value, None if math.isnan(low + high) else max(value - low, high - value)


def _scenario(data: Any, width: int) -> list[str]:
    lines = []
    for i, name in enumerate(data["figure"].values):
        base, asked, again = (float(data[one].values[i]) for one in ("base", "asked", "rerun"))
        if asked != base:
            way = (again - base) / (asked - base)
            text = (
                f"{name} goes {100 * way:.0f}% of the way; what is missing lies in the dependence"
            )
            lines += note("As a scenario", text, width)
    return [*lines, "", *str(data.attrs["scenario_toml"]).splitlines()]
