"""The tables of the analyses, with a bar in every line where there is room."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from simcost.report.columns import columns
from simcost.report.strips import HIGH, LOW, strips
from simcost.result.digits import MISSING, figure, percent, plus_minus

NARROWEST_BAR, WIDEST_BAR = 16, 44
_FAINT = "n.s."  # not significant
_DECIMALS = 3  # of a share of one
_LETTERS = 5  # of the name of a method where there is little room
_GAP = 2  # between columns, and before the first
_TOO_SMALL = 1e-6  # error of a chance that is rounding
_COMPUTED = 4  # digits of a figure without simulation error

Data = Any  # an xarray.Dataset, which this room knows by its names only
Rows = list[list[str]]


def amount(data: Data, name: str, k: int | tuple[int, int] | None = None) -> str:
    """Return a figure with its half-width, from ``name``, ``name_lower`` and ``name_upper``."""
    value, low, high = (
        float(data[f"{name}{suffix}"].values[() if k is None else k])
        for suffix in ("", "_lower", "_upper")
    )
    if math.isnan(value):
        return MISSING
    if low == value == high:  # computed, not simulated
        return figure(value, _COMPUTED)
    half = max(high - value, value - low, 0.0)
    return plus_minus(value, None if math.isnan(half) else half)


def in_percent(data: Data, name: str, k: int | None = None) -> str:
    """Return a chance, or a difference of two, as ``14.9% ± 0.2%``."""
    value, low, high = (
        float(data[f"{name}{suffix}"].values[() if k is None else k])
        for suffix in ("", "_lower", "_upper")
    )
    if math.isnan(value):
        return MISSING
    half = max(high - value, value - low, 0.0)
    if half < _TOO_SMALL:
        return f"{100 * value:.4g}%"
    return percent(value, None if math.isnan(half) else half)


def share(data: Data, name: str, k: int | None = None) -> str:
    """Return a share of one as `amount` does, with three decimals at most."""
    text = amount(data, name, k)
    decimals = max(len(part.partition(".")[2]) for part in text.split(" ± "))
    if decimals <= _DECIMALS and "e" not in text:
        return text
    value, low, high = (
        float(data[f"{name}{suffix}"].values[() if k is None else k])
        for suffix in ("", "_lower", "_upper")
    )
    number = f"{value:.{_DECIMALS}f}".replace("-0.000", "0.000")
    return f"{number} ± {max(high - value, value - low):.{_DECIMALS}f}"


def _with_bars(
    rows: Rows,
    spans: Sequence[tuple[float, float]],
    base: float,
    width: int,
    left: int,
    narrowest: int = NARROWEST_BAR,
) -> list[str] | None:
    """Return rows with a bar behind each, the header's empty; None where there is no room."""
    filled = [k for k in range(len(rows[0])) if any(row[k] for row in rows)]
    cells = [[row[k] for k in filled] for row in rows]
    taken = sum(max(map(len, column)) + _GAP for column in zip(*cells, strict=True))
    room = width - taken - _GAP
    if room < narrowest:
        return None
    bars = ["", *strips(spans, base, min(room, WIDEST_BAR))]
    return columns(
        [[*row, bar] for row, bar in zip(cells, bars, strict=True)], range(left, len(filled))
    )


def _more(count: int, top: int, what: str) -> list[str]:
    return [f"  … and {count - top} more {what}"] if count > top else []


def tornado(data: Data, width: int, top: int) -> list[str]:
    """Return the lines of a tornado."""
    count = data.sizes["input"]
    shown = min(count, top)
    spans = [(float(data["low"].values[k]), float(data["high"].values[k])) for k in range(shown)]
    base, known = float(data["base"]), data["significant"].values
    plain = data.attrs["method"] in ("regression", "rank")
    # Where there is no room for bars, the units of the inputs go first, then their values.
    forms = [_bare(data, shown)] if plain else [
        _with_ends(data, shown, units=True), _with_ends(data, shown, units=False),
        _bare(data, shown),
    ]  # fmt: skip
    tried = (_with_bars(rows, spans, base, width, rows[0].index("effect")) for rows in forms)
    lines = next((found for found in tried if found), columns(forms[-1], (1, 2, 3)))
    lines += [*_more(count, top, "inputs"), ""]
    if not plain:
        lines.append(f"Base {_statistic(data, 'base')}; {LOW} input low, {HIGH} input high.")
    floor = float(data["noise_floor"])
    if floor > 0:
        lines.append(
            f"Noise floor {_size(data, floor, 2)}: the largest effect of 16 inputs that have none."
        )
    if not all(known[:shown]):
        lines.append(f"{_FAINT}: not significant at 5% (Holm, over all {count} inputs).")
    if data.attrs["method"] != "swing":
        lines.append(_legend(data))
    return lines


