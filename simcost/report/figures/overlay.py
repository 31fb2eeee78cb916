"""Overlay: the S-curves of several results, a base and its stresses."""

from __future__ import annotations

from collections.abc import Mapping

from simcost.errors import UsageError
from simcost.report.figures._drawing import Drawing
from simcost.report.figures._figure import Figure
from simcost.report.figures._numbers import amount
from simcost.report.figures._overlaid import MOST, keys_of, overlaid
from simcost.report.figures._result import curve_of, output_of, tail_limits_note
from simcost.report.figures._sheet import Heading, source_of
from simcost.result import Result


def make(results: Mapping[str, Result], *, output: str | None = None, title: str = "") -> Drawing:
    """Draw the S-curves of results over each other, with P50 and P90 of each in the legend.

    Parameters
    ----------
    results : mapping of str to Result
        By name, the base first; at most seven.
    output : str, optional
        Which output; the cost if not given.
    title : str
        Instead of ours.

    Raises
    ------
    UsageError
        For more than seven results, or units that differ.
    """
    if len(results) > MOST:
        raise UsageError(f"at most {MOST} curves can be told apart, not {len(results)}")
    first = next(iter(results.values()))
    name = output_of(first, output)
    for result in results.values():
        output_of(result, name)
    units = {result.units[name] for result in results.values()}
    if len(units) > 1:
        raise UsageError(f"{name!r} has several units: {', '.join(sorted(units))}")
    unit = units.pop()
    curves = [curve_of(result, name) for result in results.values()]
    texts = []
    for called, result in results.items():
        found = [result.quantile(name, percent) for percent in (50, 90)]
        p50, p90 = (amount(one, unit) for one in found)
        texts.append(f"{called}: P50 {p50}, P90 {p90}")
    heading = Heading(
        title or f"{name}: chance to stay within, {len(results)} cases",
        "",
        source_of(first.meta),
        (*first.meta.notes, *tail_limits_note(curves)),
        keys_of(texts),
    )
    drawing, _ = overlaid(heading, curves, name, unit)
    return drawing


FIGURE = Figure("overlay", "results", "The S-curves of several results.", make)
