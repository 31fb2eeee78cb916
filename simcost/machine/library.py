"""Tables that were built before, and the tables of a program in one piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from simcost.machine.bell import tabulate_normal
from simcost.machine.program import Tables
from simcost.machine.steps import Steps, discretise
from simcost.machine.student import tabulate_student
from simcost.machine.tables import Table, tabulate
from simcost.machine.triangle import COLUMNS

# 80 kB a table. A what-if session on a large model stays within it.
MOST_KEPT = 256
T = TypeVar("T")


class _Keyed:
    """A law that is equal to another with the same canonical text."""

    __slots__ = ("law",)

    def __init__(self, law: Any) -> None:
        self.law = law

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and self.law.key == other.law.key

    def __hash__(self) -> int:
        return hash(self.law.key)


@lru_cache(MOST_KEPT)
def _table(keyed: _Keyed) -> Table:
    return tabulate(keyed.law)


@lru_cache(MOST_KEPT)
def _steps(keyed: _Keyed) -> Steps | None:
    return discretise(keyed.law)


normal_cdf = lru_cache(1)(tabulate_normal)
student_of = lru_cache(MOST_KEPT)(tabulate_student)


def table_of(law: Any) -> Table:
    """Return the table of a distribution's quantile function."""
    return _table(_Keyed(law))


def steps_of(law: Any) -> Steps | None:
    """Return the steps of a discrete distribution, None for any other."""
    return _steps(_Keyed(law)) if law.discrete else None


def join(
    tables: Sequence[Table], steps: Sequence[Steps], triangles: Sequence[Sequence[float]] = ()
) -> Tables:
    """Put the tables of a program one after the other."""
    meta = np.zeros((len(tables), 5), dtype=np.int64)
    row = cell = 0
    for number, table in enumerate(tables):
        counts = [len(fine.left) for fine in table.fine] or [0, 0]
        meta[number] = (row, cell, cell + counts[0], cell + sum(counts), sum(counts) > 0)
        row += len(table.rows)
        cell += sum(counts)
    fine = [side for table in tables for side in table.fine]
    guides = [each.guide() for each in steps]
    return Tables(
        rows=_stacked([table.rows for table in tables], 6),
        meta=meta,
        bounds=np.array([table.bounds for table in tables], dtype=np.float64).reshape(-1, 2),
        fine_left=_chained(fine, lambda side: side.left),
        fine_scale=_chained(fine, lambda side: 2.0 / (side.right - side.left)),
        fine_rows=_stacked([side.coefficients for side in fine], 6),
        step_edges=_chained(steps, lambda each: each.edges),
        step_values=_chained(steps, lambda each: each.values),
        step_guide=np.concatenate([*guides, np.zeros(0, dtype=np.int64)]),
        step_meta=_step_meta(steps, [len(guide) for guide in guides]),
        triangles=np.array(triangles, dtype=np.float64).reshape(-1, COLUMNS),
    )


def _step_meta(steps: Sequence[Steps], guides: Sequence[int]) -> Any:
    sizes = np.array([len(each.edges) for each in steps], dtype=np.int64)
    lengths = np.array(guides, dtype=np.int64)
    return np.column_stack([sizes.cumsum() - sizes, sizes, lengths.cumsum() - lengths, lengths])


def _chained(parts: Sequence[T], field: Callable[[T], Any]) -> Any:
    return np.concatenate([*(field(part) for part in parts), np.zeros(0)])


def _stacked(parts: Sequence[Any], width: int) -> Any:
    return np.concatenate([*parts, np.zeros((0, width))])