def _with_ends(data: Data, shown: int, *, units: bool) -> Rows:
    """Return name, what the input is at each end, effect and a mark, with a header."""
    rows = [["", "input low", "input high", "effect", ""]]
    for k, (name, *rest) in enumerate(_bare(data, shown)[1:]):
        unit = "" if units else f" {data['input_unit'].values[k]}"
        low, high = (
            str(data[end].values[k]).replace(unit, "") if unit.strip() else str(data[end].values[k])
            for end in ("low_label", "high_label")
        )
        rows.append([name, low, high, *rest])
    return rows


def _bare(data: Data, shown: int) -> Rows:
    """Return name, effect and a mark, with a header."""
    shares = "ctv_rank" in data
    rows = [["", "effect", "", *["ctv_rank"] * shares]]
    for k in range(shown):
        row = [str(data["input"].values[k]), _statistic(data, "effect", k)]
        row.append("" if data["significant"].values[k] else _FAINT)
        rows.append([*row, in_percent(data, "ctv_rank", k)] if shares else row)
    return rows


def _statistic(data: Data, name: str, k: int | None = None) -> str:
    """Return a value of the statistic, or a difference, with its error."""
    return (in_percent if _is_chance(data) else amount)(data, name, k)


def _size(data: Data, value: float, digits: int) -> str:
    """Return so many digits of a value of the statistic, without its error."""
    return f"{figure(100 * value, digits)}%" if _is_chance(data) else figure(value, digits)


def _is_chance(data: Data) -> bool:
    return bool(data.attrs["statistic"] == "overrun")


def _legend(data: Data) -> str:
    return f"± is the half-width of a {100 * data.attrs['confidence']:g}% interval."


def spider(data: Data, width: int, top: int) -> list[str]:
    """Return the lines of a spider's data, as many percentiles as there is room for."""
    shown = min(data.sizes["input"], top)
    levels = data["percentile"].values
    for count in range(len(levels), 1, -1):  # as many percentiles as there is room for
        places = np.linspace(0, len(levels) - 1, count).round().astype(int)
        rows = [["", *(f"P{levels[p]:g}" for p in places)]]
        for k in range(shown):
            values = data["statistic"].values[k, places]
            rows.append([str(data["input"].values[k]), *(_point(data, float(v)) for v in values)])
        lines = columns(rows, range(1, count + 1))
        if max(map(len, lines)) <= width:
            break
    more = _more(data.sizes["input"], top, "inputs")
    lines += [*more, "", f"Base {_statistic(data, 'base')}."]
    halves = (data["statistic_upper"].values - data["statistic_lower"].values)[:shown] / 2
    widest = float(np.nanmax(halves)) if np.isfinite(halves).any() else 0.0
    if widest > 0:
        level = f"{100 * data.attrs['confidence']:g}%"
        size = _size(data, widest, 2)
        lines.append(f"Half-widths of the {level} intervals: {size} at most.")
    return lines


def _point(data: Data, value: float) -> str:
    if _is_chance(data) and not math.isnan(value):
        return f"{figure(100 * value)}%"
    return _plain(value)


def _plain(value: float) -> str:
    return MISSING if math.isnan(value) else figure(value)


def comparison(data: Data, width: int, top: int) -> list[str]:
    """Return the lines of several tornadoes side by side."""
    lines = columns(*_ranked(data, top, effects=True))
    what = "Rank and effect"
    if max(map(len, lines)) > width:
        lines, what = columns(*_ranked(data, top, effects=False)), "Rank"
    if max(map(len, lines)) > width:
        lines = columns(*_ranked(data, top, effects=False, letters=_LETTERS))
    lines += [*_more(data.sizes["input"], top, "inputs"), ""]
    lines.append(f"{what} by method; {_FAINT}: no significant effect; ≠: they disagree.")
    return [*lines, *textwrap.wrap(_units(data), width)] if what != "Rank" else lines


