"""The footprint of a model: energy, emissions, water and money beside what a source prints."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from simcost.errors import UsageError
from simcost.model import Model
from simcost.model.formulas import names_in
from simcost.report.columns import columns
from simcost.result import Interval, Result
from simcost.result.digits import exact, percent
from simcost.units import is_currency, parse_unit

SWITCH = "accounting"
KINDS = {"energy": "kWh", "emissions": "kgCO2e", "water": "L"}
_MEANS = "means "  # starts notes on means, of which a footprint shows none
_LEFT_OUT = frozenset({"write_off", "write_off_emissions"})


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of a footprint.

    Parameters
    ----------
    output, unit : str
        What it is.
    kind : str
        ``energy``, ``emissions``, ``water`` or ``cost``.
    accounting : str
        ``location`` or ``market``; empty where the model has no such switch.
    quantiles : mapping of str to Interval
        By name: P10, P50, P90.
    published : tuple of float
        What a source prints: one figure, a range, or nothing.
    below : tuple of Interval
        The chance of at most each published figure.
    """

    output: str
    unit: str
    kind: str
    accounting: str
    quantiles: Mapping[str, Interval]
    published: tuple[float, ...] = ()
    below: tuple[Interval, ...] = ()

    @property
    def label(self) -> str:
        """``emissions, location [tCO2e]``."""
        return self.output + f", {self.accounting}" * bool(self.accounting) + f" [{self.unit}]"


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a model comes to, under each way of accounting.

    Parameters
    ----------
    rows : tuple of Row
        Energy, emissions, water and money, in this order.
    result : Result
        Of the model as declared.
    notes : tuple of str
        What a reader must see, of all ways of accounting.
    """

    rows: tuple[Row, ...]
    result: Result
    notes: tuple[str, ...]


def kind_of(unit: str) -> str:
    """Return what a unit measures: energy, emissions, water, cost, or nothing of these."""
    parsed = parse_unit(unit)
    if [power for name, power in parsed.factors if is_currency(name[-3:])] == [1]:
        return "cost" if len(parsed.factors) == 1 else ""  # kUSD and MUSD are money too
    return next((kind for kind, one in KINDS.items() if parsed.same_dimension(parse_unit(one))), "")


def footprint(model: Model, run: Callable[[Model], Result]) -> Footprint:
    """Return the footprint of a model.

    Parameters
    ----------
    model : Model
        The model.
    run : callable
        Draws the outcomes of a model.

    Raises
    ------
    UsageError
        When nothing that the model reports is energy, emissions, water or money.
    """
    choices = model.switches.get(SWITCH, ())
    declared = run(model)
    rows = list(_rows(model, declared, choices[0] if choices else "", everything=True))
    notes = [note for note in declared.notes if not note.startswith(_MEANS)]
    for choice in choices[1:]:
        if choice not in model.spec.inputs[SWITCH].missing:
            other = run(model.switched(**{SWITCH: choice}))
            rows += _rows(model, other, choice, everything=False)
            notes += _judged_too(other, notes, choice)
    if not rows:
        what = "energy, emissions, water or money"
        raise UsageError(f"{model.name} reports no {what}; name outputs with such units")
    order = list(dict.fromkeys([*KINDS, "cost"]))
    rows.sort(key=lambda row: order.index(row.kind))
    return Footprint(tuple(rows), declared, tuple(notes))


def _judged_too(other: Result, notes: list[str], choice: str) -> list[str]:
    """Return a note on the judgements that only another way of accounting rests on."""
    known = {name for note in notes for name in _judged(note)}
    more = [name for note in other.notes for name in _judged(note) if name not in known]
    return [f"by {choice}, rests on judgement too: {', '.join(more)}"] if more else []


def _judged(note: str) -> list[str]:
    start = "rests on judgement: "
    return note.removeprefix(start).split(", ") if note.startswith(start) else []


def _rows(model: Model, result: Result, accounting: str, *, everything: bool) -> Iterator[Row]:
    for output in result.outputs:
        unit = result.units[output]
        kind = kind_of(unit) if unit and output not in _LEFT_OUT else ""
        # Only what is emitted for electricity depends on how it is accounted for.
        if kind and (everything or (kind == "emissions" and _depends(model, output))):
            depends = kind == "emissions" and bool(accounting) and _depends(model, output)
            published = model.published.get(output, ()) if everything else ()
            yield Row(
                output,
                unit,
                kind,
                accounting if depends else "",
                result.estimate(output).quantiles,
                published,
                tuple(result.within(output, value) for value in published),
            )


def _depends(model: Model, output: str) -> bool:
    """Whether a formula that an output is made of asks for the accounting."""
    spec = model.spec
    formulas = {name: one.formula for name, one in {**spec.quantities, **spec.outputs}.items()}
    if output in spec.outputs:
        wanted = set(names_in(spec.outputs[output].formula))
    elif spec.stages:  # what comes by itself from them
        terms = [getattr(stage, output, None) for stage in spec.stages]
        wanted = {name for term in terms if isinstance(term, str) for name in names_in(term)}
    else:
        wanted = {output}
    seen: set[str] = set()
    while wanted:
        name = wanted.pop()
        seen.add(name)
        wanted |= set(names_in(formulas[name])) - seen if name in formulas else set()
    return SWITCH in seen


def footprint_text(found: Footprint, width: int = 100) -> str:
    """Return a footprint as text; where lines are too wide, errors go below their values."""
    rows, meta = found.rows, found.result.meta
    title = f"{meta.model}: {meta.draws:,} draws, seed {meta.seed}, {meta.design} design"
    title += f", scenario {meta.scenario}" * bool(meta.scenario)
    header = ["", *rows[0].quantiles, "published", "chance of less"]
    cells = [
        [
            row.label,
            *map(str, row.quantiles.values()),
            " to ".join(map(exact, row.published)),
            " to ".join(_compared(row)),
        ]
        for row in rows
    ]
    lines = _table(header, cells)
    if max(map(len, lines)) > width:
        lines = _table(header, [half for row in cells for half in _halves(row)])
    level = f"{100 * meta.confidence:g}%"
    said = f"± is the half-width of a {level} interval of the simulation."
    notes = [
        textwrap.fill(f"Note:  {note}", width, subsequent_indent=" " * 7) for note in found.notes
    ]
    return "\n".join([title, "", *lines, "", said, *notes]) + "\n"


def _compared(row: Row) -> list[str]:
    """Return the chance of at most each published figure, or by how much one number misses it."""
    values = {end for one in row.quantiles.values() for end in (one.value, one.low, one.high)}
    if len(values) > 1 or None in values:
        return [percent(one.value, one.half_width) for one in row.below]
    (value,) = values
    assert value is not None
    return [_missed(value, figure) for figure in row.published]


def _missed(value: float, figure: float) -> str:
    digits = len(exact(figure).partition(".")[2])
    if round(value, digits) == figure:
        return "equal"
    missed = 100 * abs(value / figure - 1)
    text = f"{missed:,.0f}" if missed >= 10 else f"{missed:.1g}"
    return f"{text}% {'more' if value > figure else 'less'}"


def _table(header: list[str], cells: list[list[str]]) -> list[str]:
    last = -1 if any(row[-1] for row in cells) else -2 if any(row[-2] for row in cells) else -3
    end = len(header) + 1 + last
    rows = [header[:end], *(row[:end] for row in cells)]
    return [line[2:] for line in columns(rows, right=range(1, end))]


def _halves(row: list[str]) -> tuple[list[str], list[str]]:
    """Return two lines: values, and below them their errors or the ends of ranges."""
    label, unit = row[0].removesuffix("]").split(" [")
    pairs = [
        tuple((cell.split(" to ") if " to " in cell else cell.split(" ± ")) + [""])[:2]
        for cell in row[1:]
    ]
    first = [label, *(one for one, _ in pairs)]
    second = [
        f"  [{unit}]",
        *(
            f"to {other}" if " to " in cell else f"± {other}" if other else ""
            for cell, (_, other) in zip(row[1:], pairs, strict=True)
        ),
    ]
    return first, second


def footprint_dict(found: Footprint) -> dict[str, Any]:
    """Return a footprint as plain data for JSON."""
    meta = found.result.meta
    return {
        "model": meta.model,
        "draws": int(meta.draws),
        "seed": int(meta.seed),
        "scenario": meta.scenario,
        "confidence": meta.confidence,
        "rows": [
            {
                "output": row.output,
                "unit": row.unit,
                "kind": row.kind,
                "accounting": row.accounting or None,
                "quantiles": {name: _ends(one) for name, one in row.quantiles.items()},
                "published": list(row.published) or None,
                "at_most_published": [_ends(one) for one in row.below] or None,
            }
            for row in found.rows
        ],
        "notes": list(found.notes),
    }


def _ends(interval: Interval) -> dict[str, float | None]:
    return {"value": interval.value, "low": interval.low, "high": interval.high}
