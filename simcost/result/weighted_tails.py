"""Heavy tails of weighted outcomes; see `simcost.result.tails`."""

from __future__ import annotations

from collections.abc import Iterable

from simcost.result.asking import FAILED_STAGE, SUCCEEDED
from simcost.result.column import Column
from simcost.result.tails import CONCENTRATED, ENOUGH, MANY, ONE_SIDED, said, static_note
from simcost.result.weighted_figures import concentration, hill


def tail_notes(columns: Iterable[Column]) -> tuple[str, ...]:
    """Return what a reader of the means of these outputs must know, one sentence each."""
    notes, seen = [], []
    for column in columns:
        if column.name in (SUCCEEDED, FAILED_STAGE):
            continue
        if column.tail_index >= 0.5:
            notes.append(static_note(column.name, column.tail_index))
        elif signs := _signs(column):
            seen.append(f"{column.name} ({', '.join(signs)})")
    return (*notes, *said(seen))


def _signs(column: Column) -> list[str]:
    if column.count < ENOUGH or column.indicator or column.constant:
        return []
    signs = []
    estimate = hill(column)
    if estimate is not None and estimate[0] + ONE_SIDED * estimate[1] >= 0.5:
        signs.append(f"tail index {estimate[0]:.2f}")
    share = concentration(column)
    if column.count >= MANY and share > CONCENTRATED:
        signs.append(f"one outcome holds {share:.0%} of the squares")
    return signs
