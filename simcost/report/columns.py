"""Cells set in columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def columns(rows: Sequence[Sequence[str]], right: Iterable[int] = ()) -> list[str]:
    """Return lines of aligned cells, indented by two.

    Parameters
    ----------
    rows : sequence of sequence of str
        Cells; every row has as many.
    right : iterable of int
        Columns set flush right.

    Returns
    -------
    list of str
    """
    flush = set(right)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if i in flush else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