def _units(data: Data) -> str:
    """Return in which unit the effects of each method are."""
    methods = zip(map(str, data["tornado"].values), map(str, data["unit"].values), strict=True)
    by_unit: dict[str, list[str]] = {}
    for method, unit in methods:
        by_unit.setdefault(unit or "plain numbers", []).append(method)
    if len(by_unit) == 1:
        return f"Effects in {next(iter(by_unit))}."
    parts = [f"{unit} ({', '.join(names)})" for unit, names in by_unit.items()]
    return f"Effects in {' and '.join(parts)}."


def _ranked(
    data: Data, top: int, *, effects: bool, letters: int | None = None
) -> tuple[Rows, range]:
    """Return the ranks of each method, with its effects where asked, and the right columns."""
    methods = [str(name) for name in data["tornado"].values]
    methods = [name if len(name) <= (letters or 99) else f"{name[:letters]}." for name in methods]
    rows = [["", *(cell for name in methods for cell in (name, "")[: 1 + effects]), ""]]
    for k in range(min(data.sizes["input"], top)):
        row = [str(data["input"].values[k])]
        for m in range(len(methods)):
            place, effect = (float(data[key].values[m, k]) for key in ("rank", "effect"))
            known = bool(data["significant"].values[m, k])
            rank = "" if math.isnan(place) else f"{place:.0f}" if known else _FAINT
            row += [rank, _plain(effect)][: 1 + effects]
        rows.append([*row, "≠" if data["disagree"].values[k] else ""])
    return rows, range(1, len(rows[0]))


def sensitivity(data: Data, width: int, top: int) -> list[str]:
    """Return the lines of shares of the variance."""
    count = data.sizes["input"]
    shown = min(count, top)
    walked = data.attrs["evaluations"] > 0
    keys = {"first": "first order", "total": "total", "shapley": "Shapley", "delta": "delta"}
    if not walked:
        keys = {key: keys[key] for key in ("first", "delta")}
    lead = data["shapley" if walked else "first"].values
    spans = [(math.nan, float(lead[k])) for k in range(shown)]
    for gone in ((), ("delta",), ("delta", "total")):  # where there is no room for all
        kept = [key for key in keys if key not in gone]
        rows = [["", *(keys[key] for key in kept)]]
        rows += [
            [str(data["input"].values[k]), *(share(data, key, k) for key in kept)]
            for k in range(shown)
        ]
        plain = columns(rows, range(1, len(rows[0])))
        if max(map(len, plain)) <= width:
            break
    barred = _with_bars(rows, spans, 0.0, width, 1, NARROWEST_BAR // 2) or plain
    lines = [*barred, *_more(count, top, "inputs"), ""]
    if not math.isnan(float(data["interaction"])):
        lines.append(f"Interactions (1 - sum of first orders): {share(data, 'interaction')}.")
    if "delta" in kept:
        lines.append(f"Noise floor of delta {figure(float(data['noise_floor_delta']), 2)}.")
    return [*lines, _legend(data)]


def contingency(data: Data, width: int, top: int) -> list[str]:
    """Return the lines of contributions."""
    count = data.sizes["item"]
    names = [str(name) for name in data["item"].values]
    values = data["contribution"].values
    rest = ("interactions", "mean above medians")
    shown = [k for k in range(count) if k < top or names[k] in rest]
    rows = [["", "contribution"]]
    rows += [[names[k], amount(data, "contribution", k)] for k in shown]
    spans = [(math.nan, float(values[k])) for k in shown]
    lines = _with_bars(rows, spans, 0.0, width, 1) or columns(rows, [1])
    hidden = [k for k in range(count) if k not in shown]
    if hidden:
        together = amount(data, "rest", hidden[0])
        lines.append(f"  … and {len(hidden)} more items, {together} together")
    attrs = data.attrs
    base, target = float(data["base"]), float(data["target"])
    base_name = {"mean": "Mean", "medians": "Estimate at the medians"}[attrs["base_name"]]
    lines += [
        "",
        *textwrap.wrap(
            f"{base_name} {amount(data, 'base')}; {attrs['target_name']} "
            f"{amount(data, 'target')}; the contributions add up to the difference, "
            f"{figure(target - base)}.",
            width,
        ),
    ]
    return [*lines, _legend(data)]
